"""Whether a hash may be one of many: a table of bits that answers for millions at once."""

from typing import Final

import numpy as np
import numpy.typing as npt

from backend.science.word_hashes import Hashes

_ENTRIES_PER_HASH: Final = 8
_FEWEST_BITS: Final = 10
_MOST_BITS: Final = 25


class HashTable:
    """A set of hashes that errs on one side: what it holds not, was never put in.

    One of eight strangers is let in by mistake while there are at most 4 million hashes.
    """

    def __init__(self, hashes: Hashes) -> None:
        wanted = int(len(hashes) * _ENTRIES_PER_HASH).bit_length()
        bits = min(max(wanted, _FEWEST_BITS), _MOST_BITS)
        self._shift = np.uint64(64 - bits)
        self._taken = np.zeros(2**bits, dtype=np.bool_)
        self._taken[hashes >> self._shift] = True

    def may_hold(self, hashes: Hashes) -> npt.NDArray[np.bool_]:
        """For each hash, False where it is surely not in the set."""
        may_hold: npt.NDArray[np.bool_] = self._taken[hashes >> self._shift]
        return may_hold
