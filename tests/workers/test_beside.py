"""Steps beside a worker's slots: in threads of its main process, by workers that can train."""

import socket
import threading

import pytest
from sqlalchemy.orm import Session

from backend.jobs import service as jobs
from backend.queue import BESIDE, beside
from workers import beside as steps

HERE = beside(socket.gethostname())


def test_step_runs_while_its_caller_goes_on() -> None:
    begun, go_on, done = threading.Event(), threading.Event(), threading.Event()

    def work(job_id: int) -> None:
        begun.set()
        assert go_on.wait(20)
        done.set()

    steps.Beside(work).take(7)
    assert begun.wait(20)
    assert not done.is_set()
    go_on.set()
    assert done.wait(20)


def test_new_runs_are_for_workers_that_can_train(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(steps, "can_train", lambda: True)
    assert set(steps.queues(session)) == {HERE, BESIDE}
    monkeypatch.setattr(steps, "can_train", lambda: False)
    # Nobody can: any worker says what is missing.
    assert set(steps.queues(session)) == {HERE, BESIDE}
    jobs.beat("elsewhere/7", ["seedbed", BESIDE])
    assert set(steps.queues(session)) == {HERE}


def test_sweep_takes_steps_itself_and_wakes_others_for_the_rest(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    from workers import app  # reads the settings, which the fixtures make

    step = jobs.enqueue(session, "training.follow", {}, queue=BESIDE)
    other = jobs.enqueue(session, "export.write", {})
    other.dispatched_at = None
    session.commit()
    taken: list[int] = []
    sent: list[int] = []
    monkeypatch.setattr(app._beside, "take", taken.append)
    monkeypatch.setattr(app, "send", lambda job_id, queue: sent.append(job_id))
    app.sweep_once()
    assert (taken, sent) == ([step.id], [other.id])
