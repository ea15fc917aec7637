"""Why a training run has failed: what it says itself, else its exit code and its last words."""

from pathlib import Path
from typing import Final

from backend.database import Json
from backend.training_runs.folders import FAILURE
from backend.training_runs.following import Failed
from workers.launchers import Look
from workers.training_files import last_lines, read_json

# In the log, the first that is found from its end; in small letters.
_SIGNS: Final = (
    ("out_of_memory", "The GPU ran out of memory.",
     ("cuda out of memory", "hip out of memory", "outofmemoryerror", "cuda error: out of memory")),
    ("disk", "The disk is full.", ("no space left on device", "disk quota exceeded")),
    ("communication", "The processes could not reach one another.",
     ("ncclsystemerror", "ncclremoteerror", "ncclinternalerror", "nccl error", "distbackenderror",
      "collective operation timeout", "connection refused", "gloo connectfullmesh failed")),
)  # fmt: skip
_KILLED: Final = (
    "A process was killed by signal 9: probably the machine ran out of memory (not the GPU)."
)
# 256 - 9: what a launcher makes of a child's -9; 128 + 9: what a shell does.
_BY_SIGNAL_9: Final = (-9, 247, 137)
_SIGNAL_9: Final = ("return code = -9", "exitcode: -9", "signal 9 (sigkill)", "oom-kill")
_LINES: Final = 30
_LINES_OF_ALL: Final = 1000
_LARGEST_NUMBER: Final = 2**63


def failure_of(output: Path, log: Path, look: Look) -> Failed:
    """What a run that has ended failed by."""
    said = read_json(output / FAILURE)
    if look.host is None:
        return _failed(said, last_lines(log), look)
    # Each line begins with a host. What others say, they say because of that one.
    start = f"{look.host}: "
    lines = [line for line in last_lines(log, _LINES_OF_ALL) if line.startswith(start)]
    its = [line.removeprefix(start) for line in lines[-_LINES:]]
    failed = _failed(said if said and said.get("host") == look.host else None, its, look)
    return failed._replace(message=start + failed.message)


def _failed(said: Json | None, lines: list[str], look: Look) -> Failed:
    details: Json = {"exit_code": look.exit_code, "last_lines": lines}
    if said is not None:
        row = {name: _number(said.get(name)) for name in ("seed_id", "row")}
        message = str(said.get("message") or "training does not say why")
        return Failed(str(said.get("cause")), message, {**details, **row})
    return _by_its_words(look, lines, details)


def _by_its_words(look: Look, lines: list[str], details: Json) -> Failed:
    for line in reversed(lines):
        for cause, words, signs in _SIGNS:
            if any(sign in line.lower() for sign in signs):
                return Failed(cause, f"{words} {line}", details)
    if look.cause is not None:
        return Failed(look.cause, look.note or look.cause, details)
    if look.exit_code in _BY_SIGNAL_9 or any(
        sign in line.lower() for line in lines for sign in _SIGNAL_9
    ):
        return Failed("out_of_memory", _KILLED, details)
    if look.lost:
        message = "its process is gone, and did not say how it ended: the machine may have stopped"
        return Failed("lost", look.note or message, details)
    if look.exit_code == 0:
        return Failed("other", "training ended well, and left no model", details)
    last = lines[-1] if lines else "it printed nothing"
    return Failed("other", f"training ended with status {look.exit_code}: {last}", details)


def _number(said: object) -> int | None:
    is_number = isinstance(said, int) and not isinstance(said, bool)
    return said if is_number and 0 < said < _LARGEST_NUMBER else None  # type: ignore[operator,return-value]
