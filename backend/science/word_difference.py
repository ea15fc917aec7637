"""What was taken out of a text and what was put in, word by word, for people to read.

The pieces join again to either text exactly. Words that occur once in both texts, in the same
order, are found first (patience); only what lies between them is compared word by word, so that
time grows with the length of the texts, not with its square.
"""

import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher
from itertools import groupby, pairwise
from typing import Final, Literal, NamedTuple

Kind = Literal["same", "removed", "added"]

_UNSPACED: Final = "\u3000-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\uff00-\uffef"
_MARKS: Final = "\u0300-\u036f\u0900-\u0dff"
# A word takes the spaces behind it along: on their own they would be alike everywhere.
_TOKEN: Final = re.compile(
    rf"""
      \s+
    | (?: \\[a-zA-Z]+                              # a macro
        | \\.                                      # an escaped sign
        | [{_UNSPACED}]                            # scripts without spaces, sign by sign
        | \d+(?:[.,]\d+)*                          # a number
        | (?:[^\W\d_{_UNSPACED}]|[{_MARKS}])+(?:['’][^\W\d_{_UNSPACED}]+)?
        | .                                        # any other sign
      ) [^\S\n]*
    """,
    re.VERBOSE | re.DOTALL,
)
_MOST_COMPARISONS: Final = 1_000_000
_MOST_DEPTH: Final = 50
_ISLAND: Final = 4
"""What stayed between two changes is only in the way where it is so much shorter than they are."""


class Piece(NamedTuple):
    """A part of one text or of both."""

    kind: Kind
    text: str


class _Region(NamedTuple):
    """Words of either text that stand against each other, by half-open ranges."""

    begin: int
    end: int
    their_begin: int
    their_end: int


_Match = tuple[int, int]


def word_difference(before: str, after: str) -> list[Piece]:
    """The two texts as one sequence of pieces.

    Args:
        before: the text as it was.
        after: the text as it is to be.

    Returns:
        Pieces in reading order, none empty, no two neighbours of one kind; where words were
        replaced those taken out stand first. Without the added ones they join to `before`, without
        the removed ones to `after`.
    """
    ours, theirs = _TOKEN.findall(before), _TOKEN.findall(after)
    pieces: list[Piece] = []
    begin = their_begin = 0
    for index, their_index in [*_matches(ours, theirs), (len(ours), len(theirs))]:
        _put(pieces, "removed", ours[begin:index])
        _put(pieces, "added", theirs[their_begin:their_index])
        _put(pieces, "same", ours[index : index + 1])
        begin, their_begin = index + 1, their_index + 1
    return _joined(_without_islands(_joined(pieces)))


def _put(pieces: list[Piece], kind: Kind, words: Sequence[str]) -> None:
    if words:
        pieces.append(Piece(kind, "".join(words)))


def _joined(pieces: Sequence[Piece]) -> list[Piece]:
    """Neighbours of one kind as one piece; of what was replaced, what was taken out first."""
    joined: list[Piece] = []
    for is_same, group in groupby(pieces, key=lambda piece: piece.kind == "same"):
        parts = list(group)
        kinds: tuple[Kind, ...] = ("same",) if is_same else ("removed", "added")
        for kind in kinds:
            _put(joined, kind, [piece.text for piece in parts if piece.kind == kind])
    return joined


def _without_islands(pieces: Sequence[Piece]) -> list[Piece]:
    """A lone "the" that two long changes have in common is read more easily as changed too."""
    places = [index for index, piece in enumerate(pieces) if piece.kind == "same"]
    bounds = [-1, *places, len(pieces)]
    weights = [
        max((len(piece.text) for piece in pieces[first + 1 : second]), default=0)
        for first, second in pairwise(bounds)
    ]
    islands = {
        place
        for place, before, after in zip(places, weights, weights[1:], strict=False)
        if len(pieces[place].text) * _ISLAND <= min(before, after)
    }
    kept: list[Piece] = []
    for index, piece in enumerate(pieces):
        if index in islands:
            kept += [Piece("removed", piece.text), Piece("added", piece.text)]
        else:
            kept.append(piece)
    return kept


def _matches(ours: Sequence[str], theirs: Sequence[str]) -> list[_Match]:
    """The pairs of equal words that are kept, in order."""
    matches: list[_Match] = []
    todo = [(_Region(0, len(ours), 0, len(theirs)), 0)]
    while todo:
        region, depth = todo.pop()
        region, ends = _without_ends(ours, theirs, region)
        matches += ends
        if region.begin == region.end or region.their_begin == region.their_end:
            continue
        anchors = _anchors(ours, theirs, region) if depth < _MOST_DEPTH else []
        if anchors:
            matches += anchors
            todo += [(between, depth + 1) for between in _between(region, anchors)]
        else:
            matches += _compared(ours, theirs, region)
    return sorted(matches)


def _without_ends(
    ours: Sequence[str], theirs: Sequence[str], region: _Region
) -> tuple[_Region, list[_Match]]:
    begin, end, their_begin, their_end = region
    ends: list[_Match] = []
    while begin < end and their_begin < their_end and ours[begin] == theirs[their_begin]:
        ends.append((begin, their_begin))
        begin, their_begin = begin + 1, their_begin + 1
    while begin < end and their_begin < their_end and ours[end - 1] == theirs[their_end - 1]:
        end, their_end = end - 1, their_end - 1
        ends.append((end, their_end))
    return _Region(begin, end, their_begin, their_end), ends


def _anchors(ours: Sequence[str], theirs: Sequence[str], region: _Region) -> list[_Match]:
    """Words that occur once in either part, the most of them that are in the same order."""
    counts = Counter(ours[region.begin : region.end])
    their_counts = Counter(theirs[region.their_begin : region.their_end])
    places = {
        theirs[index]: index
        for index in range(region.their_begin, region.their_end)
        if their_counts[theirs[index]] == 1
    }
    pairs = [
        (index, places[ours[index]])
        for index in range(region.begin, region.end)
        if counts[ours[index]] == 1 and ours[index] in places
    ]
    return _longest_rising(pairs)


def _longest_rising(pairs: Sequence[_Match]) -> list[_Match]:
    lowest_ends: list[int] = []
    chain_ends: list[int] = []
    before: list[int | None] = []
    for number, (_, their_index) in enumerate(pairs):
        length = bisect_left(lowest_ends, their_index)
        before.append(chain_ends[length - 1] if length else None)
        lowest_ends[length : length + 1] = [their_index]
        chain_ends[length : length + 1] = [number]
    chain: list[_Match] = []
    number_or_none = chain_ends[-1] if chain_ends else None
    while number_or_none is not None:
        chain.append(pairs[number_or_none])
        number_or_none = before[number_or_none]
    return chain[::-1]


def _between(region: _Region, anchors: Sequence[_Match]) -> Iterator[_Region]:
    begin, their_begin = region.begin, region.their_begin
    for index, their_index in [*anchors, (region.end, region.their_end)]:
        yield _Region(begin, index, their_begin, their_index)
        begin, their_begin = index + 1, their_index + 1


def _compared(ours: Sequence[str], theirs: Sequence[str], region: _Region) -> list[_Match]:
    """Word against word; a part too large for that is replaced as a whole."""
    begin, end, their_begin, their_end = region
    if (end - begin) * (their_end - their_begin) > _MOST_COMPARISONS:
        return []
    # Without junk: frequent words are words too, and the part is small.
    matcher = SequenceMatcher(
        None, ours[begin:end], theirs[their_begin:their_end], autojunk=False
    )  # fmt: skip
    return [
        (begin + block.a + offset, their_begin + block.b + offset)
        for block in matcher.get_matching_blocks()
        for offset in range(block.size)
    ]
