"""Guidelines' words in many rows at once: a fast look that misses nothing, then a close one.

Whatever `GuidelineIndex` finds has several words of a guideline in a row, and among them one of its
*anchors*: of any stretch of that many words, three that follow each other. Anchors are looked for
in whole columns at once, in any case and with anything between the words that the index reads as
no word; only rows that have one are looked at closely.
"""

import re
from collections.abc import Iterator, Sequence
from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from backend.exports.guidelines import TEMPLATE, GuidelineCheck, GuidelineText, Quoted
from backend.exports.rows import Row
from backend.science.guideline_index import GRAM
from backend.science.text import words_with_offsets

_ANCHOR: Final = 3
# So many make an automaton that still fits what RE2 gives one.
_IN_ONE: Final = 40
_GAP: Final = r"(?:[^a-z0-9]|\\[a-z]+|\\(?:begin|end)\s?\{[a-z*]{1,30}\})+"
_PLAIN: Final = re.compile(r"[a-z]+")
_INVISIBLE: Final = "[\u00ad\u200b-\u200d\u2060\ufeff]"
_ENOUGH_TEXT: Final = 8
# Letters that case folding turns into plain ones, and that differ from them in more than case.
_UNFOLDED: Final = {"ß": "ss", "ẞ": "ss", "İ": "i\u0307"}


class GuidelineScreen:
    """Looks through groups of rows for words of guidelines.

    Args:
        guidelines: what rows may not hold; the template's words are looked for in any case.
    """

    def __init__(self, guidelines: Sequence[GuidelineText]) -> None:
        self._check = GuidelineCheck(guidelines)
        texts = [TEMPLATE.text, *(each.text for each in guidelines)]
        found = [anchors(text) for text in texts]
        self._looks_at_all = any(each is None for each in found)
        plain = sorted({anchor for each in found for anchor in each or ()})
        self._patterns = [
            "|".join(_GAP.join(anchor) for anchor in plain[start : start + _IN_ONE])
            for start in range(0, len(plain), _IN_ONE)
        ]

    def find(self, rows: Sequence[Row], table: pa.Table) -> tuple[int, Quoted] | None:
        """The place of the first row with words of a guideline that its prompt has not."""
        return next(self.find_all(rows, table), None)

    def find_all(self, rows: Sequence[Row], table: pa.Table) -> Iterator[tuple[int, Quoted]]:
        """The places of all such rows, each with its first field.

        Args:
            rows: to look through.
            table: the same rows.
        """
        for place in range(len(rows)) if self._looks_at_all else self.suspects(table):
            if (quoted := self._check.find(rows[place])) is not None:
                yield place, quoted

    def suspects(self, table: pa.Table) -> list[int]:
        """The places of rows that may hold words of a guideline, in order."""
        marked = np.zeros(table.num_rows, np.bool_)
        for column in table.columns:
            for texts, rows in _texts(column.combine_chunks(), np.arange(table.num_rows)):
                marked[rows[self._has_anchor(texts)]] = True
        return [int(place) for place in np.flatnonzero(marked)]

    def _has_anchor(self, texts: pa.Array) -> Any:
        found = np.zeros(len(texts), np.bool_)
        if pc.max(pc.binary_length(texts)).as_py() in (None, *range(_ENOUGH_TEXT)):
            return found
        plain = _plain(texts)
        for pattern in self._patterns:
            matches = pc.match_substring_regex(plain, pattern)
            found |= pc.fill_null(matches, False).to_numpy(zero_copy_only=False)
        return found


def anchors(text: str) -> set[tuple[str, ...]] | None:
    """Three words in a row of each stretch that an index of guidelines would find.

    Of the threes of a stretch the one with most letters is taken, so that it is rare, and the same
    in every version of a guideline that has the stretch. None where a stretch has no three words of
    plain letters: then nothing can be told from anchors.
    """
    words = [word.text for word in words_with_offsets(text)]
    size = min(GRAM, len(words))
    if size <= _ANCHOR:
        return set()
    found = set()
    for start in range(len(words) - size + 1):
        threes = (tuple(words[at : at + _ANCHOR]) for at in range(start, start + size - 2))
        plain = [each for each in threes if all(map(_PLAIN.fullmatch, each))]
        if not plain:
            return None
        found.add(max(plain, key=lambda each: (sum(map(len, each)), each)))
    return found


def _texts(array: Any, rows: Any) -> Iterator[tuple[Any, Any]]:
    """All texts of a column, however deep they lie, each with the place of its row."""
    kind = array.type
    if pa.types.is_string(kind) or pa.types.is_large_string(kind):
        yield array, rows
    elif pa.types.is_dictionary(kind):
        yield from _texts(array.dictionary_decode(), rows)
    elif pa.types.is_list(kind) or pa.types.is_large_list(kind):
        parents = pc.list_parent_indices(array).to_numpy()
        yield from _texts(array.flatten(), rows[parents])
    elif pa.types.is_struct(kind):
        for field in array.flatten():
            yield from _texts(field, rows)


def _plain(texts: pa.Array) -> pa.Array:
    """Texts with their plain letters as an index reads them, in lower case.

    To look for them in any case would take an automaton many times as large.
    """
    if pc.all(pc.string_is_ascii(texts)).as_py() is not False:
        return lower(texts)
    composed = pc.utf8_normalize(pc.replace_substring_regex(texts, _INVISIBLE, ""), "NFKC")
    for letter, folded in _UNFOLDED.items():
        composed = pc.replace_substring(composed, letter, folded)
    return lower(composed)


def lower(texts: pa.Array) -> pa.Array:
    """What `pyarrow.compute.ascii_lower` gives, in a seventh of the time: all bytes at once."""
    validity, offsets, data = texts.buffers()
    if data is None:
        return texts
    written = pa.allocate_buffer(data.size)
    letters, result = np.frombuffer(data, np.uint8), np.frombuffer(written, np.uint8)
    np.subtract(letters, ord("A"), out=result)  # what is below it comes out large
    np.less(result, 26, out=result.view(np.bool_))
    np.left_shift(result, 5, out=result)  # by which capitals differ from small letters
    np.bitwise_or(letters, result, out=result)
    buffers = [validity, offsets, written]
    return pa.Array.from_buffers(texts.type, len(texts), buffers, offset=texts.offset)
