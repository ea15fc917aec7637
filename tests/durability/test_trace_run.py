"""A run for traces outlives its worker: nothing is lost, nothing is paid twice."""

from sqlalchemy import func, select

from backend.database import session_scope
from backend.scoring.tables import Sample
from backend.traces.tables import Trace
from tests.backend.embedded.waiting import wait_until
from tests.durability.conftest import Worker
from tests.scoring_runs import read, slowly
from tests.trace_runs import add_sums, start_traces, thinking_aloud
from tests.workers.fake_openai import FakeOpenAI

SEEDS, SAMPLES, IN_FLIGHT = 20, 4, 4
CALLS = SEEDS * SAMPLES
# Starting a worker takes seconds, on a busy machine many.
PATIENCE = 120.0


def _count(table: type) -> int:
    with session_scope() as session:
        return session.scalar(select(func.count()).select_from(table)) or 0


def test_killed_worker_loses_no_trace_and_asks_again_only_for_what_was_in_flight(
    server: FakeOpenAI, worker: Worker
) -> None:
    server.default = slowly(thinking_aloud, 0.05)
    add_sums(SEEDS)
    run_id = start_traces(server.base_url, samples=SAMPLES, max_in_flight=IN_FLIGHT)
    worker.start()
    in_flight = 0
    for share in (0.3, 0.6):
        wait_until(lambda share=share: _count(Sample) > CALLS * share, PATIENCE)
        worker.kill()
        unsaved = len(server.requests) - _count(Sample) - in_flight
        assert 0 <= unsaved <= 2 * IN_FLIGHT
        in_flight += unsaved
        worker.start()
    wait_until(lambda: read(run_id).state == "finished", PATIENCE)
    run = read(run_id)
    assert (run.seeds_scored, run.seeds_failed, run.calls) == (SEEDS, 0, CALLS)
    assert (_count(Sample), _count(Trace)) == (CALLS, CALLS)
    assert len(server.requests) - CALLS == in_flight
