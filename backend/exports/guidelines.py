"""What no row of an export may hold: words of a guideline, or of how teachers are told of it."""

from collections.abc import Iterator, Sequence
from typing import Any, Final, NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from backend.guidelines.tables import Guideline, GuidelineVersion
from backend.science.guided_questions import GUIDED_WORDS
from backend.science.guideline_index import GuidelineIndex


class GuidelineText(NamedTuple):
    """A text that is not to be learned, and what to call it."""

    name: str
    text: str


TEMPLATE: Final = GuidelineText("the words that show a guideline to a teacher", GUIDED_WORDS)


class Quoted(NamedTuple):
    """A field of a row, and the guideline whose words it has."""

    field: str
    guideline: str


def every_guideline(session: Session) -> list[GuidelineText]:
    """Every version of every guideline, those that are archived too."""
    rows = session.execute(
        select(Guideline.name, GuidelineVersion.number, GuidelineVersion.text)
        .join(Guideline, Guideline.id == GuidelineVersion.guideline_id)
        .order_by(GuidelineVersion.id)
    )
    return [GuidelineText(f"{row.name}, version {row.number}", row.text) for row in rows]


class GuidelineCheck:
    """Looks through rows of any layout.

    Args:
        guidelines: what they may not hold; the template's words are looked for in any case.
    """

    def __init__(self, guidelines: Sequence[GuidelineText]) -> None:
        self._texts = [TEMPLATE, *guidelines]
        self._index = GuidelineIndex([each.text for each in self._texts])

    def find(self, row: dict[str, Any]) -> Quoted | None:
        """The first field of a row that has words of a guideline which its prompt has not."""
        prompt = "\n\n".join(_asked(row))
        for field, text in _said(row):
            if quotes := self._index.quotes(text, prompt):
                return Quoted(field, self._texts[quotes[0].guideline].name)
        return None


def _asked(row: dict[str, Any]) -> Iterator[str]:
    for name in ("prompt", "messages"):
        asked = row.get(name) or ()
        if isinstance(asked, str):
            yield asked
            continue
        for message in asked:
            if message["role"] == "user":
                yield message["content"]


def _said(value: Any, path: str = "") -> Iterator[tuple[str, str]]:
    """All texts of a row but for what a user asks, each with its path."""
    if isinstance(value, str):
        yield path, value
    elif isinstance(value, list | tuple):
        for place, part in enumerate(value):
            yield from _said(part, f"{path}[{place}]")
    elif isinstance(value, dict) and value.get("role") != "user":
        for name, part in value.items():
            yield from _said(part, f"{path}.{name}" if path else name)
