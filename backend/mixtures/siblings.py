"""Ablations: mixtures that differ from another in one cluster."""

from collections.abc import Iterator
from typing import Final, NamedTuple

from sqlalchemy.orm import Session

from backend.accounts.tables import User
from backend.database import existing
from backend.errors import Conflict, Invalid
from backend.mixtures.recipe import ClusterEpochs, Recipe
from backend.mixtures.schemas import ClusterFigures, MixtureOut, SiblingsCreate
from backend.mixtures.service import create_mixture, preview
from backend.mixtures.tables import Mixture
from backend.science.mixture_plan import Cluster
from backend.science.mixture_warnings import name_of

MOST: Final = 200


class _Variation(NamedTuple):
    name: str
    part: int
    cluster: Cluster
    epochs: float


def create_siblings(
    session: Session, user: User, mixture_id: int, body: SiblingsCreate
) -> list[MixtureOut]:
    """Make a mixture for each cluster that there are examples of, and each way to vary it.

    What is out comes in at one epoch, what is in goes out; up and down go by the factor. All else,
    the random seed too, is the mixture's own, so that what differs is due to the cluster.

    Raises:
        NotFound: there is no such mixture.
        Conflict: they are there already, under these names.
        Invalid: there is no cluster to vary, or too many.
    """
    mixture = existing(session, Mixture, mixture_id, "mixture")
    recipe = Recipe.model_validate(mixture.recipe)
    variations = list(_variations(preview(session, recipe).clusters, recipe, body))
    if not 0 < len(variations) <= MOST:
        message = f"{len(variations)} siblings: at least 1 and at most {MOST} can be made at once"
        raise Invalid(message, field="change")
    made = []
    for each in variations:
        try:
            name = f"{mixture.name} {each.name}"[:200]
            made.append(create_mixture(session, user, name, _varied(recipe, each), mixture.id))
        except Conflict as error:
            raise Conflict(f"{error.message}: rename it first", code="name_taken") from error
    return made


def _variations(
    clusters: list[ClusterFigures], recipe: Recipe, body: SiblingsCreate
) -> Iterator[_Variation]:
    numbers = {part.name: number for number, part in enumerate(recipe.parts)}
    for one in clusters:
        if one.asked_epochs is None or not one.examples:
            continue  # safety has its share, and nothing comes of nothing
        cluster, part = Cluster(one.domain, one.tier), numbers[one.part]
        where = name_of(cluster) if len(numbers) == 1 else f"{one.part}: {name_of(cluster)}"
        if body.change == "in_or_out":
            word, epochs = ("without", 0.0) if one.asked_epochs else ("with", 1.0)
            yield _Variation(f"{word} {where}", part, cluster, epochs)
        elif one.asked_epochs:
            for sign, factor in (("×", body.factor), ("÷", 1 / body.factor)):
                epochs = min(one.asked_epochs * factor, 100.0)
                yield _Variation(f"{where} {sign}{body.factor:.3g}", part, cluster, epochs)


def _varied(recipe: Recipe, variation: _Variation) -> Recipe:
    part = recipe.parts[variation.part]
    others = [one for one in part.clusters if (one.domain, one.tier) != variation.cluster]
    changed = ClusterEpochs(
        domain=variation.cluster.domain, tier=variation.cluster.tier, epochs=variation.epochs
    )
    parts = list(recipe.parts)
    parts[variation.part] = part.model_copy(update={"clusters": [*others, changed]})
    return recipe.model_copy(update={"parts": parts})
