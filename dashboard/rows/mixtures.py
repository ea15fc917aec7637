"""Mixtures, what they come to, and their versions."""

from typing import Any, TypedDict

Recipe = dict[str, Any]
"""As the API's own document; the pages change a few of its fields and leave the rest."""


class Mixture(TypedDict):
    """A mixture and its recipe as it stands."""

    id: int
    name: str
    recipe: Recipe
    edition: int
    parent_id: int | None
    versions: int
    created_by: str
    created_at: str
    updated_at: str


class ClusterFigures(TypedDict):
    """A cluster of a part: what there is, what was asked for, and what comes out."""

    part: str
    domain: str | None
    tier: str
    asked_epochs: float | None
    epochs: float
    examples: int
    held_out: int
    rows: int
    tokens: int
    share: float


class SplitFigures(TypedDict):
    """One side of the split."""

    seeds: int
    examples: int
    rows: int
    tokens: int


class LengthBin(TypedDict):
    """Rows of at least so many tokens, and below so many."""

    least: int
    below: int
    rows: int


class Amount(TypedDict):
    """Rows and tokens of a source or licence."""

    name: str | None
    rows: int
    tokens: int
    share: float
    held_out: int


class LeftOut(TypedDict):
    """Seeds that the recipe means and that are not in the mixture."""

    reason: str
    seeds: int


class MixtureWarning(TypedDict):
    """What is doubtful."""

    code: str
    message: str


class MixtureFigures(TypedDict):
    """What a mixture comes to."""

    as_of: str | None
    uncounted: int
    train: SplitFigures
    validation: SplitFigures
    clusters: list[ClusterFigures]
    lengths: list[LengthBin]
    sources: list[Amount]
    licences: list[Amount]
    left_out: list[LeftOut]
    warnings: list[MixtureWarning]


class MixtureVersion(TypedDict):
    """A version, in a list."""

    id: int
    mixture_id: int
    mixture: str
    number: int
    state: str
    rows_hash: str | None
    withdrawn: int
    blocked: bool
    job_id: int | None
    error: str | None
    created_by: str
    created_at: str
    frozen_at: str | None


class MixtureVersionDetail(MixtureVersion):
    """A version with its recipe, and what it came to."""

    recipe: Recipe
    figures: MixtureFigures | None


class Difference(TypedDict):
    """A seed that is not alike in two versions."""

    seed_id: int
    change: str
    why: str
    before: int
    after: int


class DifferenceCount(TypedDict):
    """How many seeds differ in a way, for a reason."""

    change: str
    why: str
    seeds: int


class Comparison(TypedDict):
    """What came and went from one version to another."""

    before: MixtureVersion
    after: MixtureVersion
    same: bool
    counts: list[DifferenceCount]
    differences: list[Difference]
    recipe: dict[str, tuple[Any, Any]]


class ClusterCount(TypedDict):
    """A cluster of accepted seeds."""

    domain: str | None
    tier: str
    seeds: int
    mean_quality: float
    by_hand: int


class QualityFormula(TypedDict):
    """How quality is computed, and where tiers begin."""

    weights: dict[str, float]
    verdicts: dict[str, float]
    unknown: float
    high_from: float
    medium_from: float


class Clusters(TypedDict):
    """All clusters as they were counted."""

    clusters: list[ClusterCount]
    formula: QualityFormula
    as_of: str


class SeedQuality(TypedDict):
    """A seed's quality by its parts, and its tier."""

    seed_id: int
    domain: str | None
    parts: dict[str, float]
    quality: float
    tier: str
    by_hand: bool
    taken_down: bool
