"""Training runs for tests: exports to train on, and the stand-in that trains (standin_trainer)."""

import os
import sys
from pathlib import Path
from typing import Any

import orjson
import pytest
from fastapi.testclient import TestClient
from sqlalchemy.orm import Session

from backend.config import settings
from backend.database import session_scope
from backend.exports.tables import Export
from backend.jobs import service as jobs
from backend.jobs.tables import Job
from backend.training_runs.folders import export_folder, output_of
from backend.training_runs.service import FOLLOW
from backend.training_runs.tables import TrainingRun
from tests.builders import create_user
from tests.services import eventually
from workers.launchers.processes import end, identity, members
from workers.tasks.training import follow, preflight

Json = dict[str, Any]
TRAINER = Path(__file__).with_name("standin_trainer.py")


def standin(folder: Path, monkeypatch: pytest.MonkeyPatch, **variables: str) -> None:
    """A home folder of the test's own, and the stand-in as the Python that trains."""
    program = folder / "python"
    # Its packages, not this checkout: training is no part of what the stand-in needs.
    program.write_text(f'#!/bin/sh\nexec "{sys.executable}" "{TRAINER}" "$@"\n')
    program.chmod(0o755)
    given = {"HOME": str(folder / "home"), "TRAINING_PYTHON": str(program)}
    given |= {"TRAINING_POLL_SECONDS": "0.05", **variables}
    for name, value in given.items():
        monkeypatch.setenv(f"SEEDBED_{name}", value)
    settings.cache_clear()


def create_export(session: Session, state: str = "finished", layout: str = "sft") -> Export:
    """An export as the table has it, its folder with a manifest where it is finished."""
    export = Export(
        name="sums", layout=layout, filter={}, settings={}, state=state,
        created_by=create_user(session).id,
    )  # fmt: skip
    session.add(export)
    session.flush()
    if state == "finished":
        finish_export(session, export)
    session.commit()
    return export


def finish_export(session: Session, export: Export) -> None:
    export.state, export.folder = "finished", f"{export.id}-sums"
    folder = export_folder(export.folder)
    if not folder.exists():
        folder.mkdir(parents=True)
        (folder / "manifest.json").write_bytes(orjson.dumps({"export": export.id}))
    session.flush()


def plan(export_id: int, model: str = "ok", steps: int = 6, **fields: Any) -> Json:
    """What is posted for a run of the tiny recipe; `model` says what the stand-in does."""
    overrides = {"model": model, "steps": steps, "batch": 4, "device_batch": 2}
    body = {
        "name": "First try", "export_id": export_id, "target": {"devices": 2},
        "recipe": {"template": "tiny_sft", "overrides": overrides | fields.pop("overrides", {})},
    }  # fmt: skip
    return body | fields


def asked(client: TestClient, export_id: int, model: str = "ok", **fields: Any) -> Json:
    answer = client.post("/v1/training-runs", json=plan(export_id, model, **fields))
    assert answer.status_code == 201, answer.text
    found: Json = answer.json()
    return found


def shown(client: TestClient, run_id: int) -> Json:
    found: Json = client.get(f"/v1/training-runs/{run_id}").json()
    return found


def step(job_id: int) -> None:
    """What a worker does with a run's job when it is due."""
    job = jobs.claim(job_id, 30, "host/1")
    assert job is not None
    (follow if job.kind == FOLLOW else preflight)(job)
    jobs.finish(job)


def followed(client: TestClient, run: Json, *states: str, seconds: float = 30.0) -> Json:
    """Take steps until the run is in one of these states; with none: until it is over."""
    wanted = states or ("finished", "failed", "cancelled")

    def is_there() -> bool:
        step(run["job_id"])
        return shown(client, run["id"])["state"] in wanted

    eventually(is_there, seconds, f"one of {wanted}")
    return shown(client, run["id"])


def reached(client: TestClient, run: Json, number: int) -> None:
    """Take steps until the run is at a step of its own."""

    def is_there() -> bool:
        step(run["job_id"])
        return bool(shown(client, run["id"])["step"] == number)

    eventually(is_there, 30, f"step {number}")


def output(run_id: int) -> Path:
    with session_scope() as session:
        run = session.get(TrainingRun, run_id)
        assert run is not None
        return output_of(run)


def processes(run_id: int) -> set[int]:
    """All that live of a run."""
    with session_scope() as session:
        run = session.get(TrainingRun, run_id)
        assert run is not None
        assert run.handle is not None
        return members(run.handle["pid"])


def job_of(run_id: int) -> Job:
    with session_scope() as session:
        run = session.get(TrainingRun, run_id)
        assert run is not None
        job = session.get(Job, run.job_id)
        assert job is not None
        return job


def end_run(handle: Json | None) -> None:
    """End what a test has started, and nothing that only has its number."""
    number = (handle or {}).get("pid")
    if handle is not None and number is not None and identity(number) == handle["started"]:
        end(number, 0.0)


def is_alive(number: int) -> bool:
    try:
        os.kill(number, 0)
    except ProcessLookupError:
        return False
    return Path(f"/proc/{number}/stat").read_text().rpartition(")")[2].split()[0] not in "ZX"
