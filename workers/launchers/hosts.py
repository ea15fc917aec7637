"""Training on the hosts of a hostfile, started from here by SSH: see `training.hosts`."""

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any, Final

from backend.embedded.folders import ROOT
from backend.training_runs.reading import printed
from workers.launchers import Handle, LaunchFailed, LaunchPlan, Look
from workers.launchers.local import LocalLauncher, environment

# Ours: whoever edits the one that was named changes nothing of a run that goes on.
HOSTFILE: Final = "hostfile"
_FAILED: Final = "failed_hosts.json"
_SECONDS: Final = 90.0
_UNREACHED: Final = 255


class HostsLauncher(LocalLauncher):
    """A keeper here, as of local training, holds what runs on the hosts."""

    def start(self, plan: LaunchPlan, handle: Handle) -> Handle:
        """Start the keeper, with a hostfile of the run's own."""
        try:
            shutil.copyfile(plan.target["hostfile"], plan.folder / HOSTFILE)
        except OSError as error:
            raise LaunchFailed(f"the hostfile cannot be read: {error}") from error
        return super().start(plan, handle)

    def where(self, plan: LaunchPlan, handle: Handle) -> list[str]:
        """Devices are counted from the first of each host."""
        return [*super().where(plan, handle), *_hosts(plan)]

    def poll(self, plan: LaunchPlan, handle: Handle) -> Look:
        """As of local training; of a failure also on which host."""
        look = super().poll(plan, handle)
        if look.state != "ended" or look.exit_code == 0:
            return look
        failed = _failed(plan.output / _FAILED)
        if not failed:
            return look
        host, code, words = failed[0]["host"], failed[0]["exit_code"], failed[0]["last_words"]
        if code == _UNREACHED:
            note = f"SSH has lost it: {printed(words)}"
            return look._replace(exit_code=code, host=host, cause="communication", note=note)
        return look._replace(exit_code=code, host=host)

    def cancel(self, plan: LaunchPlan, handle: Handle) -> str | None:
        """End the keeper; then see on every host that nothing is left there."""
        super().cancel(plan, handle)
        if not (plan.folder / HOSTFILE).exists():  # it was never begun
            return None
        command = [str(plan.python), "-m", "training.hosts", "end", str(plan.recipe)]
        try:
            done = subprocess.run(
                [*command, *_hosts(plan)], cwd=ROOT, env=environment(), capture_output=True,
                text=True, check=False, timeout=_SECONDS, stdin=subprocess.DEVNULL,
            )  # fmt: skip
            left = json.loads(done.stdout)
        except (OSError, subprocess.TimeoutExpired, ValueError) as error:
            raise LaunchFailed(f"its hosts could not be asked: {error}") from error
        return f"its processes may live on: {'; '.join(left)}" if left else None


def _hosts(plan: LaunchPlan) -> list[str]:
    return ["--nodes", str(plan.target["nodes"]), "--hostfile", str(plan.folder / HOSTFILE)]


def _failed(path: Path) -> list[dict[str, Any]]:
    """The hosts that have failed, the first the one that the others failed by."""
    try:
        found: list[dict[str, Any]] = json.loads(path.read_bytes())
    except (OSError, ValueError):
        return []
    return found
