"""Loops: where a text says for a long while nothing that it has not said several times before.

A text that has fallen into a loop brings no new words: each eight words in a row have stood there
already, again and again, without a break. Tables, code, the cases of an enumeration and long sums
repeat their form, but new words or numbers stand between. What little they repeat as it is (rows of
zeros, of `True False`) has few different words, and so has to be repeated for much longer.
"""

import re
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from itertools import chain
from typing import Final, NamedTuple

from backend.science.code_spans import Spans, fenced_spans, is_within
from backend.science.text import Word, words_with_offsets

_Gram = tuple[str, ...]

_GRAM: Final = 8
_VARIED: Final = 4
_LONG_WORD: Final = 32
_UNSPACED: Final = "\u3040"  # from here on a character is a word
_TABLE_ROW: Final = re.compile(r"^[^\n|\t]*+[|\t][^\n|\t]*+[|\t][^\n]*+", re.MULTILINE)


class Loop(NamedTuple):
    """Words in a row that all had been said before.

    Attributes:
        start: where they begin in the text.
        end: where they end.
        words: how many there are.
        times: how often the most frequent of them come, those before included.
    """

    start: int
    end: int
    words: int
    times: int


class LoopLimits(NamedTuple):
    """What makes a loop: so many words in a row of which each eight came so many times before."""

    words: int
    before: int


PROSE: Final = LoopLimits(words=60, before=3)
_WITH_NUMBERS: Final = LoopLimits(words=120, before=5)
_FEW_WORDS: Final = LoopLimits(words=120, before=20)
_ANYTHING: Final = LoopLimits(words=400, before=20)


def loop_in(text: str, prose: LoopLimits = PROSE) -> Loop | None:
    """The first loop of a text, None where it has none.

    Args:
        text: any text.
        prose: what makes a loop of words that vary and stand in no code and no table. Where they
            are numbers, it takes 120 that came five times before; words that hardly vary, or are
            in code, 120 that came twenty times before; and numbers like these 400.
    """
    words = list(chain.from_iterable(map(_pieces, words_with_offsets(text))))
    grams = [tuple(word.text for word in words[at : at + _GRAM]) for at in range(len(words) - 7)]
    before = _times_before(grams)
    if max(before, default=0) < prose.before:
        return None
    no_prose = _code_and_tables(text)

    def is_prose(at: int) -> bool:
        return not is_within(words[at].start, no_prose)

    tests = (
        (prose, lambda at: _words_in(grams[at]) >= _VARIED and is_prose(at)),
        (_WITH_NUMBERS, lambda at: len(set(grams[at])) >= _VARIED and is_prose(at)),
        (_FEW_WORDS, lambda at: all(map(_is_word, grams[at]))),
        (_ANYTHING, lambda at: True),
    )
    loops = (_loop(words, before, limits, counts) for limits, counts in tests)
    return next(filter(None, loops), None)


def _times_before(grams: Sequence[_Gram]) -> list[int]:
    seen: defaultdict[_Gram, int] = defaultdict(int)
    before = []
    for gram in grams:
        before.append(seen[gram])
        seen[gram] += 1
    return before


def _loop(
    words: Sequence[Word],
    before: Sequence[int],
    limits: LoopLimits,
    counts: Callable[[int], bool],
) -> Loop | None:
    start, counted = 0, 0
    for at, times in enumerate([*before, -1]):
        if times >= limits.before:
            counted += counts(at)
            continue
        if counted >= limits.words:
            last = words[at + _GRAM - 2]
            most = max(before[start:at]) + 1
            return Loop(words[start].start, last.end, at - start + _GRAM - 1, most)
        start, counted = at + 1, 0
    return None


def _code_and_tables(text: str) -> Spans:
    code = fenced_spans(text)
    rows = [row.span() for row in _TABLE_ROW.finditer(text) if not is_within(row.start(), code)]
    return sorted([*code, *rows])


def _pieces(word: Word) -> Iterator[Word]:
    """A word in short pieces, so that digits without end are repeated words."""
    if len(word.text) <= _LONG_WORD:
        yield word
        return
    for at in range(0, len(word.text), _LONG_WORD):
        yield word._replace(text=word.text[at : at + _LONG_WORD])


def _words_in(gram: _Gram) -> int:
    """How many different words there are, numbers and letters that stand alone left out."""
    return sum(map(_is_word, set(gram)))


def _is_word(word: str) -> bool:
    return word.isalpha() and (len(word) > 1 or word >= _UNSPACED)
