"""What a version is frozen from: all of it counted by the recipe's tokenizer, where it has one."""

from typing import Final

from backend.database import session_scope
from backend.errors import Conflict
from backend.jobs.service import ClaimedJob
from backend.mixtures.population import Population, read_population
from backend.mixtures.recipe import Recipe
from backend.tokenizers.counting import count_missing
from backend.tokenizers.service import named

ROUNDS: Final = 10


def read_counted(job: ClaimedJob, recipe: Recipe) -> Population:
    """The recipe's population; what its tokenizer has not counted is counted first.

    What comes in between counting and reading is counted in another round.

    Raises:
        Invalid: the recipe names a tokenizer that is not registered.
        Conflict: more comes in all the while than is counted.
    """
    for _ in range(ROUNDS):
        if recipe.tokenizer is not None:
            with session_scope() as session:
                tokenizer_id = named(session, recipe.tokenizer).id
            count_missing(job, tokenizer_id)
        with session_scope() as session:
            population = read_population(session, recipe, with_families=True)
        if not population.uncounted:
            return population
    raise Conflict(f"{population.uncounted:,} examples are still uncounted: freeze it again later")
