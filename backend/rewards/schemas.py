"""What callers see of rewards."""

from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from backend.science.reward import PUBLISHED, RewardConstants

Tokens = Annotated[int, Field(ge=0, le=10_000_000)]
Weight = Annotated[float, Field(ge=0, le=1)]


class RewardSettings(BaseModel):
    """The constants of the reward; those of the Phi-4-reasoning report where nothing is said."""

    model_config = ConfigDict(extra="forbid")

    longest: int = Field(default=PUBLISHED.longest, ge=2, le=10_000_000)
    free_up_to: int = Field(default=PUBLISHED.free_up_to, ge=1, le=10_000_000)
    wrong_up_to: int = Field(default=PUBLISHED.wrong_up_to, ge=1, le=10_000_000)
    accuracy_weight: Weight = PUBLISHED.accuracy_weight
    repetition_weight: Weight = PUBLISHED.repetition_weight
    repeated_from: int = Field(default=PUBLISHED.repeated_from, ge=1, le=1000)
    repetition_floor: float | None = Field(default=PUBLISHED.repetition_floor, ge=-1000, le=0)

    def constants(self) -> RewardConstants:
        """They, checked against each other; ValueError where they make no curve."""
        return RewardConstants(**self.model_dump())

    @model_validator(mode="after")
    def _make_a_curve(self) -> Self:
        self.constants()
        return self


class CurvePoint(BaseModel):
    """What a well-formed response of this length earns that repeats nothing."""

    tokens: int
    right: float
    wrong: float


class RewardCurve(BaseModel):
    """Reward against length; `truncated` and `malformed` are earned at any length."""

    points: list[CurvePoint]
    truncated: float
    malformed: float


class RewardRequest(BaseModel):
    """A response to be scored: against a key, or with what is known of its answer.

    Without `tokens` its length is estimated from its characters. `ended`: it ended by itself.
    """

    model_config = ConfigDict(extra="forbid")

    response: str = Field(max_length=2_000_000)
    key: str | None = Field(default=None, max_length=10_000)
    correct: bool | None = None
    tokens: Tokens | None = None
    ended: bool = True
    settings: RewardSettings = RewardSettings()

    @model_validator(mode="after")
    def _says_what_is_right(self) -> Self:
        if (self.key is None) == (self.correct is None):
            raise ValueError("give either the key, or whether the answer is correct")
        return self


class RepetitionOut(BaseModel):
    """How far the response repeats itself: `phrase` is its most frequent five words in a row."""

    reward: float
    is_floored: bool
    words: int
    repeated: int
    most: int
    phrase: str


class RewardOut(BaseModel):
    """A response's reward and each part of it; `length_share` is how far along its curve it is.

    `is_undecided`: only algebra could tell whether the answer is the key's.
    """

    total: float
    accuracy: float
    repetition: RepetitionOut
    override: Literal["format", "truncated"] | None
    correct: bool
    is_undecided: bool
    answer: str | None
    tokens: int
    tokens_estimated: bool
    length_share: float
    is_clipped: bool
