"""Stages retrieval and code: the nearest items of a text, compared closely.

What shares n-grams with an item is compared here too, in the part of the text where it does: the
rest of a long prompt has its own numbers and says nothing of the item.
"""

from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple, Protocol

import numpy as np
import numpy.typing as npt

from backend.science.code_words import is_code
from backend.science.contamination import Method
from backend.science.copies import Copy
from backend.science.pair_features import Side
from backend.science.pair_model import Chances
from backend.science.problem_index import CODE, PROSE, ProblemIndex
from backend.science.sparse_index import Neighbours
from backend.science.text import Word, words_with_offsets

_COMMON_PROSE: Final = 500
_COMMON_CODE: Final = 10_000
_LEAST_SIMILARITY: Final = 0.1
_MOST_TWINS: Final = 12
_SHORT_WORDS: Final = 8
_ROOM: Final = 1.5
"""A part of a text that may hold an item has so many times the words that are not yet matched."""


class Judge(Protocol):
    """Decides which pairs to look at, and what they are."""

    def passes(self, pairs: Neighbours) -> npt.NDArray[np.bool_]: ...

    def chances(self, features: list[list[float]]) -> list[Chances]: ...


class Pair(NamedTuple):
    """A text and an item that were compared.

    Attributes:
        text: number of the text.
        item: number of the item.
        method: what brought them together.
        seed: the text, or the part of it that was compared.
        benchmark: the item.
        offset: where that part starts in the text.
        similarity: cosine of the two.
        features: what they were compared by.
        chances: what they are to each other.
    """

    text: int
    item: int
    method: Method
    seed: Side
    benchmark: Side
    offset: int
    similarity: float
    features: list[float]
    chances: Chances


class _Candidate(NamedTuple):
    text: int
    item: int
    method: Method
    part: str
    offset: int
    similarity: float
    lead: float


class PairIndex:
    """All items by their rare words; the programs among them once more by what they say."""

    def __init__(self, texts: Sequence[str], judge: Judge) -> None:
        """Index items."""
        self._texts = texts
        self._judge = judge
        self._prose = ProblemIndex(PROSE, texts, _COMMON_PROSE)
        # A short item stands in many longer texts that have nothing to do with it.
        self._is_long = np.array(
            [len(words_with_offsets(text)) >= _SHORT_WORDS for text in texts], dtype=np.bool_
        )
        self._programs = [item for item, text in enumerate(texts) if is_code(text)]
        self._code = ProblemIndex(CODE, [texts[item] for item in self._programs], _COMMON_CODE)

    def find(
        self, texts: Sequence[str], copies: Sequence[Copy], count: int, since: int = 0
    ) -> list[Pair]:
        """Compare texts with the items that they share n-grams with, and with the nearest ones.

        Args:
            texts: many at once are faster than one by one.
            copies: what stands in them word by word; whole items are not compared again.
            count: how many of the nearest items.
            since: items before this number are left out.
        """
        whole = {(copy.text, copy.item) for copy in copies if copy.is_whole}
        chosen: dict[tuple[int, int], _Candidate] = {}
        for candidate in (
            *self._nearest(texts, count),
            *self._parts(texts, copies),
            *self._nearest_programs(texts, count),
        ):
            if candidate.item >= since and (candidate.text, candidate.item) not in whole:
                chosen[candidate.text, candidate.item] = candidate
        return self._compared(list(chosen.values()))

    def _compared(self, candidates: Sequence[_Candidate]) -> list[Pair]:
        places = {item: place for place, item in enumerate(self._programs)}
        sides = self._sides(candidates)
        rows = []
        for candidate in candidates:
            as_code = candidate.method == "code"
            index = self._code if as_code else self._prose
            item = places[candidate.item] if as_code else candidate.item
            side = sides[candidate.part, as_code]
            features = index.features(side, item, candidate.similarity, candidate.lead)
            rows.append((candidate, side, index.item_side(item), features))
        chances = self._judge.chances([features for *_, features in rows])
        return [
            Pair(
                candidate.text, candidate.item, candidate.method, side, benchmark,
                candidate.offset, candidate.similarity, features, chance,
            )
            for (candidate, side, benchmark, features), chance in zip(rows, chances, strict=True)
        ]  # fmt: skip

    def _sides(self, candidates: Sequence[_Candidate]) -> dict[tuple[str, bool], Side]:
        """Each part of a text that is compared, as prose and as a program."""
        sides: dict[tuple[str, bool], Side] = {}
        for as_code, index in ((False, self._prose), (True, self._code)):
            parts = {c.part for c in candidates if (c.method == "code") == as_code}
            ordered = sorted(parts)
            read = index.sides(ordered)
            sides |= {(part, as_code): side for part, side in zip(ordered, read, strict=True)}
        return sides

    def _nearest(self, texts: Sequence[str], count: int) -> Iterator[_Candidate]:
        near = self._prose.nearest(texts, count, _LEAST_SIMILARITY)
        is_near = self._judge.passes(near) & (
            self._is_long[near.document] | (near.text_coverage > 0.5)
        )
        for number in np.flatnonzero(is_near).tolist():
            text, item = int(near.text[number]), int(near.document[number])
            for twin in self._prose.twins[item][:_MOST_TWINS]:
                yield _candidate(near, number, text, twin, "retrieval", texts[text])

    def _nearest_programs(self, texts: Sequence[str], count: int) -> Iterator[_Candidate]:
        programs = [number for number, text in enumerate(texts) if is_code(text)]
        if not programs or not self._programs:
            return
        own = [texts[number] for number in programs]
        near = self._code.nearest(own, count, _LEAST_SIMILARITY)
        for number in range(len(near.text)):
            text = programs[int(near.text[number])]
            for twin in self._code.twins[int(near.document[number])][:_MOST_TWINS]:
                item = self._programs[twin]
                yield _candidate(near, number, text, item, "code", texts[text])

    def _parts(self, texts: Sequence[str], copies: Sequence[Copy]) -> Iterator[_Candidate]:
        partial = [copy for copy in copies if not copy.is_whole]
        if not partial:
            return
        words: dict[int, list[Word]] = {}
        bounds = []
        for copy in partial:
            if copy.text not in words:
                words[copy.text] = words_with_offsets(texts[copy.text])
            length = len(words_with_offsets(self._texts[copy.item]))
            bounds.append(_part(copy, words[copy.text], length))
        parts = [texts[c.text][start:end] for c, (start, end) in zip(partial, bounds, strict=True)]
        numbers = np.arange(len(parts))
        pairs = self._prose.compare(parts, numbers, np.array([copy.item for copy in partial]))
        pairs = pairs._replace(lead=pairs.similarity - self._best_besides(parts, pairs))
        for number, (copy, (start, _)) in enumerate(zip(partial, bounds, strict=True)):
            yield _candidate(pairs, number, copy.text, copy.item, "ngram", parts[number], start)

    def _best_besides(self, parts: Sequence[str], pairs: Neighbours) -> npt.NDArray[np.float64]:
        """For each pair the similarity of the nearest item with other words."""
        near = self._prose.nearest(parts, 2, _LEAST_SIMILARITY)
        best = np.zeros(len(pairs.text))
        for text, item, similarity in zip(*near[:3], strict=True):
            if int(pairs.document[text]) not in self._prose.twins[int(item)]:
                best[text] = max(best[text], similarity)
        return best


def _candidate(
    pairs: Neighbours, number: int, text: int, item: int, method: Method, part: str, offset: int = 0
) -> _Candidate:
    similarity, lead = float(pairs.similarity[number]), float(pairs.lead[number])
    return _Candidate(text, item, method, part, offset, similarity, lead)


def _part(copy: Copy, words: Sequence[Word], length: int) -> tuple[int, int]:
    """The characters of a text in which an item of so many words may stand."""
    first = min(copy.runs, key=lambda run: run.seed)
    last = max(copy.runs, key=lambda run: run.seed + run.length)
    before = int(first.item * _ROOM) + 3
    behind = int((length - last.item - last.length) * _ROOM) + 3
    start = max(first.seed - before, 0)
    end = min(last.seed + last.length + behind, len(words))
    return (words[start].start if start else 0), (
        words[end - 1].end + 1 if end < len(words) else 2**62
    )
