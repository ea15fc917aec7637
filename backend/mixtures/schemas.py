"""What callers send and see of mixtures."""

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from backend.mixtures.recipe import Recipe
from backend.science.mixture_warnings import WarningCode
from backend.science.quality_tiers import Tier

Number = Annotated[int, Field(ge=1, lt=2**63)]
MixtureName = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=200, pattern=r"^[^\x00]*$"),
]
LeftOut = Literal["taken_down", "hit", "difficulty", "no_difficulty", "no_trace", "no_copies"]
Split = Literal["train", "validation"]


class MixtureCreate(BaseModel):
    """A recipe under a name of its own."""

    model_config = ConfigDict(extra="forbid")

    name: MixtureName
    recipe: Recipe = Field(default_factory=Recipe)


class MixtureUpdate(BaseModel):
    """What is to change of a mixture, and the edition that the caller saw."""

    model_config = ConfigDict(extra="forbid")

    edition: Number
    name: MixtureName | None = None
    recipe: Recipe | None = None


class RecipeText(BaseModel):
    """A recipe as YAML."""

    model_config = ConfigDict(extra="forbid")

    yaml: Annotated[str, Field(max_length=1_000_000)]


class Compose(BaseModel):
    """Mixtures to concatenate, in this order."""

    model_config = ConfigDict(extra="forbid")

    name: MixtureName
    mixture_ids: Annotated[list[Number], Field(min_length=2, max_length=50)]


class SiblingsCreate(BaseModel):
    """Which ablations to make: each cluster in or out, or its epochs up and down by a factor."""

    model_config = ConfigDict(extra="forbid")

    change: Literal["in_or_out", "up_and_down"]
    factor: Annotated[float, Field(gt=1, le=10)] = 2.0


class MixtureOut(BaseModel):
    """A mixture and its recipe as it stands; `versions` counts those that were asked for."""

    id: int
    name: str
    recipe: Recipe
    edition: int
    parent_id: int | None
    versions: int
    created_by: str
    created_at: datetime
    updated_at: datetime


class ClusterFigures(BaseModel):
    """A cluster of a part: what there is, what was asked for, and what comes out.

    `examples` are those to train on, `epochs` the rows for each of them. Of safety nothing is
    asked but its share.
    """

    part: str
    domain: str | None
    tier: Tier
    asked_epochs: float | None
    epochs: float
    examples: int
    held_out: int
    rows: int
    tokens: int
    share: float


class SplitFigures(BaseModel):
    """One side of the split: seeds, examples (seed and trace), rows (with copies), tokens."""

    seeds: int
    examples: int
    rows: int
    tokens: int


class LengthBin(BaseModel):
    """Rows of at least so many tokens, and below so many."""

    least: int
    below: int
    rows: int


class Amount(BaseModel):
    """Rows and tokens of a source or licence, its share of all tokens; its examples held out."""

    name: str | None
    rows: int
    tokens: int
    share: float
    held_out: int = 0


class LeftOutCount(BaseModel):
    """Accepted seeds that the recipe means and that are not in the mixture."""

    reason: LeftOut
    seeds: int


class WarningOut(BaseModel):
    """What is doubtful."""

    code: WarningCode
    message: str


class MixtureFigures(BaseModel):
    """What a mixture comes to; clusters, lengths, sources and licences are of the training side.

    `as_of`: when a preview's seeds were read; large sets are not read anew for each change of a
    weight. `uncounted` examples have not been counted by the recipe's tokenizer: they are scaled.
    """

    as_of: datetime | None = None
    uncounted: int = 0
    train: SplitFigures
    validation: SplitFigures
    clusters: list[ClusterFigures]
    lengths: list[LengthBin]
    sources: list[Amount]
    licences: list[Amount]
    left_out: list[LeftOutCount]
    warnings: list[WarningOut]


class VersionOut(BaseModel):
    """A version: whole and unchangeable once it is `frozen`.

    `withdrawn` counts its seeds that were taken down since, or whose import was taken back; while
    there are any, it is `blocked`: nothing new may be made of it.
    """

    id: int
    mixture_id: int
    mixture: str
    number: int
    state: Literal["freezing", "frozen", "failed"]
    rows_hash: str | None
    withdrawn: int
    blocked: bool
    job_id: int | None
    error: str | None
    created_by: str
    created_at: datetime
    frozen_at: datetime | None


class VersionDetail(VersionOut):
    """A version with its recipe, and what it came to."""

    recipe: Recipe
    figures: MixtureFigures | None


class Verified(BaseModel):
    """Whether the rows of a version are those that it was frozen with: the hash of then and now."""

    same: bool
    rows: int
    rows_hash: str
    found: str


class VersionRow(BaseModel):
    """What is trained on at a position."""

    model_config = ConfigDict(from_attributes=True)

    position: int
    seed_id: int
    revision_id: int
    sample_id: int | None
    copy_number: int
    weight: float
    split: Split
    tokens: int


class Difference(BaseModel):
    """A seed that is not alike in two versions, and why as far as it is known.

    `before` and `after` are the number of its rows.
    """

    seed_id: int
    change: Literal["came", "went", "changed"]
    why: str
    before: int
    after: int


class DifferenceCount(BaseModel):
    """How many seeds differ in a way, for a reason."""

    change: Literal["came", "went", "changed"]
    why: str
    seeds: int


class Comparison(BaseModel):
    """What came and went from one version to another; the first differences are listed.

    `recipe` holds what differs in the recipes, by the path of the field: before and after.
    """

    before: VersionOut
    after: VersionOut
    same: bool
    counts: list[DifferenceCount]
    differences: list[Difference]
    recipe: dict[str, tuple[Any, Any]]
