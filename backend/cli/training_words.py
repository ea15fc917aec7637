"""Training runs in the terminal's words."""

import time
from typing import Any

import typer

from backend.cli.client import REFUSED, Api, print_table, say

_LOOK_SECONDS = 1.0
_OVER = ("finished", "failed", "cancelled")
_SIGNS = {"error": "✗", "warning": "!", "info": "·"}


def shown(value: Any) -> str:
    """A value in few characters; of several, name by name."""
    if isinstance(value, dict):
        return "  ".join(f"{name} {shown(inner)}" for name, inner in value.items())
    if isinstance(value, float):
        return f"{value:.5g}"
    return "" if value is None else str(value)


def say_checks(checks: dict[str, Any]) -> None:
    """Every check in a line, and what the run takes."""
    for check in checks["checks"]:
        sign = "✓" if check["ok"] else _SIGNS[check["severity"]]
        say(f"  {sign} {check['name']}: {check['message']}")
    if checks["memory_gib"] is not None:
        of = f" of {checks['card_gib']:.1f}" if checks["card_gib"] is not None else ""
        say(f"  memory of a device: {checks['memory_gib']:.1f}{of} GiB")
    if checks["hours"] is not None:
        say(f"  time: {checks['hours']:.1f} h, {checks['device_hours']:,.0f} device-hours")


def say_run(run: dict[str, Any]) -> None:
    """A run with all that is known of it."""
    say(f"Run {run['id']}, {run['name']}: {_state(run)}")
    say(f"{run['kind']} on export {run['export_id']} ({run['export_name']}), {run['path']}")
    target = {name: value for name, value in run["target"].items() if value is not None}
    say(f"target: {shown(target)}")
    if run["devices"] is not None:
        say(f"GPUs: {', '.join(map(str, run['devices']))}")
    for attempt in run["attempts"]:
        _say_attempt(attempt)
    if run["attempt"] > 1:
        asked = f"{run['resumed_by']} at {run['resumed_at']}"
        begun = "" if run["resumed_from"] is None else f"{begins(run['resumed_from'])}, "
        say(f"attempt {run['attempt']}: {begun}asked for by {asked}")
    for kind, values in run["latest"].items():
        say(f"last {kind}: {shown(values)}")
    if run["checks"] is not None:
        say_checks(run["checks"])
    say_end(run)


def _state(run: dict[str, Any]) -> str:
    far = f", step {run['step']:,} of {run['steps']:,}" if run["step"] else ""
    note = f" ({run['note']})" if run["note"] else ""
    return f"{run['state']}{far}{note}"


def _say_attempt(attempt: dict[str, Any]) -> None:
    failure = attempt["failure"]
    why = f", {failure['cause']}: {failure['message']}" if failure is not None else ""
    by = f" by {attempt['cancelled_by']}" if attempt["cancelled_by"] is not None else ""
    say(f"attempt {attempt['number']}: {attempt['state']}{by} at step {attempt['step']:,}{why}")


def begins(step: int | None) -> str:
    """From where a further attempt begins."""
    return f"goes on from step {step:,}" if step else "begins anew: it has no checkpoint"


def say_end(run: dict[str, Any]) -> None:
    """Why it failed, or what came of it."""
    failure = run["failure"]
    if failure is not None:
        say(f"{failure['cause']}: {failure['message']}")
        if failure["seed_id"] is not None:
            row = f"row {failure['row']}, " if failure["row"] is not None else ""
            say(f"{row}seed {failure['seed_id']}: {failure['seed_url']}")
        for line in failure["last_lines"][-8:]:
            say(f"  | {line}")
    if run["resume_step"] is not None:
        where = f"from step {run['resume_step']:,}" if run["resume_step"] else "anew"
        say(f"To go on {where}: seedbed train resume {run['id']}")
    if run["checkpoint_id"] is not None:
        say(f"Its model: seedbed train checkpoints {run['checkpoint_id']}")


def follow_run(api: Api, run_id: int, after: int = 0) -> None:
    """Print metrics as they come; the command ends with the run, or at Ctrl-C before it."""
    said = ""
    try:
        while True:
            run = api.get(f"/v1/training-runs/{run_id}")
            if (state := f"{run['state']} {run['note'] or ''}") != said:
                say(f"Run {run_id}: {_state(run)}")
                said = state
            # Asked after the run: of one that is over these are all.
            found = api.get(f"/v1/training-runs/{run_id}/metrics", after=after)
            after = found["next"]
            for row in sorted(found["items"], key=lambda row: row["position"]):
                typer.echo(f"{row['kind']:<10} {row['step']:>7}  {shown(row['values'])}")
            if run["state"] in _OVER:
                break
            time.sleep(_LOOK_SECONDS)
    except KeyboardInterrupt:
        say(f"\nRun {run_id} goes on: seedbed train follow {run_id}")
        return
    say_end(run)
    if run["state"] == "failed":
        raise typer.Exit(REFUSED)


def print_checkpoint(found: dict[str, Any]) -> None:
    """A checkpoint: where it lies, and what made it."""
    typer.echo(found["path"])
    say(f"{found['name']}, step {found['step']:,}, of run {found['run_id']} ({found['run_name']})")
    say(f"export {found['export_id']} ({found['export_name']}), code {found['code_version']}")
    if found["parent_checkpoint_id"] is not None:
        say(f"from checkpoint {found['parent_checkpoint_id']}")
    for kind, values in found["metrics"].items():
        say(f"{kind}: {shown(values)}")
    columns = ["name", "bytes", "sha256", "hash_of"]
    print_table(columns, [[file[name] for name in columns] for file in found["files"]])
