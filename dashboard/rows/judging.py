"""Rubrics, curators' ratings, and how far judges agree."""

from typing import TypedDict


class Anchor(TypedDict):
    """What a level means, with an example."""

    level: int
    meaning: str
    example: str


class Dimension(TypedDict):
    """What is rated, with a whole number from 1 to `most`."""

    name: str
    question: str
    most: int
    anchors: list[Anchor]


class Rubric(TypedDict):
    """A version of the rubric."""

    version: str
    hash: str
    newest: bool
    dimensions: list[Dimension]


class Levels(TypedDict):
    """What somebody rated; None for what was left out."""

    steps: int | None
    difficulty: int | None
    multi_step: int | None
    well_posed: int | None
    verifiable: int | None


class Rating(Levels):
    """A curator's rating that stands."""

    id: int
    revision_id: int
    user: str
    mine: bool
    rubric_version: str
    created_at: str


class Reason(TypedDict):
    """Why judgments are unscored, and how many."""

    reason: str
    count: int


class Rater(TypedDict):
    """A judge, a curator, or all curators together."""

    key: str
    kind: str
    name: str
    scored: int
    commonest_share: float | None
    unscored: int
    unscored_share: float | None
    reasons: list[Reason]


class Pair(TypedDict):
    """Two raters on the seeds that both rated."""

    kind: str
    first: str
    second: str
    seeds: int
    percent_agreement: float | None
    kappa: float | None
    spearman: float | None
    mean_difference: float | None


class Group(TypedDict):
    """Krippendorff's alpha over a group."""

    seeds: int
    alpha: float | None


class DimensionAgreement(TypedDict):
    """Agreement on one dimension."""

    name: str
    judges: Group
    curators: Group
    pairs: list[Pair]


class Agreement(TypedDict):
    """Who rated by a rubric, and how far they agree; on the newest seeds only."""

    rubric_version: str
    seeds: int
    most_seeds: int
    more: bool
    raters: list[Rater]
    dimensions: list[DimensionAgreement]


class Cell(TypedDict):
    """How often two ratings met."""

    first: int
    second: int
    count: int


class FarApart(TypedDict):
    """A seed on which two raters differ."""

    seed_id: int
    prompt: str
    first: int
    second: int


class Confusion(TypedDict):
    """Two raters' ratings against each other."""

    rubric_version: str
    dimension: str
    first: str
    second: str
    seeds: int
    cells: list[Cell]
    far_apart: list[FarApart]
