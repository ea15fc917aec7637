"""Push a file in requests of moderate size, each of which can be repeated without harm."""

import gzip
import secrets
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any, Final

import httpx
import orjson
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

from backend.cli.client import UNREACHABLE, Api, answer_of, fail, reason_of
from backend.cli.seed_files import UNREADABLE, Reading, SeedFile, files_of, open_seeds

REQUEST_ROWS: Final = 50_000
REQUEST_BYTES: Final = 32 * 2**20
_PAUSES: Final = (1.0, 3.0, 10.0, 30.0)  # seconds between attempts
_BUSY: Final = (502, 503, 504)


class OnError(StrEnum):
    """What one bad row does to the others."""

    keep = "continue"
    abort = "abort"


@dataclass
class Pushed:
    """What a file brought."""

    counts: dict[str, int] = field(
        default_factory=lambda: dict.fromkeys(
            ("created", "updated", "unchanged", "duplicate", "rejected"), 0
        )
    )
    imports: list[int] = field(default_factory=list)
    rejected: list[dict[str, Any]] = field(default_factory=list)

    def add(self, answer: dict[str, Any], first_row: int) -> None:
        """Count one request's answer; its rows begin at `first_row`."""
        for name in self.counts:
            self.counts[name] += answer[name]
        if answer["import_id"] is not None:
            self.imports.append(answer["import_id"])
        for result in answer["results"]:
            self.rejected.append(
                {
                    "row": first_row + result["index"],
                    "external_id": result["external_id"],
                    **result["error"],
                }
            )


def push_files(api: Api, path: Path, reading: Reading, on_error: OnError, told: Path) -> Pushed:
    """Push all rows of a file, or of a folder's files.

    What was rejected is written to `told`; rows are counted from 1, over all files in their order.
    With `OnError.abort` all rows are tried first, and none is written if one is bad.
    """
    api.get("/v1/me")  # says at once that the API or the key is not there
    if on_error is OnError.abort:
        tried = _push(api, path, reading, dry_run=True)
        if tried.rejected:
            _tell(told, tried)
            fail(f"{len(tried.rejected):,} rows are wrong (see {told}); nothing was pushed.")
    pushed = _push(api, path, reading, dry_run=False)
    _tell(told, pushed)
    return pushed


def _push(api: Api, path: Path, reading: Reading, *, dry_run: bool) -> Pushed:
    pushed, first_row, pushing = Pushed(), 1, secrets.token_hex(8)
    query: dict[str, Any] = {"results": "rejected", "dry_run": dry_run}
    if reading.recipe is not None:
        query["recipe"] = reading.recipe
    file, number = path, 0
    try:
        files = files_of(path)
        for file in files:
            query["label"] = file.name[:200]
            with open_seeds(file) as seeds, _progress() as progress:
                verb = "Checking" if dry_run else "Pushing"
                task = progress.add_task(_task(verb, file, files), total=seeds.total)
                for lines in _requests(seeds, reading):
                    answer = _send(api, lines, query, f"{pushing}-{number}")
                    pushed.add(answer, first_row)
                    number, first_row = number + 1, first_row + len(lines)
                    progress.update(task, completed=seeds.position())
    except UNREADABLE as error:
        before = "" if dry_run else f" (the first {first_row - 1:,} rows are pushed)"
        fail(f"{file} cannot be read{before}: {error}")
    return pushed


def _task(verb: str, file: Path, files: Sequence[Path]) -> str:
    if len(files) == 1:
        return verb
    return f"{verb} {file.name} ({files.index(file) + 1} of {len(files)})"


def _requests(seeds: SeedFile, reading: Reading) -> Iterator[list[bytes]]:
    lines: list[bytes] = []
    size = 0
    for row in seeds.rows:
        lines.append(_line(row, reading))
        size += len(lines[-1])
        if len(lines) == REQUEST_ROWS or size >= REQUEST_BYTES:
            yield lines
            lines, size = [], 0
    if lines:
        yield lines


def _line(row: dict[str, Any] | bytes, reading: Reading) -> bytes:
    if isinstance(row, bytes):
        return row
    try:
        return orjson.dumps(reading.row(row), default=_as_text)
    except TypeError as error:
        raise ValueError(f"a row cannot be sent: {error.__cause__ or error}") from error


def _as_text(value: Any) -> str:
    """Dates and decimals of Parquet as text, and bytes as the text that they are."""
    return value.decode() if isinstance(value, bytes) else str(value)


def _send(api: Api, lines: list[bytes], query: dict[str, Any], key: str) -> Any:
    """One request, repeated while the API is away: it knows by the key what it has done."""
    body = gzip.compress(b"\n".join(lines), compresslevel=1)
    headers = {
        "Content-Type": "application/x-ndjson",
        "Content-Encoding": "gzip",
        "Idempotency-Key": key,
    }
    for pause in (*_PAUSES, None):
        try:
            response = api.request(
                "POST", "/v1/seeds:bulk", params=query, content=body, headers=headers
            )
        except httpx.TransportError as error:
            if pause is None:
                fail(f"The API at {api.url} does not answer: {reason_of(error)}.", UNREACHABLE)
        else:
            if pause is None or response.status_code not in _BUSY:
                return answer_of(response)
        time.sleep(pause)
    raise AssertionError("unreachable")


def _tell(told: Path, pushed: Pushed) -> None:
    if pushed.rejected:
        told.write_bytes(b"".join(orjson.dumps(row) + b"\n" for row in pushed.rejected))


def _progress() -> Progress:
    return Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        TaskProgressColumn(),
        TimeRemainingColumn(),
        console=Console(stderr=True),
        transient=True,
    )
