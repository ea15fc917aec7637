"""Training outlives its worker: the next one adopts it, and takes each line of its metrics once.

The trainer is a stand-in (`tests/standin_trainer.py`) in real processes, started by a real worker.
"""

from typing import Any

import pytest
from sqlalchemy import select

from backend.database import session_scope
from backend.training_runs import resuming, service
from backend.training_runs.schemas import TrainingRunCreate, TrainingRunOut
from backend.training_runs.tables import TrainingMetric, TrainingRun
from tests.builders import create_user
from tests.durability.conftest import Worker
from tests.services import eventually
from tests.training_runs import create_export, is_alive, output, plan, processes

STEPS = 200
PATIENCE = 90.0


def _asked(model: str, **overrides: Any) -> int:
    with session_scope() as session:
        export = create_export(session)
        body: Any = plan(export.id, model, STEPS, overrides=overrides)
        return service.create_run(
            session, create_user(session), TrainingRunCreate.model_validate(body)
        ).id


def _run(run_id: int) -> TrainingRunOut:
    with session_scope() as session:
        return service.get_run(session, run_id)


def _wait(run_id: int, state: str, step: int = 0) -> None:
    def is_there() -> bool:
        run = _run(run_id)
        return run.state == state and run.step >= step

    eventually(is_there, PATIENCE, f"{state} at step {step}")


def test_killed_workers_leave_training_alone_and_the_next_one_adopts_it(
    trained_by_standin: Worker,
) -> None:
    worker, run_id = trained_by_standin, _asked("held")
    worker.start()
    _wait(run_id, "running", STEPS // 2)
    alive = processes(run_id)
    worker.kill()
    assert all(is_alive(number) for number in alive)
    worker.start()
    worker.kill()
    # No worker lives, and training goes on to its end.
    (output(run_id) / "go").touch()
    ended = output(run_id).parent / "exit.json"
    eventually(ended.exists, PATIENCE, "the end of training")
    assert _run(run_id).state == "running"
    worker.start()
    _wait(run_id, "finished")
    _assert_each_line_once(run_id)


def _assert_each_line_once(run_id: int) -> None:
    lines = (output(run_id) / "metrics.jsonl").read_text().splitlines()
    with session_scope() as session:
        rows = session.execute(
            select(TrainingMetric.kind, TrainingMetric.step)
            .where(TrainingMetric.run_id == run_id)
            .order_by(TrainingMetric.position)
        ).all()
        run = session.get_one(TrainingRun, run_id)
    assert [row.step for row in rows if row.kind == "train"] == list(range(1, STEPS + 1))
    assert run.metric_count == len(rows) == len(lines)
    assert (output(run_id).parent / "train.log").read_text().count("it begins") == 1


def test_run_that_is_gone_on_with_is_begun_once_whichever_worker_dies(
    trained_by_standin: Worker,
) -> None:
    worker, run_id = trained_by_standin, _asked("stumbles", save_every=50)
    worker.start()
    _wait(run_id, "failed")
    worker.kill()
    with session_scope() as session:
        resuming.resume_run(session, create_user(session), run_id)
    attempt = output(run_id).parent / "attempt-2"
    # Killed as soon as it has begun to look after it, and again when training has just begun.
    for sign in (attempt, attempt / "process.json"):
        worker.start()
        eventually(sign.exists, PATIENCE, sign.name)
        worker.kill()
    worker.start()
    _wait(run_id, "finished")
    run = _run(run_id)
    assert (run.attempt, run.resumed_from, len(run.attempts)) == (2, 150, 1)
    assert (attempt / "train.log").read_text().count("it begins") == 1
    with session_scope() as session:
        wanted = select(TrainingMetric.step, TrainingMetric.values["loss"].as_float())
        rows = session.execute(
            wanted.where(TrainingMetric.run_id == run_id, TrainingMetric.kind == "train").order_by(
                TrainingMetric.step
            )
        ).all()
    assert [row.step for row in rows] == list(range(1, STEPS + 1))
    assert rows[149][1] == pytest.approx(1 / 150)
    assert rows[150][1] == pytest.approx(2 / 151)


def test_cancelling_waits_for_no_slot_of_the_worker(trained_by_standin: Worker) -> None:
    worker, run_id = trained_by_standin, _asked("held family")
    # As one whose slots are all taken: it takes nothing from the queue of other work.
    worker.start("-Q", "gpu")
    _wait(run_id, "running", STEPS // 2)
    alive = processes(run_id)
    with session_scope() as session:
        service.cancel_run(session, create_user(session), run_id)
    _wait(run_id, "cancelled")
    assert not any(is_alive(number) for number in alive)
