"""An inverted index from n-grams of words to where they stand in a collection of documents.

All documents lie in one array of word hashes, and the index is two more: the hashes of all
n-grams, sorted, and their positions. Many texts are looked up at once: a table of bits turns away
nearly all of their n-grams, a binary search finds the others, and what is found is compared word by
word, so that a collision of n-grams cannot make a match.
"""

from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt

from backend.science.hash_table import HashTable
from backend.science.word_hashes import HashedTexts, Hashes

Integers = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]

_MULTIPLIER: Final = np.uint64(0x9E3779B97F4A7C15)


class SharedRuns(NamedTuple):
    """Passages that texts share with documents; arrays of equal length, one entry a passage.

    Attributes:
        text: number of the text.
        document: number of the document.
        text_start: first word of the passage in the text.
        document_start: first word of it in the document.
        length: its words.
    """

    text: Integers
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

    def __init__(self, documents: HashedTexts, size: int, common: int) -> None:
        """Index documents by their n-grams of `size` words."""
        self._size = size
        self._words, self._starts = documents.hashes, documents.starts
        positions = _within(self._starts, size)
        hashes = _ngram_hashes(self._words, size)[positions]
        order = np.argsort(hashes, kind="stable")
        weights = self._ngram_weights(hashes[order], positions[order], common)
        self._weight_before = self._cumulated_word_weights(positions[order], weights)
        order = order[weights > 0]
        self._positions = positions[order]
        self._ngrams, first = np.unique(hashes[order], return_index=True)
        self._bounds = np.append(first, len(order))
        self._table = HashTable(self._ngrams)

    def weights_of(self, document: int) -> Floats:
        """The weight of each word of a document."""
        start, end = self._starts[document], self._starts[document + 1]
        return np.diff(self._weight_before[start : end + 1])

    def shared_runs(self, texts: HashedTexts, least_share: float) -> SharedRuns:
        """The passages that texts share with documents, each as long as it can be.

        Args:
            texts: where one repeats an n-gram, the first counts.
            least_share: documents of whose weight a text shares less than this are left out.
        """
        text_at, word_at = self._matches(texts)
        order = np.lexsort((text_at, word_at - text_at))
        text_at, word_at = text_at[order], word_at[order]
        text = np.searchsorted(texts.starts, text_at, side="right") - 1
        document = np.searchsorted(self._starts, word_at, side="right") - 1
        same_run = (np.diff(word_at - text_at) == 0) & (np.diff(text_at) == 1)
        same_run &= (np.diff(text) == 0) & (np.diff(document) == 0)
        first = np.flatnonzero(np.concatenate([[True], ~same_run])) if len(text_at) else text_at
        length = np.diff(np.append(first, len(text_at))) + self._size - 1
        text, document = text[first], document[first]
        runs = SharedRuns(
            text=text,
            document=document,
            text_start=text_at[first] - texts.starts[text],
            document_start=word_at[first] - self._starts[document],
            length=length,
        )
        kept = self._shared_weight_reaches(runs, least_share)
        return SharedRuns(*(column[kept] for column in runs))

    def _shared_weight_reaches(self, runs: SharedRuns, share: float) -> npt.NDArray[np.bool_]:
        """Per run, whether all runs of its text and document may hold that share of the weight."""
        before = self._weight_before
        start = self._starts[runs.document] + runs.document_start
        pair = runs.text * len(self._starts) + runs.document
        pairs, group = np.unique(pair, return_inverse=True)
        shared = np.bincount(group, weights=before[start + runs.length] - before[start])
        documents = pairs % len(self._starts)
        total = before[self._starts[documents + 1]] - before[self._starts[documents]]
        reached: npt.NDArray[np.bool_] = ((total > 0) & (shared >= share * total))[group]
        return reached

    def _matches(self, texts: HashedTexts) -> tuple[Integers, Integers]:
        """Pairs of positions, among all words of texts and documents, of the same n-gram."""
        hashes = _ngram_hashes(texts.hashes, self._size)
        text_at = np.flatnonzero(self._table.may_hold(hashes))
        text_at = text_at[_fits(text_at, texts.starts, self._size)]
        # In order, so that neighbours are searched for in neighbouring memory.
        text_at = text_at[np.argsort(hashes[text_at])]
        entry = np.searchsorted(self._ngrams, hashes[text_at])
        entry[entry == len(self._ngrams)] = 0
        present = np.flatnonzero(self._ngrams[entry] == hashes[text_at])
        text_at, entry = _first_of_each(text_at[present], entry[present], texts.starts)
        low, count = self._bounds[entry], self._bounds[entry + 1] - self._bounds[entry]
        offset = np.arange(count.sum()) - np.repeat(np.cumsum(count) - count, count)
        word_at = self._positions[np.repeat(low, count) + offset]
        text_at = np.repeat(text_at, count)
        steps = np.arange(self._size)
        ours, theirs = texts.hashes[text_at[:, None] + steps], self._words[word_at[:, None] + steps]
        equal = (ours == theirs).all(axis=1)
        return text_at[equal], word_at[equal]

    def _ngram_weights(self, hashes: Hashes, positions: Integers, common: int) -> Floats:
        """The weight of each n-gram, which come in the order of their hashes."""
        if not len(hashes):
            return np.zeros(0)
        document = np.searchsorted(self._starts, positions, side="right")
        new_ngram = np.concatenate([[True], np.diff(hashes) != 0])
        new_document = new_ngram | np.concatenate([[True], np.diff(document) != 0])
        group = np.cumsum(new_ngram) - 1
        found_in = np.bincount(group, weights=new_document)
        total = len(self._starts) - 1
        weight = np.log1p((total - found_in + 0.5) / (found_in + 0.5))
        weights: Floats = np.where(found_in > common, 0.0, weight)[group]
        return weights

    def _cumulated_word_weights(self, positions: Integers, weights: Floats) -> Floats:
        """Weight of all words before each position, so that a passage's weight is a difference."""
        sums = np.zeros((2, len(self._words) + self._size))
        for offset in range(self._size):
            sums[0, positions + offset] += weights
            sums[1, positions + offset] += 1
        sums = sums[:, : len(self._words)]
        return np.concatenate([[0.0], np.cumsum(sums[0] / np.maximum(sums[1], 1))])


def _ngram_hashes(words: Hashes, size: int) -> Hashes:
    """A polynomial hash, modulo 2^64, of every n words in a row, whatever text they are of."""
    count = max(len(words) - size + 1, 0)
    hashes = np.zeros(count, dtype=np.uint64)
    for offset in range(size):
        hashes *= _MULTIPLIER
        hashes += words[offset : offset + count]
    return hashes


def _within(starts: Integers, size: int) -> Integers:
    """Where n-grams start that do not run over the end of their text."""
    return np.flatnonzero(_fits(np.arange(starts[-1]), starts, size))


def _fits(positions: Integers, starts: Integers, size: int) -> npt.NDArray[np.bool_]:
    end = starts[np.searchsorted(starts, positions, side="right")]
    fits: npt.NDArray[np.bool_] = positions + size <= end
    return fits


def _first_of_each(
    positions: Integers, entries: Integers, starts: Integers
) -> tuple[Integers, Integers]:
    """Of positions in the same text that have the same n-gram, the first."""
    text = np.searchsorted(starts, positions, side="right")
    order = np.lexsort((positions, entries, text))
    new = (np.diff(entries[order]) != 0) | (np.diff(text[order]) != 0)
    kept = order[np.concatenate([[True], new])[: len(order)]]
    return positions[kept], entries[kept]
