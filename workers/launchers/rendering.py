"""What `training.launch` writes for schedulers: a batch script, a manifest."""

import subprocess
from typing import Final

from backend.embedded.folders import ROOT
from workers.launchers import LaunchFailed, LaunchPlan
from workers.launchers.local import environment

_SECONDS: Final = 60.0


def rendered(plan: LaunchPlan, *options: str) -> str:
    """What it prints with these options.

    Raises:
        LaunchFailed: it does not, with its words.
    """
    target = plan.target
    where = ["--nodes", str(target["nodes"]), "--devices", str(target["devices"])]
    command = [str(plan.python), "-m", "training.launch", str(plan.recipe), *options, *where]
    try:
        done = subprocess.run(
            command, cwd=ROOT, env=environment(), capture_output=True, text=True, check=False,
            timeout=_SECONDS, stdin=subprocess.DEVNULL,
        )  # fmt: skip
    except (OSError, subprocess.TimeoutExpired) as error:
        raise LaunchFailed(f"training.launch does not answer: {error}") from error
    if done.returncode:
        lines = (done.stderr or done.stdout).strip().splitlines()
        raise LaunchFailed(f"training.launch: {lines[-1] if lines else done.returncode}")
    return done.stdout
