"""Pure: a long thinking cut into steps that can be folded, with what is marked in each."""

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from dashboard.marked_text import Part, marked_parts
from dashboard.rows import Passage

# Paragraphs are put together until a step has so many characters.
STEP_LENGTH = 900
# A paragraph that is longer than this is cut where a word ends.
LONGEST_STEP = 6000
_FENCE = re.compile(r"\s{0,3}(```|~~~)")
MARK = "changed"


class Step(NamedTuple):
    """A part of a thinking.

    Attributes:
        text: the whole thinking is the texts of its steps, one after the other.
        end: the tokens of the thinking up to the end of the step, about.
        parts: the text with marks, None where nothing in it is marked.
    """

    text: str
    end: int
    parts: list[Part] | None


def steps_of(thinking: str, tokens: int, passages: Sequence[Passage] = ()) -> list[Step]:
    """The steps of a thinking of so many tokens; marked is what the passages say of it."""
    marked = [(p["start"], p["end"]) for p in passages if p["part"] == "thinking"]
    steps, start = [], 0
    for text in _texts(thinking):
        end = start + len(text)
        here = [(a - start, b - start) for a, b in marked if a < end and b > start]
        parts = marked_parts(text, {MARK: here}) if here else None
        steps.append(Step(text, round(tokens * end / len(thinking)), parts))
        start = end
    return steps


def _texts(thinking: str) -> Iterator[str]:
    gathered: list[str] = []
    length = 0
    for paragraph in _paragraphs(thinking):
        if gathered and length + len(paragraph) > STEP_LENGTH:
            yield "".join(gathered)
            gathered, length = [], 0
        for piece in _cut(paragraph):
            if len(piece) == LONGEST_STEP:
                yield "".join([*gathered, piece])
                gathered, length = [], 0
            else:
                gathered.append(piece)
                length += len(piece)
    if gathered:
        yield "".join(gathered)


def _paragraphs(thinking: str) -> Iterator[str]:
    """Pieces that end with an empty line; code in fences stays in one."""
    lines: list[str] = []
    in_code = was_empty = False
    for line in thinking.splitlines(keepends=True):
        is_empty = not line.strip()
        if was_empty and not is_empty and not in_code:
            yield "".join(lines)
            lines = []
        if _FENCE.match(line):
            in_code = not in_code
        lines.append(line)
        was_empty = is_empty
    if lines:
        yield "".join(lines)


def _cut(paragraph: str) -> Iterator[str]:
    for start in range(0, len(paragraph), LONGEST_STEP):
        yield paragraph[start : start + LONGEST_STEP]
