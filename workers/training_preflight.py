"""What is to be said of a training run before it starts: by us, and by `training.preflight`."""

import json
import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

from pydantic import ValidationError

from backend.config import settings
from backend.embedded.folders import ROOT
from backend.training_runs.schemas import Check, Checks, Target
from workers.launchers.local import environment

INSTALL: Final = "make install-training"
_LOOK_SECONDS: Final = 0.2
_SLURM: Final = ("sbatch", "squeue", "scancel")


class Stopped(Exception):
    """Whoever wanted the checks wants them no more."""


def training_python() -> Path:
    """The Python that trains, whether it is there or not."""
    return settings().training_python or ROOT / ".venv-training" / "bin" / "python"


def checked(
    recipe: Path, target: Target, seconds: float, stopped: Callable[[], bool], *, whole: bool
) -> Checks:
    """Look at a recipe.

    Args:
        recipe: the YAML file.
        target: where it is to train.
        seconds: after which the checks are given up.
        stopped: asked from time to time whether to stop.
        whole: whether its export is; if not, there are no rows to be looked at yet.

    Raises:
        Stopped: as `stopped` said.
    """
    here = _of_this_machine(target)
    if target.where == "hosts" and _are_good(here):
        here.append(_of_hosts(recipe, target, seconds, stopped))
    if not _are_good(here):
        return Checks(ok=False, checks=here)
    said = _asked(recipe, target, seconds, stopped)
    checks = [_placed(check, target) for check in said.checks if whole or check.name != "export"]
    if not whole:
        waits = "its export is still being written: its rows are looked at when it is whole"
        checks.append(Check(name="export", ok=True, severity="info", message=waits))
    every = [*here, *checks]
    return said.model_copy(update={"checks": every, "ok": _are_good(every)})


def _are_good(checks: list[Check]) -> bool:
    return all(check.ok or check.severity != "error" for check in checks)


def _of_this_machine(target: Target) -> list[Check]:
    python = training_python()
    found = shutil.which(python) is not None
    message = (
        f"training runs with {python}" if found
        else f"{python} is not there: `{INSTALL}` installs what training runs with, or name "
        "another Python by SEEDBED_TRAINING_PYTHON"
    )  # fmt: skip
    checks = [_check("environment", found, message)]
    if target.hostfile is not None:
        there = Path(target.hostfile).is_file()
        missing = f"{target.hostfile} is not there"
        checks.append(_check("hostfile", there, target.hostfile if there else missing))
    if target.where == "slurm":
        lacking = [name for name in _SLURM if shutil.which(name) is None]
        message = f"there is no {', '.join(lacking)} on the worker's machine"
        checks.append(_check("slurm", not lacking, message if lacking else "Slurm is there"))
    if target.where == "kubernetes":
        message = "a manifest is written; Seedbed neither applies it nor sees its pods"
        checks.append(Check(name="kubernetes", ok=True, severity="info", message=message))
    return checks


def _check(name: str, ok: bool, message: str) -> Check:
    return Check(name=name, ok=ok, severity="error", message=message)


def _placed(check: Check, target: Target) -> Check:
    """GPUs of this machine say nothing of a run that goes elsewhere; nor its Python of an image."""
    differs = ["gpus", "memory", *(["libraries"] if target.where == "kubernetes" else [])]
    if check.name not in differs or target.where == "local":
        return check
    message = f"of the worker's machine, not of where it trains: {check.message}"
    severity = "info" if check.name == "gpus" else "warning"
    return check.model_copy(update={"severity": severity, "message": message})


def _of_hosts(recipe: Path, target: Target, seconds: float, stopped: Callable[[], bool]) -> Check:
    """Whether each host can be reached, and has what the run needs: `training.hosts` looks."""
    options = [*_size(target), "--hostfile", str(target.hostfile)]
    try:
        out, errors = _said("training.hosts", ["look", str(recipe), *options], seconds, stopped)
    except TimeoutError:
        return _check("hosts", False, f"the hosts did not answer within {seconds:.0f} s")
    try:
        faults: list[str] = json.loads(out)
    except ValueError:
        return _check("hosts", False, f"training.hosts could not look: {_last_line(out, errors)}")
    return _check("hosts", not faults, "; ".join(faults) or f"{target.nodes} answer by SSH")


def _asked(recipe: Path, target: Target, seconds: float, stopped: Callable[[], bool]) -> Checks:
    try:
        given = [str(recipe), *_size(target)]
        out, errors = _said("training.preflight", given, seconds, stopped)
    except TimeoutError:
        return _unsaid(f"the checks took more than {seconds:.0f} s")
    return _read(out, errors)


def _size(target: Target) -> list[str]:
    return ["--nodes", str(target.nodes), "--devices", str(target.devices)]


def _said(
    module: str, given: list[str], seconds: float, stopped: Callable[[], bool]
) -> tuple[bytes, bytes]:
    """What a program of training prints."""
    command = [str(training_python()), "-m", module, *given]
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as errors:
        child = subprocess.Popen(
            command, cwd=ROOT, env=environment(), stdin=subprocess.DEVNULL, stdout=out,
            stderr=errors, start_new_session=True,
        )  # fmt: skip
        try:
            _await(child, seconds, stopped)
        finally:
            if child.poll() is None:
                os.killpg(child.pid, signal.SIGKILL)
                child.wait()
        out.seek(0)
        errors.seek(0)
        return out.read(), errors.read()


def _await(child: "subprocess.Popen[bytes]", seconds: float, stopped: Callable[[], bool]) -> None:
    deadline = time.monotonic() + seconds
    while True:
        try:
            child.wait(_LOOK_SECONDS)
            return
        except subprocess.TimeoutExpired:
            if stopped():
                raise Stopped from None
            if time.monotonic() > deadline:
                raise TimeoutError from None


def _read(out: bytes, errors: bytes) -> Checks:
    try:
        said: Any = json.loads(out)
        return Checks(**{**said, "ok": True})
    except (ValueError, TypeError, ValidationError):
        return _unsaid(_last_line(out, errors))


def _last_line(out: bytes, errors: bytes) -> str:
    lines = (errors.strip() or out.strip()).decode("utf-8", "replace").splitlines()
    return lines[-1] if lines else "it said nothing"


def _unsaid(why: str) -> Checks:
    message = f"training.preflight could not look: {why}"
    return Checks(ok=False, checks=[_check("preflight", False, message)])
