"""Whether a text holds words of any guideline: the last look at what a model is trained on.

Stricter than the search for leaks in a trace (`guideline_leaks`), which asks whether a passage says
something: here any eight words in a row are too many, whatever they are. What the prompt has itself
is no secret. A character of a script without spaces counts as half a word, and of a guideline that
is shorter all its words are looked for.
"""

from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Final, NamedTuple

from backend.science.text import Word, words_with_offsets

GRAM: Final = 8
_FEWEST: Final = 4
_UNSPACED: Final = "\u3040"


class Quote(NamedTuple):
    """A half-open span of a text, and the place of the guideline that has the same words."""

    guideline: int
    start: int
    end: int


class GuidelineIndex:
    """All guidelines at once; time is linear in the texts that are looked at.

    Args:
        texts: of the guidelines; those of fewer than four words cannot be told from chance.
    """

    def __init__(self, texts: Sequence[str]) -> None:
        self._known: dict[tuple[str, ...], int] = {}
        self._sizes: set[int] = set()
        for place, text in enumerate(texts):
            words = words_with_offsets(text)
            size = min(GRAM, len(words))
            if size >= _FEWEST:
                self._sizes.add(size)
                for gram in _grams(words, size):
                    self._known.setdefault(gram, place)

    def quotes(self, text: str, prompt: str = "") -> list[Quote]:
        """Where a text has words of a guideline that its prompt does not have, in reading order."""
        words, asked = words_with_offsets(text), words_with_offsets(prompt)
        found = [
            quote for size in sorted(self._sizes) for quote in self._of_size(words, asked, size)
        ]
        return sorted(found, key=lambda quote: quote.start)

    def _of_size(self, words: Sequence[Word], asked: Sequence[Word], size: int) -> Iterator[Quote]:
        own = set(_grams(asked, size))
        hits = [
            at
            for at, gram in enumerate(_grams(words, size))
            if gram in self._known and gram not in own
        ]
        for _, run in groupby(enumerate(hits), key=lambda pair: pair[1] - pair[0]):
            places = [at for _, at in run]
            first, last = places[0], places[-1] + size
            if sum(_weight(word) for word in words[first:last]) >= size:
                gram = tuple(word.text for word in words[first : first + size])
                yield Quote(self._known[gram], words[first].start, words[last - 1].end)


def _weight(word: Word) -> float:
    return 0.5 if word.text[0] >= _UNSPACED else 1.0


def _grams(words: Sequence[Word], size: int) -> Iterator[tuple[str, ...]]:
    texts = [word.text for word in words]
    return (tuple(texts[at : at + size]) for at in range(len(texts) - size + 1))
