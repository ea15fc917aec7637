"""Simulated texts that compress as reasoning does: about 3 to 1 with zstd at level 3.

Words of a made-up vocabulary come by lot, the n-th most common one 1/n as often as the most common
(Zipf's law), among them numbers and formulas; nothing is put together from longer pieces, since a
compressor would find those again.
"""

from collections.abc import Iterator
from typing import Final

import numpy as np

WORDS: Final = 3000
_SYLLABLES: Final = """
    a e i o u an er in on re th st ti al ed ing tion ent or is ar le ou ch qu pl tr con pro com de
    ex un ly ness ment ble sub per ter
""".split()
# Of a hundred words so many are made up for the occasion.
_NUMBERS: Final = 6
_END: Final = 14  # words of a sentence


class Texts:
    """Makes texts by lot, the same for the same random seed."""

    def __init__(self, random_seed: int) -> None:
        self._lots = np.random.default_rng(random_seed)
        self._words = np.array(self._vocabulary(), object)
        shares = 1 / np.arange(1, WORDS + 1)
        self._bounds = np.cumsum(shares / shares.sum())
        typical = self.text(20_000)
        self._characters_of_word = len(typical) / 20_000

    def of_length(self, characters: int) -> str:
        """A text of between half and one and a half times so many characters."""
        wanted = characters * self._lots.uniform(0.5, 1.5)
        return self.text(max(1, round(wanted / self._characters_of_word)))

    def text(self, words: int) -> str:
        """A text of so many words."""
        chosen = self._words[np.searchsorted(self._bounds, self._lots.random(words))]
        places = self._lots.integers(0, words, max(1, words * _NUMBERS // 100))
        numbers = self._lots.integers(0, 10_000, len(places))
        for turn, (place, number) in enumerate(zip(places.tolist(), numbers.tolist(), strict=True)):
            chosen[place] = str(number) if turn % 2 else f"$x_{number % 9} < {number}y^2$"
        chosen[_END::_END] += ".\n"
        return " ".join(chosen.tolist())

    def _vocabulary(self) -> list[str]:
        """Words, the most common and shortest first."""
        found: dict[str, None] = {}
        for word in self._made_up():
            found.setdefault(word)
            if len(found) == WORDS:
                break
        return list(found)

    def _made_up(self) -> Iterator[str]:
        number = 0
        while True:
            longest = 2 + (number > 100) + (number > 1000)
            parts = self._lots.choice(_SYLLABLES, 1 + int(self._lots.integers(0, longest)))
            yield "".join(parts)
            number += 1
