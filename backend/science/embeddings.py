"""Texts as vectors: kept in half precision, the nearest found by cosine in blocks."""

from collections.abc import Sequence
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt

Half = npt.NDArray[np.float16]
_BLOCK: Final = 4096
_STORED: Final = "<f2"


class Near(NamedTuple):
    """A row that is near to a text, and the cosine of the two, at most 1 for all rounding."""

    row: int
    similarity: float


def packed(vector: npt.NDArray[np.float32]) -> bytes:
    """A vector at unit length, two bytes a dimension (IEEE 754 half precision, little-endian).

    A component is off by 2^-11 of itself, and so a cosine by about 2^-10 at most. A vector of
    zeros stays one: its cosine with any other is 0.
    """
    length = float(np.linalg.norm(vector.astype(np.float64)))
    return (vector / (length or 1.0)).astype(_STORED).tobytes()


def unpacked(vectors: Sequence[bytes]) -> Half:
    """Packed vectors as the rows of a matrix.

    Raises:
        ValueError: they are not of one length.
    """
    sizes = {len(vector) for vector in vectors}
    if len(sizes) > 1:
        lengths = " and ".join(str(size // 2) for size in sorted(sizes))
        raise ValueError(f"vectors of {lengths} numbers cannot be compared")
    rows = np.frombuffer(b"".join(vectors), dtype=_STORED)
    columns = len(rows) // len(vectors) if vectors else 0
    return rows.reshape(len(vectors), columns).astype(np.float16, copy=False)


def nearest(texts: Half, matrix: Half, count: int, least: float) -> list[list[Near]]:
    """The rows of a matrix that are nearest to texts.

    A block of the matrix at a time is widened to single precision and compared, so that memory is
    that of the matrix and little more.

    Args:
        texts: one row a text, at unit length.
        matrix: the vectors to find, at unit length.
        count: at most so many for each text.
        least: only those of this cosine or more.

    Returns:
        For each text, the nearest first, of equally near ones the first of the matrix.

    Raises:
        ValueError: texts and matrix are not of one width.
    """
    if not len(texts) or not len(matrix):
        return [[] for _ in texts]
    if texts.shape[1] != matrix.shape[1]:
        widths = f"{texts.shape[1]} and {matrix.shape[1]}"
        raise ValueError(f"vectors of {widths} numbers cannot be compared")
    best = _Best(len(texts), count, least)
    wide = texts.astype(np.float32)
    for start in range(0, len(matrix), _BLOCK):
        best.add(wide @ matrix[start : start + _BLOCK].astype(np.float32).T, start)
    return best.found()


class _Best:
    """The nearest rows so far, of all texts."""

    def __init__(self, texts: int, count: int, least: float) -> None:
        self._texts, self._count = texts, count
        self._floor = np.full(texts, np.nextafter(np.float32(least), np.float32(-2)))
        self._text = np.empty(0, dtype=np.int64)
        self._row = np.empty(0, dtype=np.int64)
        self._cosine = np.empty(0, dtype=np.float32)

    def add(self, cosines: npt.NDArray[np.float32], start: int) -> None:
        """Look at a block that begins at a row: what is no nearer than enough others is left."""
        text, column = np.nonzero(cosines > self._floor[:, None])
        texts = np.concatenate([self._text, text])
        rows = np.concatenate([self._row, column + start])
        values = np.concatenate([self._cosine, cosines[text, column]])
        order = np.lexsort((rows, -values, texts))
        place = np.arange(len(order)) - np.searchsorted(texts[order], texts[order])
        kept = order[place < self._count]
        last = order[place == self._count - 1]
        self._floor[texts[last]] = values[last]
        self._text, self._row, self._cosine = texts[kept], rows[kept], values[kept]

    def found(self) -> list[list[Near]]:
        """Of each text, the nearest first."""
        near: list[list[Near]] = [[] for _ in range(self._texts)]
        for text, row, cosine in zip(self._text, self._row, self._cosine, strict=True):
            near[int(text)].append(Near(int(row), min(float(cosine), 1.0)))
        return near
