"""Benchmark items inside seeds, found exactly.

Two rules, both on normalised words (`text.words_with_offsets`):

*exact*: the seed holds the whole item in one piece. For an item that is shorter than an n-gram, or
that is boilerplate throughout, the seed must moreover consist of it, but for a few words: else
`What is 2 + 2?` would be found in every longer text.

*ngram*: the seed shares n-grams with the item, and they cover enough of the *item*. How much else
the seed holds does not matter, so an item hidden in a long prompt is found. Words are weighted by
how rare their n-grams are among the items (`ngram_index.NgramIndex`), so that instructions which
many items share flag nothing.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal, NamedTuple

import numpy as np
import numpy.typing as npt

from backend.science.ngram_index import NgramIndex
from backend.science.text import Word, words_with_offsets

_Numbers = npt.NDArray[np.int32]


@dataclass(frozen=True)
class DecontaminationPolicy:
    """What counts as a hit.

    Attributes:
        ngram_words: length of an n-gram; 8 is usual (open-r1, Tülu 3).
        threshold: weighted share of an item's words that shared n-grams must cover, in (0, 1].
        extra_words: words that a seed may have around a short item and still consist of it.
        common_items: an n-gram in more items than this is boilerplate and weighs nothing.
    """

    ngram_words: int = 8
    threshold: float = 0.5
    extra_words: int = 4
    common_items: int = 50

    def __post_init__(self) -> None:
        if self.ngram_words < 1:
            raise ValueError("ngram_words: must be at least 1")
        if not 0 < self.threshold <= 1:
            raise ValueError("threshold: must be above 0 and at most 1")
        if self.extra_words < 0:
            raise ValueError("extra_words: must not be negative")
        if self.common_items < 1:
            raise ValueError("common_items: must be at least 1")


class Span(NamedTuple):
    """A passage that seed and item share, in characters of the original texts (half-open)."""

    seed_start: int
    seed_end: int
    item_start: int
    item_end: int


class Hit(NamedTuple):
    """A benchmark item found in a seed.

    Attributes:
        item_id: the item.
        method: `exact` (all of the item in one piece) or `ngram`.
        coverage_item: weighted share of the item's words that the spans cover, in [0, 1].
        coverage_seed: share of the seed's words that they cover.
        longest_shared_words: words in the longest span.
        spans: shared passages, in the order of the seed.
    """

    item_id: str
    method: Literal["exact", "ngram"]
    coverage_item: float
    coverage_seed: float
    longest_shared_words: int
    spans: tuple[Span, ...]


class _Run(NamedTuple):
    """A shared passage in words: where it starts in seed and item, and how long it is."""

    seed: int
    item: int
    length: int


class BenchmarkIndex:
    """The items of all benchmarks, built once and then only read, from any thread."""

    def __init__(
        self, items: Iterable[tuple[str, str]], policy: DecontaminationPolicy | None = None
    ) -> None:
        """Index items; see `build`."""
        self.policy = policy or DecontaminationPolicy()
        self._items = list(items)
        documents = ((word.text for word in words_with_offsets(text)) for _, text in self._items)
        self._ngrams = NgramIndex(documents, self.policy.ngram_words, self.policy.common_items)
        self._whole: dict[bytes, list[int]] = {}
        for item in range(len(self._items)):
            if words := self._ngrams.document_numbers(item).tobytes():
                self._whole.setdefault(words, []).append(item)

    @classmethod
    def build(
        cls, items: Iterable[tuple[str, str]], policy: DecontaminationPolicy | None = None
    ) -> "BenchmarkIndex":
        """Index benchmark items.

        Args:
            items: (item id, text) pairs. An item without a word is never found.
            policy: what counts as a hit.
        """
        return cls(items, policy)

    def __len__(self) -> int:
        return len(self._items)

    def find_hits(self, text: str) -> list[Hit]:
        """The benchmark items in a seed, the best covered first."""
        seed = words_with_offsets(text)
        numbers = self._ngrams.numbers_of([word.text for word in seed])
        shared = self._shared(numbers) | self._consisting(numbers)
        hits = [self._hit(item, runs, seed) for item, runs in shared.items()]
        reached = [hit for hit in hits if hit.coverage_item >= self.policy.threshold]
        return sorted(reached, key=lambda hit: (-hit.coverage_item, hit.item_id))

    def _shared(self, numbers: _Numbers) -> dict[int, list[_Run]]:
        """Items that share enough n-grams with the seed, each with what they share."""
        found: dict[int, list[_Run]] = {}
        columns = self._ngrams.shared_runs(numbers, self.policy.threshold)
        for item, *run in zip(*(column.tolist() for column in columns), strict=True):
            found.setdefault(item, []).append(_Run(*run))
        for item in found:
            whole = self._ngrams.document_numbers(item)
            if (start := _find(whole, numbers)) is not None:
                found[item] = [_Run(start, 0, len(whole))]
        return found

    def _consisting(self, numbers: _Numbers) -> dict[int, list[_Run]]:
        """Items that the seed consists of, but for the policy's extra words."""
        found: dict[int, list[_Run]] = {}
        most = min(self.policy.extra_words, len(numbers) - 1)
        cuts = [(start, more) for start in range(most + 1) for more in range(most + 1 - start)]
        for start, more in cuts:
            part = numbers[start : len(numbers) - more]
            for item in self._whole.get(part.tobytes(), ()):
                found.setdefault(item, [_Run(start, 0, len(part))])
        return found

    def _hit(self, item: int, runs: list[_Run], seed: list[Word]) -> Hit:
        item_id, text = self._items[item]
        words = words_with_offsets(text)
        weights = self._ngrams.weights_of(item)
        weights = weights if weights.any() else np.ones(len(words))
        in_item, in_seed = np.zeros(len(words), dtype=bool), np.zeros(len(seed), dtype=bool)
        for run in runs:
            in_item[run.item : run.item + run.length] = True
            in_seed[run.seed : run.seed + run.length] = True
        shown = sorted(_without_contained(runs))
        return Hit(
            item_id=item_id,
            method="exact" if any(run.length == len(words) for run in runs) else "ngram",
            coverage_item=float(weights[in_item].sum() / weights.sum()),
            coverage_seed=float(in_seed.mean()),
            longest_shared_words=max(run.length for run in runs),
            spans=tuple(_span(run, seed, words) for run in shown),
        )


def _span(run: _Run, seed: list[Word], item: list[Word]) -> Span:
    return Span(
        seed_start=seed[run.seed].start,
        seed_end=seed[run.seed + run.length - 1].end,
        item_start=item[run.item].start,
        item_end=item[run.item + run.length - 1].end,
    )


def _without_contained(runs: list[_Run]) -> list[_Run]:
    """The longest runs, without those that show no further word of the item."""
    kept: list[_Run] = []
    for run in sorted(runs, key=lambda run: -run.length):
        if not any(
            other.item <= run.item and run.item + run.length <= other.item + other.length
            for other in kept
        ):
            kept.append(run)
    return kept


def _find(part: _Numbers, whole: _Numbers) -> int | None:
    """Where a sequence of numbers stands in a longer one, None where it does not."""
    needle, haystack = part.tobytes(), whole.tobytes()
    at = haystack.find(needle)
    while at % whole.itemsize and at >= 0:  # found across the bytes of two numbers
        at = haystack.find(needle, at + 1)
    return at // whole.itemsize if at >= 0 else None
