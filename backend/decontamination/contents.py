"""What was uploaded: the rows of one file, or of one split of a data set's folder."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, BinaryIO, NamedTuple

from backend.decontamination.archives import unpack
from backend.decontamination.files import read_rows
from backend.decontamination.folders import DEFAULT, choose, read_folder
from backend.errors import Invalid
from backend.seeds.rows import MAX_NAME, RowRejected, check_text


class Contents(NamedTuple):
    """Rows, and what stands beside them of their split, version and licence.

    `origin` names where the rows are from: rows without an id are numbered under it.
    """

    rows: Iterator[Any]
    origin: str
    split: str | None = None
    version: str | None = None
    licence: str | None = None


@contextmanager
def opened(
    file: BinaryIO, name: str, max_bytes: int, *, config: str | None, split: str | None
) -> Iterator[Contents]:
    """Open an upload: a file of rows, or a .zip of a Hugging Face data set's folder.

    Raises:
        Invalid: it is broken as a whole, or holds no such split.
        TooLarge: it unpacks to more than `max_bytes`.
    """
    origin = Path(name).name.partition(".")[0]
    if not name.lower().endswith(".zip"):
        yield Contents(read_rows(file, name, max_bytes), origin)
        return
    with TemporaryDirectory(prefix="seedbed-") as scratch:
        splits, card = read_folder(unpack(file, Path(scratch), max_bytes))
        chosen = choose(splits, config, split)
        yield Contents(
            _rows_of_files(chosen.files, max_bytes),
            chosen.config if chosen.config != DEFAULT else origin,
            _said("split", chosen.name),
            _said("version", card.version),
            _said("licence", card.licence),
        )


def _said(field: str, value: str | None) -> str | None:
    """What a data set says of itself, where the database can hold it."""
    try:
        return check_text(value, field, MAX_NAME)
    except RowRejected as error:
        message = f"of the data set: {error.message}"
        raise Invalid(message, field=field, code=error.code) from error


def _rows_of_files(paths: list[Path], max_bytes: int) -> Iterator[Any]:
    for path in paths:
        with path.open("rb") as file:
            yield from read_rows(file, path.name, max_bytes)
