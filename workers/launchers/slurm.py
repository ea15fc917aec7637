"""Training as a Slurm job: submitted here, followed by `squeue` and `sacct`."""

import re
import secrets
import shutil
import subprocess
import time
from typing import Final, NamedTuple

from backend.embedded.folders import ROOT
from workers.launchers import Handle, LaunchFailed, LaunchPlan, Look
from workers.launchers.local import environment
from workers.launchers.rendering import rendered

_CALL_SECONDS: Final = 30.0
# Accounting lags behind the queue; after so long without a word a job counts as forgotten.
FORGOTTEN_SECONDS: Final = 120.0
_WAITING: Final = {"PENDING", "CONFIGURING", "REQUEUED", "REQUEUE_HOLD", "REQUEUE_FED",
                   "SPECIAL_EXIT", "RESV_DEL_HOLD"}  # fmt: skip
_RUNNING: Final = {"RUNNING", "COMPLETING", "SUSPENDED", "STOPPED", "RESIZING", "SIGNALING",
                   "STAGE_OUT"}  # fmt: skip
# What scancel says of a job that has ended by itself.
_OVER: Final = ("Invalid job id", "already completing or completed")
_CAUSES: Final = {
    "OUT_OF_MEMORY": "out_of_memory", "TIMEOUT": "time_limit", "DEADLINE": "time_limit",
    "CANCELLED": "killed", "PREEMPTED": "killed", "NODE_FAIL": "communication",
    "BOOT_FAIL": "communication",
}  # fmt: skip


class _Answer(NamedTuple):
    code: int
    text: str
    error: str


class SlurmLauncher:
    """A job is known by a name that no other has, until its number is."""

    def announce(self, plan: LaunchPlan) -> Handle:
        """A name of its own."""
        return {"name": f"seedbed-{plan.run_id}-{secrets.token_hex(4)}"}

    def start(self, plan: LaunchPlan, handle: Handle) -> Handle:
        """Submit it, unless a job of this name was."""
        job = _find(handle["name"]) or _submit(plan, handle["name"])
        return {**handle, "job": job, "log": f"output/slurm-{job}.log", "begun": True}

    def poll(self, plan: LaunchPlan, handle: Handle) -> Look:
        """From the queue, and of jobs that have left it from the accounting."""
        queued = _call("squeue", "--noheader", f"--jobs={handle['job']}", "--format=%T|%r")
        # A job that left the queue is an invalid number to squeue, which says so.
        if queued.code and "Invalid job id" not in queued.error:
            raise LaunchFailed(f"squeue: {queued.error.strip() or queued.code}")
        state, _, reason = queued.text.strip().partition("|")
        if state in _WAITING:
            return Look("waiting", note=f"Slurm job {handle['job']} waits: {state} ({reason})")
        if state in _RUNNING:
            return Look("running")
        return self._accounted(handle)

    def _accounted(self, handle: Handle) -> Look:
        said = _call(
            "sacct", "--noheader", "--parsable2", "--allocations", f"--jobs={handle['job']}",
            "--format=State,ExitCode",
        )  # fmt: skip
        lines = [] if said.code else said.text.splitlines()
        # Of a job that was requeued the last line counts.
        state, _, code = lines[-1].partition("|") if lines else ("", "", "")
        word = state.split(" ")[0].rstrip("+")
        if word in _WAITING or word in _RUNNING:
            return Look("running")
        if not word:
            # No accounting, or it has forgotten: only the files can tell.
            note = f"Slurm does not know job {handle['job']} any more"
            return Look("unseen", note=note, lost=_is_forgotten(handle))
        status = int(code.partition(":")[0] or 0) if code else None
        if word == "COMPLETED":
            return Look("ended", status or 0)
        return Look("ended", status or None, f"Slurm says {state}", _CAUSES.get(word))

    def cancel(self, plan: LaunchPlan, handle: Handle) -> str | None:
        """Have Slurm end it."""
        job = handle.get("job") or _find(handle["name"])
        if job is None:
            return None
        said = _call("scancel", job)
        if said.code and not any(words in said.error for words in _OVER):
            raise LaunchFailed(f"scancel: {said.error.strip() or said.code}")
        return None


def _is_forgotten(handle: Handle) -> bool:
    """Whether Slurm has had nothing to say of a job for so long that it will not."""
    since = handle.get("unseen_since")
    return since is not None and time.time() - since > FORGOTTEN_SECONDS


def _find(name: str) -> str | None:
    """The number of the job of a name, where a worker died between submitting and noting it."""
    queued = _call("squeue", "--noheader", f"--name={name}", "--format=%i")
    if queued.code:
        raise LaunchFailed(f"squeue: {queued.error.strip() or queued.code}")
    if found := queued.text.split():
        return found[0]
    # It may be over already. Where there is no accounting, nothing is said of it.
    past = _call(
        "sacct", "--noheader", "--parsable2", "--allocations", f"--name={name}", "--format=JobID"
    )
    return next(iter(past.text.split()), None) if past.code == 0 else None


def _submit(plan: LaunchPlan, name: str) -> str:
    hours = ["--hours", str(plan.target["hours"])] if plan.target.get("hours") else []
    script = rendered(plan, "--slurm", "--show", *hours)
    path = plan.folder / "slurm.sh"
    path.write_text(script, "utf-8")
    plan.output.mkdir(parents=True, exist_ok=True)
    said = _call("sbatch", "--parsable", f"--job-name={name}", str(path))
    number = said.text.strip().partition(";")[0]
    if said.code or not re.fullmatch(r"\d+", number):
        raise LaunchFailed(f"sbatch: {(said.error or said.text).strip() or said.code}")
    return number


def _call(program: str, *arguments: str) -> _Answer:
    if shutil.which(program) is None:
        raise LaunchFailed(f"there is no {program} on this machine: is it one of the cluster?")
    try:
        done = subprocess.run(
            [program, *arguments], cwd=ROOT, env=environment(), capture_output=True, text=True,
            check=False, timeout=_CALL_SECONDS, stdin=subprocess.DEVNULL,
        )  # fmt: skip
    except (OSError, subprocess.TimeoutExpired) as error:
        raise LaunchFailed(f"{program} does not answer: {error}") from error
    return _Answer(done.returncode, done.stdout, done.stderr)
