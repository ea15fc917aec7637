"""What others do against contamination, restated: the rules that the check is measured beside.

open-r1: lower case, words between white space; any 8 words in a row shared with an item.
Tülu 3: a token of the text counts if it is inside an 8-gram shared with one item; the text is
contaminated where over half of the *item's* tokens count. datasketch: MinHash of 5-word shingles
with LSH at Jaccard 0.5, 128 permutations, as its documentation builds it.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from datasketch import MinHash, MinHashLSH

WORDS: Final = 8
_SHINGLE: Final = 5
_JACCARD: Final = 0.5
_PERMUTATIONS: Final = 128


def eight_grams(text: str) -> set[str]:
    """Each 8 words in a row, as open-r1 cuts them."""
    return set(_grams(text, WORDS))


def shares_eight_gram(text: str, item: str) -> bool:
    """open-r1's rule for one pair."""
    return not eight_grams(text).isdisjoint(eight_grams(item))


def half_covered(text: str, item: str) -> bool:
    """Tülu 3's rule for one pair."""
    known = eight_grams(text)
    tokens = item.lower().split()
    covered: set[int] = set()
    for start, gram in enumerate(_grams(item, WORDS)):
        if gram in known:
            covered.update(range(start, start + WORDS))
    return len(covered) > len(tokens) / 2


class EightGramSet:
    """All 8-grams of the items; a text with any of them is flagged."""

    def __init__(self, items: Iterable[str]) -> None:
        self._known = set[str]().union(*map(eight_grams, items))

    def flags(self, text: str) -> bool:
        """Whether the text has one."""
        return not self._known.isdisjoint(eight_grams(text))


class MinHashSearch:
    """Items in datasketch's LSH."""

    def __init__(self, items: Sequence[str]) -> None:
        self._index = MinHashLSH(threshold=_JACCARD, num_perm=_PERMUTATIONS)
        with self._index.insertion_session() as session:
            for number, item in enumerate(items):
                session.insert(number, _sketch(item))

    def flags(self, text: str) -> bool:
        """Whether an item falls into a bucket with the text."""
        return bool(self._index.query(_sketch(text)))


def _sketch(text: str) -> MinHash:
    sketch = MinHash(num_perm=_PERMUTATIONS)
    sketch.update_batch([gram.encode() for gram in _grams(text, _SHINGLE)])
    return sketch


def _grams(text: str, size: int) -> Iterator[str]:
    words = text.lower().split()
    ends = range(size, max(len(words), size) + 1)
    return (" ".join(words[end - size : end]) for end in ends if end <= len(words))
