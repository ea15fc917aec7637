"""Stages exact and ngram: benchmark items that stand in a text word by word, whole or in part."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from backend.science.contamination import DecontaminationPolicy
from backend.science.ngram_index import Floats, NgramIndex
from backend.science.whole_texts import WholeTexts
from backend.science.word_hashes import HashedTexts, Hashes


class Run(NamedTuple):
    """A shared passage in words: where it starts in seed and item, and how long it is."""

    seed: int
    item: int
    length: int


class Copy(NamedTuple):
    """An item of which a text holds enough.

    Attributes:
        text: number of the text.
        item: number of the item.
        runs: the passages that they share.
        is_whole: whether one of them is all of the item.
    """

    text: int
    item: int
    runs: list[Run]
    is_whole: bool


class CopyIndex:
    """All items by their n-grams and as wholes."""

    def __init__(self, items: HashedTexts, policy: DecontaminationPolicy) -> None:
        """Index the words of items."""
        self._items = items
        self._policy = policy
        self._whole = WholeTexts(items)
        self._ngrams = NgramIndex(items, policy.ngram_words, policy.common_items)

    def find(self, texts: HashedTexts) -> list[Copy]:
        """Items of which a text holds enough, text by text."""
        found: dict[tuple[int, int], list[Run]] = {}
        runs = self._ngrams.shared_runs(texts, self._policy.ngram_coverage)
        for text, item, *run in zip(*(column.tolist() for column in runs), strict=True):
            found.setdefault((text, item), []).append(Run(*run))
        for match in self._whole.find(texts, self._policy.extra_words):
            whole = Run(match.start, 0, len(self._items.of(match.document)))
            found[match.text, match.document] = [whole]
        copies = (
            self._copy(text, item, runs, texts.of(text))
            for (text, item), runs in sorted(found.items())
        )
        return [copy for copy in copies if self._reaches(copy)]

    def coverage(self, item: int, runs: Sequence[Run]) -> float:
        """The weighted share of the item's words that the passages cover."""
        weights = self._weights(item)
        covered = np.zeros(len(weights), dtype=np.bool_)
        for run in runs:
            covered[run.item : run.item + run.length] = True
        return float(weights[covered].sum() / weights.sum())

    def _copy(self, text: int, item: int, runs: list[Run], words: Hashes) -> Copy:
        whole = self._items.of(item)
        if not any(run.length == len(whole) for run in runs):
            start = _find(whole, words)
            if start is None:
                return Copy(text, item, runs, is_whole=False)
            runs = [Run(start, 0, len(whole))]
        return Copy(text, item, runs, is_whole=True)

    def _reaches(self, copy: Copy) -> bool:
        """Passages that overlap in the item count once: together they may cover too little."""
        if copy.is_whole:
            return True
        return self.coverage(copy.item, copy.runs) >= self._policy.ngram_coverage

    def _weights(self, item: int) -> Floats:
        weights = self._ngrams.weights_of(item)
        return weights if weights.any() else np.ones(len(weights))


def _find(part: Hashes, whole: Hashes) -> int | None:
    """Where a sequence of words stands in a longer one, None where it does not."""
    needle, haystack = part.tobytes(), whole.tobytes()
    at = haystack.find(needle)
    while at % whole.itemsize and at >= 0:  # found across the bytes of two words
        at = haystack.find(needle, at + 1)
    return at // whole.itemsize if at >= 0 else None
