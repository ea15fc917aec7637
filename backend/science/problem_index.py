"""The benchmark items nearest a text, and what a text and an item are compared by.

One index for prose and one for programs: they differ in what counts as a word.
"""

import itertools
from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache
from typing import Final, NamedTuple

import numpy as np

from backend.science.code_words import code_words
from backend.science.ngram_index import Integers
from backend.science.pair_features import Side, pair_features
from backend.science.problem_text import Problem, options_start, read_problem, read_program
from backend.science.sparse_index import Neighbours, SparseIndex
from backend.science.word_hashes import HashedTexts, Hashes, hashed_words

_READ_CHARACTERS: Final = 20_000
"""Of a longer text the beginning is compared; copies further on are found by their n-grams."""
_SIDES_KEPT: Final = 20_000


class Language(NamedTuple):
    """How texts of a kind are read.

    Attributes:
        body: what stands for a text in the index.
        read: its parts.
        stems: for each of many problems a hash for each of its words, as the index knows them.
    """

    body: Callable[[str], str]
    read: Callable[[str], Problem]
    stems: Callable[[Sequence[Problem]], Iterable[Hashes]]


class ProblemIndex:
    """Items of one language.

    Attributes:
        twins: for each item that is the first of its words, all that have the same.
    """

    def __init__(self, language: Language, texts: Sequence[str], common: int) -> None:
        """Index items; terms in more of them than `common` find nothing."""
        self._language = language
        self._texts = texts
        self._index = SparseIndex(hashed_words([language.body(text) for text in texts]), common)
        self.twins = self._index.twins
        self.item_side = lru_cache(_SIDES_KEPT)(self._read_item)

    def nearest(self, texts: Sequence[str], count: int, least_similarity: float) -> Neighbours:
        """The items nearest each text, so many of each at the most."""
        return self._index.nearest(self._hashed(texts), count, least_similarity)

    def compare(self, texts: Sequence[str], text: Integers, item: Integers) -> Neighbours:
        """Given pairs of texts and items."""
        return self._index.compare(self._hashed(texts), text, item)

    def sides(self, texts: Sequence[str]) -> list[Side]:
        """Texts, ready to be compared with items; many at once are faster than one by one."""
        problems = [self._language.read(text[:_READ_CHARACTERS]) for text in texts]
        stems = self._language.stems(problems)
        return [
            Side(problem, self._index.rarity(own).tolist())
            for problem, own in zip(problems, stems, strict=True)
        ]

    def features(self, side: Side, item: int, similarity: float, lead: float) -> list[float]:
        """What is known of a text and an item; see `pair_features`."""
        return pair_features(side, self.item_side(item), similarity, lead)

    def _read_item(self, item: int) -> Side:
        return self.sides([self._texts[item]])[0]

    def _hashed(self, texts: Sequence[str]) -> HashedTexts:
        return hashed_words([self._language.body(text[:_READ_CHARACTERS]) for text in texts])


def _question_and_text(text: str) -> str:
    """A multiple-choice question without its options, which often are all numbers or names."""
    return text[: options_start(text)] or text


def _code_body(text: str) -> str:
    return " ".join(word.text for word in code_words(text))


def _stems(problems: Sequence[Problem]) -> Iterable[Hashes]:
    hashed = hashed_words([problem.text for problem in problems])
    return (hashed.stems[start:end] for start, end in itertools.pairwise(hashed.starts.tolist()))


def _code_stems(problems: Sequence[Problem]) -> Iterable[Hashes]:
    for problem in problems:
        # Each word by itself: the index may see two where the program has one.
        hashed = hashed_words([word.text for word in problem.words])
        first = np.minimum(hashed.starts[:-1], max(len(hashed.stems) - 1, 0))
        none = np.zeros(len(first), dtype=np.uint64)
        yield hashed.stems[first] if len(hashed.stems) else none


PROSE: Final = Language(_question_and_text, read_problem, _stems)
CODE: Final = Language(_code_body, read_program, _code_stems)
