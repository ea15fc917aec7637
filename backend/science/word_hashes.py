"""Words of many texts as 64-bit numbers, a few times faster than one text at a time.

The words are those of `text.words_with_offsets`. Texts in ASCII are split here, all at once, in
arrays of bytes; the others pass through the slow and careful way first. A word's hash is the
polynomial of its bytes modulo 2^64, taken from sums over the whole batch, so that no word is ever
handled by itself.
"""

from collections.abc import Iterable, Sequence
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt

from backend.science.text import with_plain_words

Hashes = npt.NDArray[np.uint64]
_Integers = npt.NDArray[np.int64]
_Bytes = npt.NDArray[np.uint8]

_BASE: Final = 0x9E3779B97F4A7C15
_INVERSE: Final = pow(_BASE, -1, 2**64)
# Spreads the polynomial's low bits; the finaliser of splitmix64.
_MIX: Final = ((30, 0xBF58476D1CE4E5B9), (27, 0x94D049BB133111EB))
_POINT: Final = "\x01"
"""Stands for the point in a decimal number, where it belongs to the word."""
_CHUNK_CHARACTERS: Final = 2**16
_STEM_BYTES: Final = 6


def _classes() -> _Bytes:
    """For each byte what it is in a word, 0 where it ends one."""
    table = np.zeros(256, dtype=np.uint8)
    for character in range(128):
        if chr(character).isalnum() or chr(character) == _POINT:
            table[character] = ord(chr(character).lower())
    table[128:] = np.arange(128, 256)
    return table


_CLASSES: Final = _classes()
_IS_DIGIT: Final = np.isin(np.arange(256), list(b"0123456789"))


class HashedTexts(NamedTuple):
    """Texts as word hashes, one after the other.

    Attributes:
        hashes: a hash for every word; texts share a hash where they share the word.
        stems: the same for the first six bytes of each word, so that `factored` meets `factors`;
            words that begin with a digit count whole.
        starts: where each text begins among them, and as the last the number of all words.
    """

    hashes: Hashes
    stems: Hashes
    starts: _Integers

    def of(self, text: int) -> Hashes:
        """The words of one text."""
        return self.hashes[self.starts[text] : self.starts[text + 1]]


def hashed_words(texts: Sequence[str]) -> HashedTexts:
    """The normalised words of texts, as hashes.

    Args:
        texts: any texts, also empty ones and very long ones.
    """
    none = np.zeros(0, dtype=np.uint64)
    parts = [_hashed_chunk(chunk) for chunk in _chunks(texts)]
    lengths = [np.diff(part.starts) for part in parts]
    return HashedTexts(
        hashes=np.concatenate([none, *(part.hashes for part in parts)]),
        stems=np.concatenate([none, *(part.stems for part in parts)]),
        starts=np.concatenate([[0], *lengths]).cumsum().astype(np.int64),
    )


def _chunks(texts: Sequence[str]) -> Iterable[list[str]]:
    """Texts in lots that fit the processor's caches, ready to be split at what is no word."""
    chunk: list[str] = []
    size = 0
    for text in texts:
        chunk.append(with_plain_words(text, _POINT))
        size += len(chunk[-1])
        if size >= _CHUNK_CHARACTERS:
            yield chunk
            chunk, size = [], 0
    if chunk:
        yield chunk


def _hashed_chunk(chunk: Sequence[str]) -> HashedTexts:
    joined = " ".join(chunk).encode("utf-8", "surrogatepass") + b" "
    values = _CLASSES[np.frombuffer(joined, dtype=np.uint8)]
    inside = values != 0
    edges = np.flatnonzero(inside[1:] != inside[:-1]) + 1
    edges = np.concatenate([[0], edges]) if inside[0] else edges
    first, last = edges[::2], edges[1::2]
    # The byte at i counts BASE^i; the sum over a word, times BASE^-first, is its polynomial.
    powers, inverses = _powers(len(values))
    sums = np.concatenate([[np.uint64(0)], np.cumsum(values * powers, dtype=np.uint64)])
    cut = np.where(_IS_DIGIT[values[first]], last, np.minimum(last, first + _STEM_BYTES))
    lengths = [len(text) for text in chunk]
    if not joined.isascii():
        lengths = [len(text.encode("utf-8", "surrogatepass")) for text in chunk]
    ends = np.cumsum(np.array(lengths, dtype=np.int64) + 1)
    return HashedTexts(
        hashes=_mixed((sums[last] - sums[first]) * inverses[first]),
        stems=_mixed((sums[cut] - sums[first]) * inverses[first]),
        starts=np.concatenate([[0], np.searchsorted(first, ends)]),
    )


def _mixed(hashes: Hashes) -> Hashes:
    for shift, factor in _MIX:
        hashes = (hashes ^ (hashes >> np.uint64(shift))) * np.uint64(factor)
    return hashes


_powers_known: list[tuple[Hashes, Hashes]] = []


def _powers(count: int) -> tuple[Hashes, Hashes]:
    """BASE^i and BASE^-i for i below `count`, kept from one call to the next."""
    if not _powers_known or len(_powers_known[0][0]) < count:
        size = max(count, _CHUNK_CHARACTERS + _CHUNK_CHARACTERS // 4)
        one = np.ones(1, dtype=np.uint64)
        steps = [np.full(size - 1, base, dtype=np.uint64) for base in (_BASE, _INVERSE)]
        up, down = (np.concatenate([one, np.cumprod(step, dtype=np.uint64)]) for step in steps)
        _powers_known[:] = [(up, down)]
    up, down = _powers_known[0]
    return up[:count], down[:count]
