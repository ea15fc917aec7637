"""An inverted index from n-grams of words to where they stand in a collection of documents.

All documents lie in one array of word numbers, and the index is two more: the hashes of all
n-grams, sorted, and their positions. Looking a text up is a binary search for all its n-grams at
once, and matches are compared word by word, so a collision of hashes cannot make one.
"""

from array import array
from collections.abc import Iterable, Sequence
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt

Integers = npt.NDArray[np.int64]
_Compact = npt.NDArray[np.int32]
_Hashes = npt.NDArray[np.uint64]
_Floats = npt.NDArray[np.float64]

_UNKNOWN: Final = 0
_MULTIPLIER: Final = np.uint64(0x9E3779B97F4A7C15)


class SharedRuns(NamedTuple):
    """Passages that a text shares with documents; arrays of equal length, one entry a passage.

    Attributes:
        document: number of the document.
        text_start: first word of the passage in the text.
        document_start: first word of it in the document.
        length: its words.
    """

    document: Integers
    text_start: Integers
    document_start: Integers
    length: Integers


class NgramIndex:
    """Documents by their n-grams, with a weight for every word of theirs.

    An n-gram that is in d of N documents weighs ln(1 + (N - d + .5) / (d + .5)), the inverse
    document frequency of BM25 (Robertson and Zaragoza, 2009); one in more than `common` documents
    weighs nothing and is not looked up. A word weighs the mean of the n-grams that it stands in.
    """

    def __init__(self, documents: Iterable[Iterable[str]], size: int, common: int) -> None:
        """Index documents, given as words, by their n-grams of `size` words."""
        self._size = size
        self._vocabulary: dict[str, int] = {}
        self._words, self._starts = self._read(documents)
        positions = self._ngram_positions()
        hashes = _hashes(self._words, size)[positions]
        order = np.argsort(hashes, kind="stable")
        self._hashes: _Hashes = hashes[order]
        self._positions: _Compact = positions[order].astype(np.int32)
        self._weights = self._ngram_weights(common)
        self._weight_before = self._cumulated_word_weights()

    def numbers_of(self, words: Sequence[str]) -> _Compact:
        """The words of a text as this index numbers them, 0 for a word that no document has."""
        return np.array([self._vocabulary.get(word, _UNKNOWN) for word in words], dtype=np.int32)

    def document_numbers(self, document: int) -> _Compact:
        """The words of a document as numbers."""
        return self._words[self._starts[document] : self._starts[document + 1]]

    def weights_of(self, document: int) -> _Floats:
        """The weight of each word of a document."""
        start, end = self._starts[document], self._starts[document + 1]
        return np.diff(self._weight_before[start : end + 1])

    def shared_runs(self, numbers: _Compact, least_share: float) -> SharedRuns:
        """The passages that a text shares with documents, each as long as it can be.

        Args:
            numbers: the text, from `numbers_of`. Of an n-gram that it repeats the first counts.
            least_share: documents of whose weight less than this is shared are left out.
        """
        text_at, word_at = self._matches(numbers)
        order = np.lexsort((text_at, word_at - text_at))
        text_at, word_at = text_at[order], word_at[order]
        same_run = (np.diff(word_at - text_at) == 0) & (np.diff(text_at) == 1)
        first = np.flatnonzero(np.concatenate([[True], ~same_run])) if len(text_at) else text_at
        length = np.diff(np.append(first, len(text_at))) + self._size - 1
        text_at, word_at = text_at[first], word_at[first]
        document = np.searchsorted(self._starts, word_at, side="right") - 1
        runs = SharedRuns(document, text_at, word_at - self._starts[document], length)
        kept = self._shared_weight_reaches(runs, least_share)
        return SharedRuns(*(column[kept] for column in runs))

    def _shared_weight_reaches(self, runs: SharedRuns, share: float) -> npt.NDArray[np.bool_]:
        """Per run, whether its document's runs together may hold that share of its weight."""
        before = self._weight_before
        start = self._starts[runs.document] + runs.document_start
        documents, group = np.unique(runs.document, return_inverse=True)
        shared = np.bincount(group, weights=before[start + runs.length] - before[start])
        total = before[self._starts[documents + 1]] - before[self._starts[documents]]
        reached: npt.NDArray[np.bool_] = ((total > 0) & (shared >= share * total))[group]
        return reached

    def _matches(self, numbers: _Compact) -> tuple[Integers, Integers]:
        """Pairs of positions, in the text and among all words, where the same n-gram stands."""
        known = _windows(numbers != _UNKNOWN, self._size).all(axis=1)
        hashes, first = np.unique(_hashes(numbers, self._size)[known], return_index=True)
        text_at = np.flatnonzero(known)[first]
        low = np.searchsorted(self._hashes, hashes, side="left")
        count = np.searchsorted(self._hashes, hashes, side="right") - low
        present = np.flatnonzero(count)
        present = present[self._weights[low[present]] > 0]
        text_at, low, count = text_at[present], low[present], count[present]
        offset = np.arange(count.sum()) - np.repeat(np.cumsum(count) - count, count)
        word_at = self._positions[np.repeat(low, count) + offset].astype(np.int64)
        text_at = np.repeat(text_at, count)
        steps = np.arange(self._size)
        equal = (numbers[text_at[:, None] + steps] == self._words[word_at[:, None] + steps]).all(1)
        return text_at[equal], word_at[equal]

    def _read(self, documents: Iterable[Iterable[str]]) -> tuple[_Compact, Integers]:
        """All words as numbers, and where each document starts; documents pass one by one."""
        vocabulary, numbers, starts = self._vocabulary, array("i"), [0]
        for words in documents:
            numbers.extend(vocabulary.setdefault(word, len(vocabulary) + 1) for word in words)
            starts.append(len(numbers))
        return np.array(numbers, dtype=np.int32), np.array(starts, dtype=np.int64)

    def _ngram_positions(self) -> Integers:
        """Where n-grams start that do not run over the end of their document."""
        lengths = np.diff(self._starts)
        room = np.repeat(self._starts[1:], lengths) - np.arange(len(self._words))
        return np.flatnonzero(room >= self._size)

    def _ngram_weights(self, common: int) -> _Floats:
        """The weight of each entry of the index."""
        if not len(self._hashes):
            return np.zeros(0)
        document = np.searchsorted(self._starts, self._positions, side="right")
        new_ngram = np.concatenate([[True], np.diff(self._hashes) != 0])
        new_document = new_ngram | np.concatenate([[True], np.diff(document) != 0])
        group = np.cumsum(new_ngram) - 1
        found_in = np.bincount(group, weights=new_document)
        total = len(self._starts) - 1
        weight = np.log1p((total - found_in + 0.5) / (found_in + 0.5))
        weights: _Floats = np.where(found_in > common, 0.0, weight)[group]
        return weights

    def _cumulated_word_weights(self) -> _Floats:
        """Weight of all words before each position, so that a passage's weight is a difference."""
        sums = np.zeros((2, len(self._words) + self._size))
        for offset in range(self._size):
            sums[0, self._positions + offset] += self._weights
            sums[1, self._positions + offset] += 1
        sums = sums[:, : len(self._words)]
        return np.concatenate([[0.0], np.cumsum(sums[0] / np.maximum(sums[1], 1))])


def _windows(values: npt.NDArray[np.bool_], size: int) -> npt.NDArray[np.bool_]:
    if len(values) < size:
        return np.zeros((0, size), dtype=np.bool_)
    return np.lib.stride_tricks.sliding_window_view(values, size)


def _hashes(numbers: _Compact, size: int) -> _Hashes:
    """A polynomial hash of every n-gram, modulo 2^64."""
    count = max(len(numbers) - size + 1, 0)
    hashes = np.zeros(count, dtype=np.uint64)
    for offset in range(size):
        hashes = hashes * _MULTIPLIER + numbers[offset : offset + count].astype(np.uint64)
    return hashes
