"""Documents by all their words, to find the texts that consist of one but for a few words."""

from typing import Final, NamedTuple

import numpy as np

from backend.science.hash_table import HashTable
from backend.science.ngram_index import Integers
from backend.science.word_hashes import HashedTexts, Hashes

_MULTIPLIER: Final = 0x9E3779B97F4A7C15
_INVERSE: Final = pow(_MULTIPLIER, -1, 2**64)


class WholeMatch(NamedTuple):
    """A text that is a document, but for `start` words before and some behind."""

    text: int
    document: int
    start: int


class WholeTexts:
    """Documents by a hash of all their words in order; one without a word is never found."""

    def __init__(self, documents: HashedTexts) -> None:
        self._documents = documents
        starts, ends = documents.starts[:-1], documents.starts[1:]
        hashes = _Passages(documents.hashes).hashes(starts, ends)
        kept = np.flatnonzero(ends > starts)
        self._order = kept[np.argsort(hashes[kept], kind="stable")]
        self._hashes = hashes[self._order]
        self._table = HashTable(self._hashes)

    def find(self, texts: HashedTexts, extra_words: int) -> list[WholeMatch]:
        """Texts that consist of a document and at most so many words around it."""
        passages = _Passages(texts.hashes)
        found: list[WholeMatch] = []
        for before in range(extra_words + 1):
            for behind in range(extra_words + 1 - before):
                starts, ends = texts.starts[:-1] + before, texts.starts[1:] - behind
                found += self._equal(texts, passages, starts, ends, before)
        return found

    def _equal(
        self,
        texts: HashedTexts,
        passages: "_Passages",
        starts: Integers,
        ends: Integers,
        before: int,
    ) -> list[WholeMatch]:
        candidates = np.flatnonzero(ends > starts)
        hashes = passages.hashes(starts[candidates], ends[candidates])
        likely = np.flatnonzero(self._table.may_hold(hashes))
        low = np.searchsorted(self._hashes, hashes[likely], side="left")
        high = np.searchsorted(self._hashes, hashes[likely], side="right")
        return [
            WholeMatch(int(text), int(document), before)
            for text, first, last in zip(candidates[likely], low, high, strict=True)
            for document in self._order[first:last]
            if np.array_equal(texts.hashes[starts[text] : ends[text]], self._documents.of(document))
        ]


class _Passages:
    """Hashes of any passages of a sequence of words, each from two sums."""

    def __init__(self, words: Hashes) -> None:
        one = np.ones(1, dtype=np.uint64)
        up, down = (
            np.cumprod(
                np.concatenate([one, np.full(len(words), factor, np.uint64)]), dtype=np.uint64
            )
            for factor in (_MULTIPLIER, _INVERSE)
        )
        sums = np.cumsum(words * up[:-1], dtype=np.uint64)
        self._sums, self._down = np.concatenate([np.zeros(1, np.uint64), sums]), down

    def hashes(self, starts: Integers, ends: Integers) -> Hashes:
        """A polynomial of the words of each passage, and of how many they are."""
        sums: Hashes = (self._sums[ends] - self._sums[starts]) * self._down[starts]
        return (sums ^ (ends - starts).astype(np.uint64)) * np.uint64(_MULTIPLIER)
