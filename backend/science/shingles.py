"""Texts as sets of shingles: three words in a row, so that word order counts and a little change
does little.

A text is read with a boundary before its first and after its last word. So n words give n shingles
however few they are: one word is one shingle, "what is pi" is three, and no text with a word in it
is left out or needs a rule of its own.
"""

from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt

from backend.science.word_hashes import HashedTexts, Hashes

WORDS: Final = 3

_Integers = npt.NDArray[np.int64]
_Numbers = npt.NDArray[np.float64]

_BEGIN: Final = np.uint64(0xA0761D6478BD642F)
_END: Final = np.uint64(0xE7037ED1A0B428DB)
_PLACES: Final = tuple(
    np.uint64(factor) for factor in (0x9E3779B97F4A7C15, 0xC2B2AE3D27D4EB4F, 0x165667B19E3779F9)
)
# The finaliser of splitmix64.
_MIX: Final = ((30, 0xBF58476D1CE4E5B9), (27, 0x94D049BB133111EB))
_COMPARED_AT_ONCE: Final = 2**22  # shingles, so that memory stays bounded


class ShingleSets(NamedTuple):
    """Texts as sets of shingles, one after the other.

    Attributes:
        values: 64-bit hashes of the shingles; within a text ascending, each once.
        starts: where each text begins among them, and as the last the number of all.
    """

    values: Hashes
    starts: _Integers

    def sizes(self) -> _Integers:
        """How many shingles each text has; 0 where it has no word."""
        return np.diff(self.starts)


def mixed(values: Hashes) -> Hashes:
    """64-bit numbers, spread over all bits."""
    for shift, factor in _MIX:
        values = (values ^ (values >> np.uint64(shift))) * np.uint64(factor)
    return values ^ (values >> np.uint64(31))


def shingle_sets(words: HashedTexts) -> ShingleSets:
    """The shingles of texts given as word hashes."""
    shingles = _shingles(words)
    owners = np.repeat(np.arange(len(words.starts) - 1), np.diff(words.starts))
    order = np.lexsort((shingles, owners))
    shingles, owners = shingles[order], owners[order]
    first = np.ones(len(shingles), dtype=bool)
    first[1:] = (shingles[1:] != shingles[:-1]) | (owners[1:] != owners[:-1])
    counts = np.bincount(owners[first], minlength=len(words.starts) - 1)
    return ShingleSets(shingles[first], np.concatenate([[0], np.cumsum(counts)]).astype(np.int64))


def jaccard(sets: ShingleSets, left: _Integers, right: _Integers) -> _Numbers:
    """The exact Jaccard similarity |A ∩ B| / |A ∪ B| of pairs of texts.

    Args:
        sets: the texts.
        left: of each pair, the place of one text among `sets`.
        right: of each pair, the place of the other.

    Returns:
        A similarity from 0 to 1 for each pair; 0 where either text has no word.
    """
    sizes = sets.sizes()
    similarities = np.zeros(len(left))
    work = np.cumsum(sizes[left] + sizes[right]) // _COMPARED_AT_ONCE
    for chunk in np.split(np.arange(len(left)), np.flatnonzero(np.diff(work)) + 1):
        shared = _shared(sets, left[chunk], right[chunk])
        union = sizes[left[chunk]] + sizes[right[chunk]] - shared
        similarities[chunk] = shared / np.maximum(union, 1)
    return similarities


def _shingles(words: HashedTexts) -> Hashes:
    current = words.hashes
    counts = np.diff(words.starts)
    firsts = words.starts[:-1][counts > 0]
    lasts = words.starts[1:][counts > 0] - 1
    before, after = np.roll(current, 1), np.roll(current, -1)
    before[firsts], after[lasts] = _BEGIN, _END
    parts = zip((before, current, after), _PLACES, strict=True)
    return mixed(sum((part * place for part, place in parts), np.zeros_like(current)))


def _shared(sets: ShingleSets, left: _Integers, right: _Integers) -> _Integers:
    """How many shingles the two texts of each pair share."""
    values, pairs = [], []
    for side in (left, right):
        sizes = sets.sizes()[side]
        ends = np.cumsum(sizes)
        within = np.arange(ends[-1] if len(ends) else 0) - np.repeat(ends - sizes, sizes)
        values.append(sets.values[np.repeat(sets.starts[side], sizes) + within])
        pairs.append(np.repeat(np.arange(len(side)), sizes))
    value, pair = np.concatenate(values), np.concatenate(pairs)
    order = np.lexsort((value, pair))
    value, pair = value[order], pair[order]
    again = (value[1:] == value[:-1]) & (pair[1:] == pair[:-1])
    return np.bincount(pair[1:][again], minlength=len(left))
