"""Keepers of real processes: started once, known again, ended with all that they started."""

import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.services import eventually
from tests.training_runs import TRAINER, end_run, is_alive
from workers.launchers import Handle, LaunchFailed, LaunchPlan
from workers.launchers.local import LocalLauncher, environment
from workers.launchers.processes import end, identity, members

LAUNCHER = LocalLauncher()


@pytest.fixture
def plan(tmp_path: Path) -> Iterator[LaunchPlan]:
    """A run that waits in its middle, with a child in a session of its own."""
    program = tmp_path / "python"
    program.write_text(f'#!/bin/sh\nexec "{sys.executable}" "{TRAINER}" "$@"\n')
    program.chmod(0o755)
    output = tmp_path / "output"
    recipe = {"model": "held family", "steps": 4, "output": str(output), "data": str(tmp_path)}
    (tmp_path / "recipe.yaml").write_text(json.dumps(recipe))
    plan = LaunchPlan(
        1, tmp_path, tmp_path / "recipe.yaml", output, "sft", {"where": "local", "devices": 1},
        program,
    )  # fmt: skip
    yield plan
    if (tmp_path / "process.json").exists():
        end_run(json.loads((tmp_path / "process.json").read_bytes()))


def _started(plan: LaunchPlan) -> Handle:
    handle = LAUNCHER.start(plan, LAUNCHER.announce(plan))
    eventually((plan.output / "child").exists, 20, "the trainer's child")
    eventually(lambda: (plan.output / "child").read_text(), 20, "its number")
    return handle


def test_starts_at_the_same_time_train_once(plan: LaunchPlan) -> None:
    handles: list[Handle] = []
    starts = [
        threading.Thread(target=lambda: handles.append(LAUNCHER.start(plan, {}))) for _ in range(4)
    ]
    for start in starts:
        start.start()
    for start in starts:
        start.join()
    assert len({(handle["pid"], handle["started"]) for handle in handles}) == 1
    eventually((plan.folder / "train.log").exists, 20, "the log")
    assert LAUNCHER.poll(plan, handles[0]).state == "running"
    (plan.output / "go").parent.mkdir(exist_ok=True)
    (plan.output / "go").touch()
    eventually(lambda: LAUNCHER.poll(plan, handles[0]).state == "ended", 20, "its end")
    assert (plan.folder / "train.log").read_text().count("it begins") == 1


def test_what_is_left_at_the_end_is_ended_with_it(plan: LaunchPlan) -> None:
    handle = _started(plan)
    child = int((plan.output / "child").read_text())
    (plan.output / "go").touch()
    eventually(lambda: LAUNCHER.poll(plan, handle).state == "ended", 20, "its end")
    assert LAUNCHER.poll(plan, handle).exit_code == 0
    assert not is_alive(child)
    # Once over it is not begun again.
    assert LAUNCHER.start(plan, {})["pid"] == handle["pid"]
    assert LAUNCHER.poll(plan, handle).state == "ended"


def test_run_whose_keeper_was_killed_is_lost_and_nothing_of_it_lives_on(plan: LaunchPlan) -> None:
    handle = _started(plan)
    trainer = members(handle["pid"]) - {handle["pid"]}
    in_session = {
        number for number in trainer if number != int((plan.output / "child").read_text())
    }
    subprocess.run(["kill", "-9", str(handle["pid"])], check=True)
    eventually(lambda: identity(handle["pid"]) is None, 20, "the keeper's end")
    look = LAUNCHER.poll(plan, handle)
    assert (look.state, look.lost, look.exit_code) == ("ended", True, None)
    assert in_session
    assert not any(is_alive(number) for number in in_session)
    for number in trainer - in_session:  # had a session of its own, and no keeper any more
        subprocess.run(["kill", "-9", str(number)], check=False)


def test_process_that_has_taken_the_number_is_left_alone(plan: LaunchPlan) -> None:
    handle = _started(plan)
    other = {**handle, "started": "another boot/1"}
    assert LAUNCHER.poll(plan, other).state == "ended"
    LAUNCHER.cancel(plan, other)
    assert identity(handle["pid"]) == handle["started"]


def test_cancelled_before_its_start_it_never_starts(plan: LaunchPlan) -> None:
    handle = LAUNCHER.announce(plan)
    assert LAUNCHER.cancel(plan, handle) is None
    with pytest.raises(LaunchFailed, match="cancelled before it began"):
        LAUNCHER.start(plan, handle)
    assert not (plan.folder / "train.log").exists()


def test_cancelled_while_it_comes_up_it_is_ended(plan: LaunchPlan) -> None:
    started = _started(plan)
    # As a worker does that finds the announcement and not the start.
    LAUNCHER.cancel(plan, LAUNCHER.announce(plan))
    assert not members(started["pid"])


def test_command_that_is_not_there_is_an_end_with_words(plan: LaunchPlan) -> None:
    nowhere = plan._replace(python=Path("/nowhere/python"))
    handle = LAUNCHER.start(nowhere, LAUNCHER.announce(nowhere))
    eventually(lambda: LAUNCHER.poll(nowhere, handle).state == "ended", 20, "its end")
    assert LAUNCHER.poll(nowhere, handle).exit_code == 127
    assert "/nowhere/python cannot be started" in (plan.folder / "train.log").read_text()


def test_training_learns_no_secret_of_seedbed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SEEDBED_DATABASE_URL", "postgresql://seedbed:secret@db/seedbed")
    monkeypatch.setenv("WANDB_API_KEY", "for the tracker")
    told = environment()
    assert told["WANDB_API_KEY"] == "for the tracker"
    assert not any(name.startswith("SEEDBED_") for name in told)


def test_nobody_ends_what_he_descends_from() -> None:
    for number in (0, 1, os.getppid()):
        with pytest.raises(ValueError, match="none that was started for a run"):
            end(number, 10.0)
