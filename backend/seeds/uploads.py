"""The body of an upload: bytes as they arrive in, JSON values out, in bounded memory."""

import hashlib
import zlib
from collections.abc import Iterable, Iterator
from typing import Any, Final

from backend.errors import Invalid, TooLarge
from backend.seeds.rows import RowRejected, parse_json

MAX_ARRAY_BYTES: Final = 64 * 2**20
MAX_LINE_BYTES: Final = 16 * 2**20
_PIECE: Final = 2**20
_BOM: Final = b"\xef\xbb\xbf"


class Body:
    """The text of an upload, unpacked, counted and hashed while it is read once.

    Args:
        chunks: the bytes as they arrive.
        gzipped: whether they are gzip (of one or several members).
        limit: the most bytes of unpacked text.
    """

    def __init__(self, chunks: Iterable[bytes], *, gzipped: bool, limit: int) -> None:
        self._chunks = chunks
        self._gzipped = gzipped
        self._limit = limit
        self._hash = hashlib.sha256()
        self.size = 0

    def __iter__(self) -> Iterator[bytes]:
        """Pieces of at most 1 MiB.

        Raises:
            TooLarge: more text than the limit, whatever its packed size.
            Invalid: the gzip is damaged or cut off.
        """
        for piece in self._unpacked() if self._gzipped else self._cut():
            self.size += len(piece)
            if self.size > self._limit:
                raise TooLarge(f"an upload may hold at most {self._limit:,} bytes of text")
            self._hash.update(piece)
            yield piece

    def digest(self) -> bytes:
        """SHA-256 of the text read so far."""
        return self._hash.digest()

    def _cut(self) -> Iterator[bytes]:
        for chunk in self._chunks:
            for start in range(0, len(chunk), _PIECE):
                yield chunk[start : start + _PIECE]

    def _unpacked(self) -> Iterator[bytes]:
        member = zlib.decompressobj(wbits=31)
        begun = False
        for chunk in self._chunks:
            packed, more = chunk, bool(chunk)
            while more:
                if member.eof:
                    member = zlib.decompressobj(wbits=31)
                begun = True
                try:
                    piece = member.decompress(packed, _PIECE)
                except zlib.error as error:
                    message = f"the gzip is damaged after {self.size:,} bytes of text"
                    raise Invalid(message, code="damaged_gzip") from error
                if piece:
                    yield piece
                # A full piece may have stopped at its bound with nothing left to feed in.
                packed = member.unused_data if member.eof else member.unconsumed_tail
                more = bool(packed) or (len(piece) == _PIECE and not member.eof)
        if begun and not member.eof:
            message = f"the gzip is cut off after {self.size:,} bytes of text"
            raise Invalid(message, code="truncated_gzip")


def rows_of_lines(pieces: Iterable[bytes]) -> Iterator[Any]:
    """NDJSON: one value (or the `RowRejected` it deserves) a line; blank lines are left out."""
    line_number = 0
    for line in _lines(pieces):
        line_number += 1
        if line is None:
            message = f"line {line_number} is longer than {MAX_LINE_BYTES:,} bytes"
            yield RowRejected("too_large", None, message)
        elif line and not line.isspace():
            try:
                yield parse_json(line)
            except RowRejected as error:
                error.message = f"line {line_number}: {error.message}"
                yield error


def rows_of_array(pieces: Iterable[bytes]) -> Iterator[Any]:
    """The values of one JSON array of at most 64 MiB.

    Raises:
        TooLarge: it is longer; lines have no such limit.
        Invalid: it is not a JSON array; the message says where it breaks.
    """
    text = bytearray()
    for piece in pieces:
        text += piece
        if len(text) > MAX_ARRAY_BYTES:
            message = (
                f"a JSON array may have at most {MAX_ARRAY_BYTES:,} bytes; "
                "send more as lines, with Content-Type: application/x-ndjson"
            )
            raise TooLarge(message)
    try:
        rows = parse_json(bytes(text.removeprefix(_BOM)))
    except RowRejected as error:
        raise Invalid(f"the body is {error.message}", code="not_json") from error
    if not isinstance(rows, list):
        raise Invalid("the body must be an array of rows", code="not_an_array")
    yield from rows


def _lines(pieces: Iterable[bytes]) -> Iterator[bytes | None]:
    """Lines without their ends; None for one that is too long to keep."""
    begun: list[bytes] = []
    size, first = 0, True
    for piece in pieces:
        head, *rest = (piece.removeprefix(_BOM) if first else piece).split(b"\n")
        first = False
        size += len(head)
        if size <= MAX_LINE_BYTES:
            begun.append(head)
        else:
            begun.clear()
        if rest:
            yield b"".join(begun) if size <= MAX_LINE_BYTES else None
            yield from rest[:-1]
            begun, size = [rest[-1]], len(rest[-1])
    if size:
        yield b"".join(begun) if size <= MAX_LINE_BYTES else None
