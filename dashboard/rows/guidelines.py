"""Guidelines and their versions."""

from typing import Literal, TypedDict

GUIDELINE_CATEGORIES = (
    "violence", "self_harm", "sexual_content", "hate_harassment", "illegal_activity", "privacy",
    "weapons_cbrn", "misinformation", "professional_advice", "over_refusal", "other",
)  # fmt: skip


class GuidelineVersion(TypedDict):
    """A version in a list."""

    id: int
    number: int
    hash: str
    characters: int
    note: str | None
    author: str
    created_at: str


class Guideline(TypedDict):
    """A guideline in a list."""

    id: int
    name: str
    category: str
    newest: GuidelineVersion
    created_at: str
    archived_at: str | None


class GuidelineDetail(Guideline):
    """A guideline with its newest text and its versions."""

    text: str
    versions: list[GuidelineVersion]


class GuidelinePiece(TypedDict):
    """A part of one version, or of both."""

    kind: Literal["same", "removed", "added"]
    text: str


class GuidelineVersionDetail(GuidelineVersion):
    """A version with its text, and what is new in it."""

    text: str
    against: int | None
    difference: list[GuidelinePiece]
