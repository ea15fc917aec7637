"""What callers send and see of rubrics, of curators' ratings and of raters' agreement."""

from datetime import datetime
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from backend.science.rubric_versions import MOST_LEVEL, MOST_STEPS, DimensionName

Number = Annotated[int, Field(ge=1, lt=2**63)]
Steps = Annotated[int, Field(ge=1, le=MOST_STEPS)]
Level = Annotated[int, Field(ge=1, le=MOST_LEVEL)]


class AnchorOut(BaseModel):
    """What a level means, with an example."""

    level: int
    meaning: str
    example: str


class DimensionOut(BaseModel):
    """What is rated, with a whole number from 1 to `most`."""

    name: DimensionName
    question: str
    most: int
    anchors: list[AnchorOut]


class RubricOut(BaseModel):
    """A version of the rubric; `hash` is what its judgments carry."""

    version: str
    hash: str
    newest: bool
    dimensions: list[DimensionOut]


class Ratings(BaseModel):
    """Whole numbers by the rubric; what is left out is not rated."""

    steps: Steps | None = None
    difficulty: Level | None = None
    multi_step: Level | None = None
    well_posed: Level | None = None
    verifiable: Level | None = None


class RatingCreate(Ratings):
    """The caller's rating of a seed's current wording; it takes the place of an earlier one.

    With `revision_id` it holds only for the wording that the curator saw.
    """

    model_config = ConfigDict(extra="forbid")

    rubric_version: str | None = None
    revision_id: Number | None = None

    @model_validator(mode="after")
    def _rates_something(self) -> Self:
        if all(getattr(self, name) is None for name in Ratings.model_fields):
            raise ValueError(f"rate at least one of {', '.join(Ratings.model_fields)}")
        return self


class RatingOut(Ratings):
    """A curator's rating that stands; `mine` where the caller gave it."""

    model_config = ConfigDict(from_attributes=True)

    id: int
    revision_id: int
    user: str
    mine: bool
    rubric_version: str
    created_at: datetime


class Reason(BaseModel):
    """Why judgments are unscored, and how many."""

    reason: str
    count: int


class RaterOut(BaseModel):
    """Who rated so many seeds. `unscored` judgments could not be read: they count as none.

    `commonest_share` of the seeds got one and the same ratings: near 1 the rater tells nothing
    apart. `curators` stands for all curators together: the median rating of each seed.
    """

    key: str
    kind: Literal["judge", "curator", "curators"]
    name: str
    scored: int
    commonest_share: float | None
    unscored: int
    unscored_share: float | None
    reasons: list[Reason]


class PairOut(BaseModel):
    """Two raters on the seeds that both rated; null where a figure is undefined.

    `percent_agreement` is a share in [0, 1], `kappa` quadratic-weighted, `mean_difference` first
    minus second.
    """

    kind: Literal["judges", "judge_curators", "curators"]
    first: str
    second: str
    seeds: int
    percent_agreement: float | None
    kappa: float | None
    spearman: float | None
    mean_difference: float | None


class GroupOut(BaseModel):
    """Krippendorff's ordinal alpha over the seeds that two raters of a group or more rated."""

    seeds: int
    alpha: float | None


class DimensionAgreement(BaseModel):
    """How far raters agree on one dimension of the rubric."""

    name: DimensionName
    judges: GroupOut
    curators: GroupOut
    pairs: list[PairOut]


class Agreement(BaseModel):
    """Who rated by a rubric, and how far they agree.

    It rests on the newest seeds: at most `most_seeds` judged and as many rated ones. `more` says
    that there are others.
    """

    rubric_version: str
    seeds: int
    most_seeds: int
    more: bool
    raters: list[RaterOut]
    dimensions: list[DimensionAgreement]


class Cell(BaseModel):
    """How many seeds the first rater gave one rating and the second another."""

    first: int
    second: int
    count: int


class FarApart(BaseModel):
    """A seed on which the two differ."""

    seed_id: int
    prompt: str
    first: int
    second: int


class Confusion(BaseModel):
    """Two raters' ratings against each other, and the seeds on which they differ most."""

    rubric_version: str
    dimension: DimensionName
    first: str
    second: str
    seeds: int
    cells: list[Cell]
    far_apart: list[FarApart]
