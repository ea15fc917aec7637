"""What callers send and see of guidelines."""

from datetime import datetime
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints

from backend.science.safety_categories import Category
from backend.science.word_difference import Kind as PieceKind

MOST_CHARACTERS = 50_000


def _storable(text: str) -> str:
    if not text.strip():
        raise ValueError("must not be blank")
    if "\x00" in text or any("\ud800" <= sign <= "\udfff" for sign in text):
        raise ValueError("must not hold NUL characters or halves of characters")
    return text


GuidelineName = Annotated[
    str,
    StringConstraints(
        strip_whitespace=True, min_length=1, max_length=100, pattern=r"^[^\x00-\x1f\x7f]+$"
    ),
]
GuidelineText = Annotated[str, Field(max_length=MOST_CHARACTERS), AfterValidator(_storable)]
Note = Annotated[
    str,
    StringConstraints(
        strip_whitespace=True, min_length=1, max_length=2000, pattern=r"^[^\x00]*$"
    ),
]  # fmt: skip
Number = Annotated[int, Field(ge=1, lt=2**63)]


class GuidelineCreate(BaseModel):
    """A guideline with its first text; no two have the same name, whatever the case."""

    model_config = ConfigDict(extra="forbid")

    name: GuidelineName
    category: Category
    text: GuidelineText
    note: Note | None = None


class VersionCreate(BaseModel):
    """A new text; `seen` is the number of the version that the caller read."""

    model_config = ConfigDict(extra="forbid")

    text: GuidelineText
    seen: Number
    note: Note | None = None


class GuidelineUpdate(BaseModel):
    """Take a guideline out of use, or bring it back."""

    model_config = ConfigDict(extra="forbid")

    archived: bool


class GuidelineListQuery(BaseModel):
    """Which guidelines, and a page of them."""

    model_config = ConfigDict(extra="forbid")

    category: Category | None = None
    archived: bool = False
    after: str | None = None
    limit: Annotated[int, Field(ge=1, le=1000)] = 50


class VersionOut(BaseModel):
    """A version without its text; `hash` is the text's SHA-256."""

    id: int
    number: int
    hash: str
    characters: int
    note: str | None
    author: str
    created_at: datetime


class PieceOut(BaseModel):
    """A part of the earlier text, of the later one, or of both."""

    kind: PieceKind
    text: str


class GuidelineOut(BaseModel):
    """A guideline in a list, with its newest version."""

    id: int
    name: str
    category: Category
    newest: VersionOut
    created_at: datetime
    archived_at: datetime | None


class GuidelineDetail(GuidelineOut):
    """A guideline with the newest text, and all versions, the newest first."""

    text: str
    versions: list[VersionOut]


class VersionDetail(VersionOut):
    """A version with its text, and how it differs word by word from version `against`."""

    guideline_id: int
    guideline: str
    text: str
    against: int | None
    difference: list[PieceOut]


class VersionText(BaseModel):
    """A text that must stand in no export, and what to call it."""

    version_id: int
    guideline: str
    number: int
    text: str
