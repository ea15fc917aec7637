"""Rewards: the curve, and a response's parts."""

from typing import Literal, TypedDict


class RewardSettings(TypedDict):
    """The constants of the reward; lengths in tokens."""

    longest: int
    free_up_to: int
    wrong_up_to: int
    accuracy_weight: float
    repetition_weight: float
    repeated_from: int
    repetition_floor: float | None


class CurvePoint(TypedDict):
    """What a response of this length earns."""

    tokens: int
    right: float
    wrong: float


class RewardCurve(TypedDict):
    """Reward against length."""

    points: list[CurvePoint]
    truncated: float
    malformed: float


class Repetition(TypedDict):
    """How far a response repeats itself."""

    reward: float
    is_floored: bool
    words: int
    repeated: int
    most: int
    phrase: str


class Reward(TypedDict):
    """A response's reward and each part of it."""

    total: float
    accuracy: float
    repetition: Repetition
    override: Literal["format", "truncated"] | None
    correct: bool
    is_undecided: bool
    answer: str | None
    tokens: int
    tokens_estimated: bool
    length_share: float
    is_clipped: bool
