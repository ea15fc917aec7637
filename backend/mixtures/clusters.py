"""Clusters of accepted seeds, the formula of their tiers, and the quality of one seed."""

from collections import defaultdict
from collections.abc import Callable
from datetime import datetime
from typing import Any, Final

from pydantic import BaseModel
from sqlalchemy.orm import Session

from backend.errors import NotFound
from backend.mixtures.candidates import read_candidate, read_candidates, read_sources
from backend.mixtures.population import quality_evidence
from backend.mixtures.recipe import Recipe
from backend.overview.snapshots import Part, read, renew
from backend.science.quality_tiers import (
    HIGH_FROM,
    MEDIUM_FROM,
    TIERS,
    UNKNOWN,
    VERDICTS,
    WEIGHTS,
    Tier,
    quality,
    quality_parts,
    tier,
    tier_by_hand,
)


class QualityFormula(BaseModel):
    """How quality is computed: the weighted mean of the parts, and where tiers begin.

    `unknown` is what a part counts of which nothing is known. The lowest tier begins at 0, and a
    suspect key is always in it.
    """

    weights: dict[str, float]
    verdicts: dict[str, float]
    unknown: float
    high_from: float
    medium_from: float


class SeedQuality(BaseModel):
    """A seed's quality by its parts, and its tier; `by_hand`: a tag has put it there."""

    seed_id: int
    domain: str | None
    parts: dict[str, float]
    quality: float
    tier: Tier
    by_hand: bool


class ClusterCount(BaseModel):
    """A cluster of accepted seeds: how many, their mean quality, and how many are there by hand."""

    domain: str | None
    tier: Tier
    seeds: int
    mean_quality: float
    by_hand: int


class ClusterCounts(BaseModel):
    """All clusters that have seeds."""

    clusters: list[ClusterCount]


class Clusters(ClusterCounts):
    """All clusters as they were counted, and the formula that they follow."""

    formula: QualityFormula
    as_of: datetime


def list_clusters(session: Session, later: Callable[..., None]) -> Clusters:
    """Count accepted seeds by cluster; where there are many, the count is kept for a while.

    Args:
        session: the caller's.
        later: is given what to do after the answer.
    """
    taken = read(session, _COUNTED)
    if taken.due:
        later(renew, _COUNTED)
    return Clusters(clusters=taken.body.clusters, formula=formula(), as_of=taken.as_of)


def formula() -> QualityFormula:
    """The constants of the formula."""
    return QualityFormula(
        weights=dict(WEIGHTS), verdicts=dict(VERDICTS), unknown=UNKNOWN, high_from=HIGH_FROM,
        medium_from=MEDIUM_FROM,
    )  # fmt: skip


def seed_quality(session: Session, seed_id: int) -> SeedQuality:
    """How a seed comes by its tier.

    Raises:
        NotFound: there is no such seed, or it was withdrawn.
    """
    row = read_candidate(session, seed_id)
    if row is None:
        raise NotFound(f"there is no seed {seed_id}")
    evidence = quality_evidence(row, read_sources(session))
    return SeedQuality(
        seed_id=seed_id, domain=row.domain, parts=quality_parts(evidence),
        quality=quality(evidence), tier=tier(evidence, row.tags),
        by_hand=tier_by_hand(row.tags) is not None,
    )  # fmt: skip


def _count(session: Session) -> ClusterCounts:
    sources = read_sources(session)
    sums: dict[tuple[str | None, Tier], list[float]] = defaultdict(lambda: [0, 0.0, 0])
    for row in read_candidates(session, Recipe()):
        evidence = quality_evidence(row, sources)
        found = sums[row.domain, tier(evidence, row.tags)]
        found[0] += 1
        found[1] += quality(evidence)
        found[2] += tier_by_hand(row.tags) is not None
    return ClusterCounts(
        clusters=[
            ClusterCount(
                domain=domain, tier=named, seeds=int(seeds), mean_quality=summed / seeds,
                by_hand=int(by_hand),
            )
            for (domain, named), (seeds, summed, by_hand) in sorted(sums.items(), key=_in_order)
        ]
    )  # fmt: skip


def _in_order(one: tuple[tuple[str | None, Tier], Any]) -> tuple[Any, ...]:
    domain, named = one[0]
    return domain is None, domain or "", TIERS.index(named)


_COUNTED: Final = Part("clusters", ClusterCounts, _count)
