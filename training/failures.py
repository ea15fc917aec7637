"""Why a run has ended by an exception: `failure.json` beside its checkpoints.

Whichever process fails first writes it; what fails after it, fails because of it. The next start
takes it away. A process that is killed writes nothing.
"""

import errno
import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Final, Literal

from training.exports import BadExport, BadRow
from training.on_host import HOST
from training.recipes import BadRecipe

FAILURE: Final = "failure.json"
_FULL: Final = {errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EIO}

Cause = Literal["out_of_memory", "communication", "bad_row", "bad_data", "disk", "other"]

# Libraries raise RuntimeError for nearly everything; what they say tells them apart.
_SAID: Final[dict[Cause, tuple[str, ...]]] = {
    # The last three are vLLM's, where its share of a card is too small.
    "out_of_memory": ("out of memory", "can't allocate memory", "cublas_status_alloc_failed",
                      "memory for the cache blocks", "available kv cache memory",
                      "desired gpu memory utilization"),
    "disk": ("no space left on device", "disk quota exceeded", "file write failed",
             "read-only file system"),
    "communication": ("nccl", "gloo", "connection closed by peer", "connection reset by peer",
                      "connection refused", "tcpstore", "timed out waiting", "watchdog"),
}  # fmt: skip
_NAMED: Final[dict[str, Cause]] = {
    "OutOfMemoryError": "out_of_memory",
    "MemoryError": "out_of_memory",
    "DistBackendError": "communication",
    "DistNetworkError": "communication",
    "DistStoreError": "communication",
}


def cause_of(error: BaseException) -> tuple[Cause, BaseException]:
    """What kind of failure it is, and which of an error and those it came from says so."""
    for one in _chain(error):
        if (cause := _cause(one)) is not None:
            return cause, one
    return "other", error


def _chain(error: BaseException) -> Iterator[BaseException]:
    seen: set[int] = set()
    found: BaseException | None = error
    while found is not None and id(found) not in seen:
        seen.add(id(found))
        yield found
        found = found.__cause__ or found.__context__


def _cause(error: BaseException) -> Cause | None:
    if isinstance(error, BadRow):
        return "bad_row"
    if isinstance(error, BadExport):
        return "bad_data"
    if isinstance(error, BadRecipe):
        return "other"
    if isinstance(error, OSError) and error.errno in _FULL:
        return "disk"
    if isinstance(error, ConnectionError):
        return "communication"
    if (named := _NAMED.get(type(error).__name__)) is not None:
        return named
    said = str(error).lower()
    for cause, signs in _SAID.items():
        if any(sign in said for sign in signs):
            return cause
    return None


def write_failure(folder: Path, error: BaseException) -> None:
    """Say why a run ended, unless another process has said so already.

    Errors of the disk are let pass: what is to be told is the first error, not that.
    """
    cause, source = cause_of(error)
    row = source if isinstance(source, BadRow) else None
    said = {
        "cause": cause,
        "message": str(source) or type(source).__name__,
        "seed_id": None if row is None else row.seed_id,
        "row": None if row is None else row.row,
        "host": os.environ.get(HOST),
    }
    draft = folder / f".{FAILURE}.{os.environ.get('RANK', '0')}.{os.getpid()}"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        draft.write_text(json.dumps(said, indent=2), "utf-8")
        # A link is made whole or not at all, and never over another.
        os.link(draft, folder / FAILURE)
    except OSError:
        pass
    finally:
        draft.unlink(missing_ok=True)


def forget_failure(folder: Path) -> None:
    """Take away what an earlier attempt ended by; the first process does it before others join."""
    if os.environ.get("RANK", "0") == "0":
        (folder / FAILURE).unlink(missing_ok=True)
