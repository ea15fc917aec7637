"""A scoring run outlives its worker and its broker: nothing is lost, nothing is paid twice."""

from pathlib import Path

import pytest
from sqlalchemy import func, select

from backend.database import session_scope
from backend.embedded import broker
from backend.runs import control
from backend.runs.schemas import Budgets
from backend.scoring.tables import Sample, Teachability
from tests.backend.embedded.waiting import wait_until
from tests.builders import create_seed
from tests.durability.conftest import Worker
from tests.scoring_runs import read, slowly, start_run, sums
from tests.workers.fake_openai import FakeOpenAI

SEEDS = 30
SAMPLES = 4
CALLS = SEEDS * SAMPLES * 2
IN_FLIGHT = 4
# Starting a worker takes seconds, on a busy machine many.
PATIENCE = 120.0


def _started(server: FakeOpenAI, **fields: object) -> int:
    server.default = slowly(sums, 0.05)
    with session_scope() as session:
        for n in range(SEEDS):
            create_seed(session, f"What is {n} + 7?", external_id=str(n))
    return start_run(
        server.base_url, reference_samples=SAMPLES, weak_samples=SAMPLES,
        max_in_flight=IN_FLIGHT, **fields,
    )  # fmt: skip


def _stored() -> int:
    with session_scope() as session:
        return session.scalar(select(func.count()).select_from(Sample)) or 0


def _verdicts() -> int:
    with session_scope() as session:
        return session.scalar(select(func.count()).select_from(Teachability)) or 0


@pytest.mark.parametrize("broker_url", ["embedded", "rabbitmq", "redis"], indirect=True)
def test_killed_worker_loses_no_answer_and_asks_again_only_for_what_was_in_flight(
    server: FakeOpenAI, worker: Worker
) -> None:
    run_id = _started(server)
    worker.start()
    in_flight = 0
    for share in (0.3, 0.6):
        wait_until(lambda share=share: _stored() > CALLS * share, PATIENCE)
        worker.kill()
        unsaved = len(server.requests) - _stored() - in_flight
        assert 0 <= unsaved <= 2 * IN_FLIGHT
        in_flight += unsaved
        worker.start()
    wait_until(lambda: read(run_id).state == "finished", PATIENCE)
    run = read(run_id)
    assert (run.seeds_scored, run.seeds_failed, run.calls) == (SEEDS, 0, CALLS)
    assert _stored() == CALLS
    assert _verdicts() == SEEDS
    assert len(server.requests) - CALLS == in_flight


def test_paused_run_makes_no_calls_until_it_is_resumed(server: FakeOpenAI, worker: Worker) -> None:
    run_id = _started(server)
    worker.start()
    wait_until(lambda: _stored() > CALLS * 0.2, PATIENCE)
    with session_scope() as session:
        control.pause(session, run_id)
    _wait_for_silence(server)
    asked = len(server.requests)
    assert asked < CALLS
    assert _stored() == asked, "what was on its way is stored"
    with session_scope() as session:
        control.resume(session, run_id, Budgets())
    wait_until(lambda: read(run_id).state == "finished", PATIENCE)
    assert len(server.requests) == read(run_id).calls == CALLS


def test_cancelled_run_stores_what_was_on_its_way_and_stops(
    server: FakeOpenAI, worker: Worker
) -> None:
    run_id = _started(server)
    worker.start()
    wait_until(lambda: _stored() > CALLS * 0.2, PATIENCE)
    with session_scope() as session:
        control.cancel(session, run_id)
    _wait_for_silence(server)
    assert _stored() == len(server.requests) < CALLS
    assert read(run_id).state == "cancelled"


def test_budget_holds_across_a_kill(server: FakeOpenAI, worker: Worker) -> None:
    run_id = _started(server, max_calls=100)
    worker.start()
    wait_until(lambda: _stored() > 40, PATIENCE)
    worker.kill()
    in_flight = len(server.requests) - _stored()
    worker.start()
    wait_until(lambda: read(run_id).state == "stopped", PATIENCE)
    assert (read(run_id).calls, _stored()) == (100, 100)
    assert len(server.requests) - in_flight == 100


def test_broker_that_dies_delays_a_run_but_loses_nothing(
    server: FakeOpenAI, worker: Worker, tmp_path: Path
) -> None:
    run_id = _started(server)
    worker.start()
    wait_until(lambda: _stored() > CALLS * 0.2, PATIENCE)
    broker.stop(tmp_path / "broker")
    wait_until(lambda: read(run_id).state == "finished", PATIENCE)
    # This one's wake-up finds no broker; the sweeper sends it when there is one again.
    with session_scope() as session:
        create_seed(session, "What is 900 + 7?", external_id="late")
    late = start_run(server.base_url, reference_samples=1, weak_samples=1)
    broker.start(tmp_path / "broker")
    wait_until(lambda: read(late).state == "finished", PATIENCE)
    assert read(late).seeds_scored == SEEDS + 1


def _wait_for_silence(server: FakeOpenAI) -> None:
    """Until the worker has seen that the run no longer runs, and nothing is on its way."""

    def is_silent() -> bool:
        before = len(server.requests)
        try:
            wait_until(lambda: len(server.requests) > before, 2.5)
        except AssertionError:
            return server.in_flight == 0
        return False

    wait_until(is_silent, PATIENCE)
