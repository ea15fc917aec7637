"""What a planned mixture comes to: clusters, lengths, sources, licences, and what is doubtful."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from itertools import pairwise
from operator import add
from typing import Any, Final, NamedTuple

import numpy as np

from backend.mixtures.candidates import SAFETY_PART
from backend.mixtures.planning import Plan
from backend.mixtures.population import Population
from backend.mixtures.recipe import Recipe
from backend.mixtures.schemas import (
    Amount,
    ClusterFigures,
    LeftOutCount,
    LengthBin,
    MixtureFigures,
    SplitFigures,
    WarningOut,
)
from backend.mixtures.tables import LEFT_OUT
from backend.science.mixture_plan import Cluster
from backend.science.mixture_rows import Numbers
from backend.science.mixture_warnings import warnings
from backend.science.quality_tiers import TIERS

# Lengths in tokens: powers of two, so that a context that is one stands at an edge.
EDGES: Final = [0, *(2**power for power in range(7, 18))]
SAFETY: Final = "safety"


def figures(population: Population, planned: Plan, recipe: Recipe) -> MixtureFigures:
    """All that the designer shows of a mixture, in whole rows and the tokens that they have."""
    trained = ~population.held_out
    copies = np.where(trained, planned.copies, 0)
    sums = _CellSums(population, copies)
    clusters = _clusters(population, planned, sums, recipe)
    sources = sums.by(lambda key: key.source)
    licences = sums.by(lambda key: key.licence)
    too_long = int(copies[population.tokens > recipe.context_tokens].sum())
    total = sum(amount.tokens for amount in sources.values())
    warned = warnings(
        sources={name: amount.tokens for name, amount in sources.items()},
        epochs=_highest(clusters),
        too_long=too_long,
        context_tokens=recipe.context_tokens,
        without_licence=_in_all(licences.get(None)),
        duplicates_due=population.duplicates_due,
        lacks_validation=bool(recipe.validation_share) and not population.held_out.any(),
        uncounted=population.uncounted,
    )
    return MixtureFigures(
        train=_split(population, copies),
        validation=_split(population, np.where(trained, 0, 1)),
        clusters=clusters,
        lengths=_lengths(population.tokens, copies),
        sources=_amounts(sources, total),
        licences=_amounts(licences, total),
        left_out=_left_out(population, copies),
        uncounted=population.uncounted,
        warnings=[WarningOut(code=one.code, message=one.message) for one in warned],
    )


class _Sum(NamedTuple):
    """Rows and tokens that are trained on, and examples that are held out."""

    rows: int
    tokens: int
    held_out: int


class _CellSums:
    """Rows and tokens of each cell, and sums of these by what cells have in common."""

    def __init__(self, population: Population, copies: Numbers) -> None:
        self._keys, size = population.cells, len(population.cells)
        cell = population.examples.cell
        self.rows, self.tokens = np.zeros(size, np.int64), np.zeros(size, np.int64)
        np.add.at(self.rows, cell, copies)
        np.add.at(self.tokens, cell, copies * population.tokens)
        held = cell[population.held_out]
        self.held_out = np.bincount(held, minlength=size)

    def by(self, name: Any) -> dict[Any, _Sum]:
        found: dict[Any, _Sum] = defaultdict(lambda: _Sum(0, 0, 0))
        for key, *cell in zip(self._keys, self.rows, self.tokens, self.held_out, strict=True):
            found[name(key)] = _Sum(*map(add, found[name(key)], map(int, cell)))
        return dict(found)


def _clusters(
    population: Population, planned: Plan, sums: _CellSums, recipe: Recipe
) -> list[ClusterFigures]:
    places: dict[tuple[int, Cluster], list[int]] = defaultdict(list)
    for at, key in enumerate(population.cells):
        places[key.part, key.cluster].append(at)
    total = int(sums.tokens.sum())
    return [
        _cluster(part, cluster, cells, planned, sums, recipe, total)
        for (part, cluster), cells in sorted(places.items(), key=lambda one: _in_order(*one[0]))
    ]


def _cluster(
    part: int,
    cluster: Cluster,
    cells: list[int],
    planned: Plan,
    sums: _CellSums,
    recipe: Recipe,
    total: int,
) -> ClusterFigures:
    examples = sum(planned.cells[at].examples for at in cells)
    rows, tokens = int(sums.rows[cells].sum()), int(sums.tokens[cells].sum())
    is_safety = part == SAFETY_PART
    rules = None if is_safety else recipe.parts[part].rules()
    return ClusterFigures(
        part=SAFETY if is_safety else recipe.parts[part].name,
        domain=cluster.domain, tier=cluster.tier,
        asked_epochs=rules and rules.epochs.get(cluster, rules.default_epochs),
        epochs=rows / examples if examples else 0.0,
        examples=examples, held_out=int(sums.held_out[cells].sum()),
        rows=rows, tokens=tokens, share=tokens / total if total else 0.0,
    )  # fmt: skip


def _in_order(part: int, cluster: Cluster) -> tuple[object, ...]:
    last = part if part != SAFETY_PART else 10**9
    return (last, cluster.domain is None, cluster.domain or "", TIERS.index(cluster.tier))


def _highest(clusters: Sequence[ClusterFigures]) -> dict[Cluster, float]:
    found: dict[Cluster, float] = defaultdict(float)
    for one in clusters:
        cluster = Cluster(one.domain, one.tier)
        found[cluster] = max(found[cluster], one.epochs)
    return found


def _split(population: Population, copies: Numbers) -> SplitFigures:
    taken = copies > 0
    return SplitFigures(
        seeds=len(np.unique(population.seed[taken])),
        examples=int(taken.sum()),
        rows=int(copies.sum()),
        tokens=int((copies * population.tokens).sum()),
    )


def _lengths(tokens: Numbers, copies: Numbers) -> list[LengthBin]:
    edges = [*EDGES, max(EDGES[-1], int(tokens.max(initial=0))) + 1]
    counts, _ = np.histogram(tokens, bins=edges, weights=copies)
    return [
        LengthBin(least=least, below=below, rows=int(rows))
        for (least, below), rows in zip(pairwise(edges), counts, strict=True)
    ]


def _amounts(sums: Mapping[str | None, _Sum], total: int) -> list[Amount]:
    largest = sorted(sums.items(), key=lambda one: (-one[1].tokens, one[0] or ""))
    return [
        Amount(name=name, **one._asdict(), share=one.tokens / total if total else 0.0)
        for name, one in largest
    ]


def _in_all(amount: _Sum | None) -> int:
    return amount.rows + amount.held_out if amount else 0


def _left_out(population: Population, copies: Numbers) -> list[LeftOutCount]:
    counts = np.bincount(population.left_out[:, 1], minlength=len(LEFT_OUT))
    counts[LEFT_OUT.index("no_copies")] = len(without_copies(population, copies))
    return [
        LeftOutCount(reason=reason, seeds=int(count))
        for reason, count in zip(LEFT_OUT, counts, strict=True)
        if count
    ]


def without_copies(population: Population, copies: Numbers) -> Numbers:
    """Seeds that the weights leave without any row."""
    taken = (copies > 0) | population.held_out
    found: Numbers = np.setdiff1d(population.seed, population.seed[taken])
    return found
