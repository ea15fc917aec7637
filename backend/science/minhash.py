"""MinHash signatures and LSH bands of many texts at once, equal to those of `datasketch`.

Permutations, their formula and the choice of bands and rows are datasketch's (its scheme
`affine32`); only the loop over texts is turned inside out: one permutation at a time goes over the
shingles of all texts, in arrays. It is loaded when it is first asked: with it come Redis' client
and SciPy's integration, for which each start of a process would wait.
"""

from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Final

import numpy as np
import numpy.typing as npt

from backend.science.shingles import ShingleSets, mixed
from backend.science.word_hashes import HashedTexts, Hashes

Signatures = npt.NDArray[np.uint32]
Keys = npt.NDArray[np.int64]

_SCHEME: Final = "affine32"
_HIGH: Final = np.uint64(32)
# The finaliser of MurmurHash3, by which the scheme spreads its inputs.
_SPREAD: Final = ((16, 0x85EBCA6B), (13, 0xC2B2AE35))
_STEP: Final = np.uint64(0x9E3779B97F4A7C15)


@dataclass(frozen=True)
class Banding:
    """How texts are sketched, so that similar ones meet in a bucket.

    Two texts of similarity s share one of b bands of r rows with probability 1 - (1 - s^r)^b
    (Leskovec, Rajaraman, Ullman: Mining of Massive Datasets, 3.4).

    Attributes:
        threshold: Jaccard similarity from which texts are to be found.
        permutations: how many numbers a signature has.
        weights: of false positives and false negatives, by which datasketch chooses b and r. A
            false positive costs a comparison, a false negative a missed duplicate.
        random_seed: of the permutations.
    """

    threshold: float = 0.7
    permutations: int = 128
    weights: tuple[float, float] = (0.1, 0.9)
    random_seed: int = 1

    @cached_property
    def bands(self) -> int:
        """b, the number of bands."""
        return _bands_and_rows(self)[0]

    @cached_property
    def rows(self) -> int:
        """r, the numbers of a signature in one band."""
        return _bands_and_rows(self)[1]

    def probability(self, similarity: float) -> float:
        """That two texts of this similarity share a bucket."""
        return float(1 - (1 - similarity**self.rows) ** self.bands)


def inputs(sets: ShingleSets) -> npt.NDArray[np.uint32]:
    """What stands for each shingle in a signature: the upper half of its hash."""
    return (sets.values >> _HIGH).astype(np.uint32)


def signatures(sets: ShingleSets, banding: Banding) -> Signatures:
    """The MinHash signature of each text.

    Returns:
        An array (texts, permutations), row by row what datasketch's `MinHash` of the `inputs` holds
        in `hashvalues`; a text without words has the greatest value everywhere.
    """
    values = inputs(sets)
    for shift, factor in _SPREAD:
        values = (values ^ (values >> np.uint32(shift))) * np.uint32(factor)
    values = values ^ (values >> np.uint32(16))
    worded = sets.sizes() > 0
    starts = sets.starts[:-1][worded]
    found = np.full((banding.permutations, len(worded)), 2**32 - 1, dtype=np.uint32)
    if len(starts):
        factors, offsets = _permutations(banding)
        for row, factor, offset in zip(found, factors, offsets, strict=True):
            row[worded] = np.minimum.reduceat(values * factor + offset, starts)
    return found.T


def band_keys(signed: Signatures, banding: Banding) -> Keys:
    """The bucket of each text in each band.

    Returns:
        An array (texts, bands). A key is 64 bits of a hash over the number of the band and the r
        values that `MinHashLSH` would take for its key: two texts share a key where they would
        share a bucket there.
    """
    used = signed[:, : banding.bands * banding.rows].astype(np.uint64)
    values = used.reshape(len(signed), banding.bands, banding.rows)
    keys = np.broadcast_to(np.arange(banding.bands, dtype=np.uint64), values.shape[:2])
    for row in range(banding.rows):
        keys = mixed((keys ^ values[:, :, row]) + _STEP)
    return keys.view(np.int64)


def whole_text_keys(words: HashedTexts) -> Keys:
    """A key for each text that only texts with the same words in the same order share."""
    counts = np.diff(words.starts)
    places = np.arange(len(words.hashes)) - np.repeat(words.starts[:-1], counts)
    placed = mixed(words.hashes ^ mixed(places.astype(np.uint64) + _STEP))
    sums = np.concatenate([np.zeros(1, dtype=np.uint64), np.cumsum(placed, dtype=np.uint64)])
    return mixed(sums[words.starts[1:]] - sums[words.starts[:-1]]).view(np.int64)


@lru_cache
def _bands_and_rows(banding: Banding) -> tuple[int, int]:
    from datasketch import MinHashLSH

    chosen = MinHashLSH(
        threshold=banding.threshold, num_perm=banding.permutations, weights=banding.weights
    )
    return chosen.b, chosen.r


@lru_cache
def _permutations(banding: Banding) -> tuple[Hashes, Hashes]:
    from datasketch import MinHash

    made = MinHash(num_perm=banding.permutations, seed=banding.random_seed, scheme=_SCHEME)
    return made.permutations[0], made.permutations[1]
