"""The files of a training run as the worker reads and writes them."""

import hashlib
import json
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any, BinaryIO, Final, NamedTuple

import yaml

from backend.database import Json
from backend.training_runs.folders import FAILURE, LINEAGE, METRICS, SAMPLES
from backend.training_runs.metrics import Logged, read_line
from backend.training_runs.reading import part_of, printed, whole_lines

CHUNK: Final = 2**20
_WHOLE_BYTES: Final = 64 * 2**20
_END_BYTES: Final = 2**20
# Most of it may be bars.
_LOG_BYTES: Final = 2**20
_NOT_WEIGHTS: Final = {METRICS, SAMPLES, FAILURE}


class Tail(NamedTuple):
    """Lines that a file has got, and the offset behind the last of them."""

    lines: list[Logged]
    read_to: int


def new_metrics(output: Path, after: int) -> Tail:
    """Whole lines from an offset on, at most a chunk; a file that was begun anew is read anew."""
    part = part_of(output / METRICS, after, CHUNK)
    if part.size < after:
        part = part_of(output / METRICS, 0, CHUNK)
    content = whole_lines(part.content)
    if not content and len(part.content) == CHUNK:
        return Tail([], part.next)  # no line of metrics is so long
    found = [line for text in content.splitlines() if (line := read_line(text)) is not None]
    return Tail(found, part.start + len(content))


def prepare_anew(output: Path) -> None:
    """Take from a folder what an attempt that is over would tell of the next one.

    A line that a kill has cut short would swallow the first one that comes after it.
    """
    for name in (METRICS, SAMPLES):
        with suppress(FileNotFoundError), (output / name).open("r+b") as file:
            file.truncate(_end_of_lines(file))
    (output / FAILURE).unlink(missing_ok=True)


def _end_of_lines(file: BinaryIO) -> int:
    """Where the last whole line of a file ends."""
    end = file.seek(0, 2)
    while end:
        start = max(0, end - CHUNK)
        file.seek(start)
        if whole := whole_lines(file.read(end - start)):
            return start + len(whole)
        end = start
    return 0


def write_recipe(path: Path, fields: Json, data: Path, output: Path) -> None:
    """The recipe as training reads it, whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    whole = {**fields, "data": str(data), "output": str(output)}
    draft = path.with_name(f".{path.name}.draft")
    draft.write_text(yaml.safe_dump(whole, sort_keys=False, allow_unicode=True), "utf-8")
    draft.replace(path)


def read_json(path: Path) -> Json | None:
    """What a small file says, fit to be stored; None where there is none, or no object."""
    try:
        said: Any = json.loads(path.read_bytes())
    except (OSError, ValueError, RecursionError):
        return None
    found = _storable(said)
    return found if isinstance(found, dict) else None


def _storable(said: Any) -> Any:
    """Postgres takes no NUL, no half of a surrogate pair, and no number that is none."""
    if isinstance(said, dict):
        return {_storable(name): _storable(value) for name, value in said.items()}
    if isinstance(said, list):
        return [_storable(value) for value in said]
    if isinstance(said, str):
        return said.replace("\0", "\ufffd").encode("utf-8", "replace").decode()
    if isinstance(said, float) and not abs(said) < float("inf"):
        return None
    return said


def last_lines(path: Path, count: int = 30) -> list[str]:
    """The end of a log, without progress bars and what steers a terminal."""
    text = printed(part_of(path, None, _LOG_BYTES).content.decode("utf-8", "replace"))
    lines = ("".join(c for c in line if c.isprintable()) for line in text.splitlines())
    return [line for line in lines if line.strip()][-count:]


def has_model(output: Path) -> bool:
    """Whether a model lies there, as at the end of a run."""
    weights = [*output.glob("*.safetensors"), *output.glob("pytorch_model*.bin")]
    return bool(weights) and (output / "config.json").is_file()


def files_of(folder: Path) -> list[Json]:
    """The files of a checkpoint with their hashes; of those that are being removed, nothing."""
    return list(_described(folder))


def _described(folder: Path) -> Iterator[Json]:
    for path in sorted(folder.iterdir()) if folder.is_dir() else ():
        if path.name in _NOT_WEIGHTS or path.suffix == ".log" or path.name.startswith("."):
            continue
        try:
            if path.is_file():
                yield _hashed(path)
        except FileNotFoundError:
            continue


def _hashed(path: Path) -> Json:
    size = path.stat().st_size
    with path.open("rb") as file:
        if size <= _WHOLE_BYTES:
            digest = hashlib.file_digest(file, "sha256")
        else:
            digest = hashlib.sha256(str(size).encode())
            digest.update(file.read(_END_BYTES))
            file.seek(-_END_BYTES, 2)
            digest.update(file.read(_END_BYTES))
    hash_of = "all" if size <= _WHOLE_BYTES else "ends"
    return {
        "name": path.name, "bytes": size, "sha256": digest.hexdigest(), "hash_of": hash_of,
    }  # fmt: skip


def lineage_of(output: Path) -> Json | None:
    """What training itself says of export, recipe and libraries."""
    return read_json(output / LINEAGE)
