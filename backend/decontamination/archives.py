"""A data set's folder in one file: what of it is packed, and how it is unpacked in safety."""

import zlib
from pathlib import Path, PurePosixPath
from typing import BinaryIO, Final
from zipfile import ZIP_DEFLATED, BadZipFile, ZipFile, ZipInfo

from backend.errors import Invalid, TooLarge

DATA_ENDINGS: Final = (".arrow", ".parquet", ".jsonl", ".ndjson", ".json", ".csv")
CARD: Final = "README.md"
MAX_FILES: Final = 10_000
_PIECE: Final = 2**20


def is_wanted(path: PurePosixPath) -> bool:
    """Whether a file of a data set's folder holds data, or says something of them."""
    hidden = any(part.startswith((".", "__")) for part in path.parts)
    name = path.name.removesuffix(".gz")
    return not hidden and (path.name == CARD or name.lower().endswith(DATA_ENDINGS))


def pack(folder: Path, file: BinaryIO) -> None:
    """Write what is wanted of a folder into a zip file."""
    with ZipFile(file, "w", ZIP_DEFLATED, compresslevel=1, strict_timestamps=False) as archive:
        for path in sorted(folder.rglob("*")):
            inside = path.relative_to(folder)
            if path.is_file() and is_wanted(PurePosixPath(inside.as_posix())):
                archive.write(path, inside)


def unpack(file: BinaryIO, folder: Path, max_bytes: int) -> Path:
    """Unpack what is wanted of a zip file.

    Returns:
        Where the data set's own files stand: `folder`, or the one folder that all of them are in.

    Raises:
        Invalid: it is no zip file, damaged, or leads out of the folder.
        TooLarge: it unpacks to more than `max_bytes`, or to more files than `MAX_FILES`.
    """
    try:
        with ZipFile(file) as archive:
            left = max_bytes
            for member in _members(archive):
                left -= _write(archive, member, folder / member.filename, left)
                if left < 0:
                    raise TooLarge(f"an archive may unpack to at most {max_bytes:,} bytes")
    # zipfile tells of passwords and of unknown compression by the last two.
    except (BadZipFile, zlib.error, EOFError, OSError, ValueError, RuntimeError) as error:
        raise Invalid(f"the archive is broken: {error}", field="file", code="broken") from error
    while len(inside := [*folder.iterdir()]) == 1 and inside[0].is_dir():
        folder = inside[0]
    return folder


def _members(archive: ZipFile) -> list[ZipInfo]:
    members = []
    for member in archive.infolist():
        path = PurePosixPath(member.filename)
        if path.is_absolute() or ".." in path.parts:
            message = f"the archive leads out of its folder: {member.filename}"
            raise Invalid(message, field="file", code="broken")
        if not member.is_dir() and is_wanted(path):
            members.append(member)
    if len(members) > MAX_FILES:
        raise TooLarge(f"an archive may hold at most {MAX_FILES:,} files")
    return members


def _write(archive: ZipFile, member: ZipInfo, path: Path, most: int) -> int:
    """Bytes written: at most a piece more than `most`, whatever the archive claims."""
    path.parent.mkdir(parents=True, exist_ok=True)
    written = 0
    with archive.open(member) as packed, path.open("xb") as file:
        while written <= most and (piece := packed.read(_PIECE)):
            written += file.write(piece)
    return written
