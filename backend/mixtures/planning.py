"""A recipe on a population: epochs and counts of each cell, copies of each example."""

from collections.abc import Sequence
from typing import NamedTuple, TypeVar

import numpy as np

from backend.errors import Invalid
from backend.mixtures.candidates import SAFETY_PART
from backend.mixtures.population import Population
from backend.mixtures.recipe import Recipe
from backend.science.mixture_plan import (
    CapsCannotHold,
    Cell,
    PartRules,
    example_limits,
    part_epochs,
    safety_epochs,
    tokens_of,
    within_budget,
)
from backend.science.mixture_rows import Numbers, copies, keep_within, whole_counts

Number = TypeVar("Number", int, float)


class Plan(NamedTuple):
    """How often everything is trained on.

    Attributes:
        cells: the examples to train on, cell by cell, by the numbers that examples have.
        epochs: of each cell, as caps and budgets leave them.
        copies: of each example of the population: 1 of those held out, perhaps 0 of others.
    """

    cells: list[Cell]
    epochs: list[float]
    copies: Numbers


def plan(population: Population, recipe: Recipe) -> Plan:
    """The plan; the same for the same population in any order.

    Raises:
        Invalid: caps that leave nothing; they are named.
    """
    cells = _cells(population)
    # By what they are and not by who came first, so that equal remainders fall alike.
    order = sorted(range(len(cells)), key=lambda at: _name(population, at))
    epochs = [0.0] * len(cells)
    groups = {
        number: [at for at in order if population.cells[at].part == number]
        for number in range(SAFETY_PART, len(recipe.parts))
    }
    for number, part in enumerate(recipe.parts):
        mine = groups[number]
        try:
            found = part_epochs([cells[at] for at in mine], part.rules())
        except CapsCannotHold as error:
            raise _refused(part.name, number, error) from error
        _put(epochs, mine, found)
    _add_safety(cells, epochs, groups[SAFETY_PART], recipe)
    epochs = within_budget(cells, epochs, recipe.budget_tokens)
    counts = [0] * len(cells)
    for number, mine in groups.items():  # each for itself: parts are concatenated, not mixed
        wanted = [epochs[at] * cells[at].examples for at in mine]
        rules = None if number == SAFETY_PART else recipe.parts[number].rules()
        _put(counts, mine, _whole(wanted, [cells[at] for at in mine], rules))
    return Plan(cells, epochs, _copies(population, counts))


def _whole(wanted: Sequence[float], cells: Sequence[Cell], rules: PartRules | None) -> list[int]:
    counts = whole_counts(wanted)
    for members, most in example_limits(cells, rules) if rules else ():
        keep_within(counts, wanted, members, most)
    return counts


def _refused(part: str, number: int, error: CapsCannotHold) -> Invalid:
    """With a problem for each cap at fault, so that a form can say it where the cap stands."""
    message, field = f"{part}: {error}", f"parts.{number}"
    caps = [f"{field}.{error.what.removesuffix('s')}_caps.{name}" for name in error.caps]
    problems = [{"field": one, "code": "caps", "message": str(error)} for one in caps]
    return Invalid(message, field=field, code="caps", errors=problems or None)


def _add_safety(
    cells: Sequence[Cell], epochs: list[float], mine: Sequence[int], recipe: Recipe
) -> None:
    if recipe.safety is not None:
        others = tokens_of(cells, epochs)
        own = [cells[at] for at in mine]
        _put(epochs, mine, safety_epochs(own, others, recipe.safety.share))


def _cells(population: Population) -> list[Cell]:
    trained = ~population.held_out
    number, size = population.examples.cell[trained], len(population.cells)
    examples = np.bincount(number, minlength=size)
    tokens = np.zeros(size, np.int64)
    np.add.at(tokens, number, population.tokens[trained])
    return [
        Cell(key.cluster, key.source, key.licence, int(count), int(sum_of))
        for key, count, sum_of in zip(population.cells, examples, tokens, strict=True)
    ]


def _name(population: Population, at: int) -> tuple[object, ...]:
    key = population.cells[at]
    return (key.part, key.cluster.domain or "", key.cluster.tier, key.source, key.licence or "")


def _put(into: list[Number], places: Sequence[int], values: Sequence[Number]) -> None:
    for at, value in zip(places, values, strict=True):
        into[at] = value


def _copies(population: Population, counts: Sequence[int]) -> Numbers:
    trained = ~population.held_out
    found = np.ones(len(trained), np.int64)
    found[trained] = copies(population.examples.cell[trained], population.rank[trained], counts)
    return found
