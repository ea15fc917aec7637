"""Where code stands in a text: fenced blocks and inline spans, as models write them.

Close to CommonMark, and more careful where models are careless: a fence that is never closed
encloses nothing, a fence with a language opens anew what an earlier one left open, and inline code
ends with its line. One pass over the text.
"""

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Final

Spans = list[tuple[int, int]]

# A tag of thinking may stand before a fence in its line, or behind it.
_FENCE: Final = re.compile(
    r"^(?:[ \t>]|</?think>)*+(?P<marks>`{3,}+|~{3,}+)(?P<info>(?:(?!</?think>)[^\n])*+)",
    re.MULTILINE | re.IGNORECASE | re.ASCII,
)
_TICKS: Final = re.compile(r"`++")


def fenced_spans(text: str) -> Spans:
    """Half-open spans of the fenced blocks, fences included, in order."""
    spans: Spans = []
    if "```" not in text and "~~~" not in text:
        return spans  # most texts, and the expression looks at every line
    opened: re.Match[str] | None = None
    for line in _FENCE.finditer(text):
        marks, info = line["marks"], line["info"].strip()
        if marks[0] == "`" and "`" in info:
            continue  # inline code that begins a line
        same = opened is not None and marks.startswith(opened["marks"])
        if opened is None or (same and info):
            opened = line
        elif same:
            spans.append((opened.start("marks"), line.end()))
            opened = None
    return spans


def code_spans(text: str) -> Spans:
    """The same for fenced blocks and inline code together."""
    fenced = fenced_spans(text)
    edges = [0, *(edge for span in fenced for edge in span), len(text)]
    inline = (
        span
        for start, end in list(pairwise(edges))[::2]
        for span in _inline_spans(text, start, end)
    )
    return sorted([*fenced, *inline])


def is_within(place: int, spans: Sequence[tuple[int, int]]) -> bool:
    """Whether a place stands in one of several spans, which are in order and do not overlap."""
    at = bisect_right(spans, (place, len(spans) and spans[-1][1])) - 1
    return at >= 0 and spans[at][0] <= place < spans[at][1]


def without_spans(text: str, spans: Sequence[tuple[int, int]]) -> str:
    """A text of the same length in which blanks stand for what is in the spans; lines stay."""
    pieces: list[str] = []
    place = 0
    for start, end in spans:
        pieces += text[place:start], _blank(text[start:end])
        place = end
    return "".join(pieces) + text[place:]


def _blank(text: str) -> str:
    return "\n".join(" " * len(line) for line in text.split("\n"))


def _inline_spans(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    ticks: Spans = []
    for found in _TICKS.finditer(text, start, end) if text.find("`", start, end) >= 0 else ():
        if ticks and text.find("\n", ticks[-1][1], found.start()) >= 0:
            yield from _pairs(ticks)
            ticks = []
        ticks.append(found.span())
    yield from _pairs(ticks)


def _pairs(ticks: Spans) -> Iterator[tuple[int, int]]:
    """From each run of backticks of a line to the next one of the same length."""
    partners: list[int | None] = []
    nearest: dict[int, int] = {}
    for number, (start, end) in reversed(list(enumerate(ticks))):
        partners.append(nearest.get(end - start))
        nearest[end - start] = number
    partners.reverse()
    at = 0
    while at < len(ticks):
        partner = partners[at]
        if partner is not None:
            yield ticks[at][0], ticks[partner][1]
        at = (at if partner is None else partner) + 1
