"""A run that sorts seeds by domain outlives its worker: nothing is lost, paid or applied twice."""

from sqlalchemy import func, select

from backend.database import session_scope
from backend.domains.tables import DomainApplied, DomainSuggestion
from backend.review.tables import Decision
from backend.scoring.tables import Sample
from tests.backend.embedded.waiting import wait_until
from tests.domain_runs import add_seeds, sorting, start_domains
from tests.durability.conftest import Worker
from tests.scoring_runs import read, slowly
from tests.workers.fake_openai import FakeOpenAI

SEEDS, IN_FLIGHT = 60, 4
# Starting a worker takes seconds, on a busy machine many.
PATIENCE = 120.0


def _count(table: type) -> int:
    with session_scope() as session:
        return session.scalar(select(func.count()).select_from(table)) or 0


def test_killed_worker_asks_again_only_for_what_was_in_flight_and_applies_once(
    server: FakeOpenAI, worker: Worker
) -> None:
    server.default = slowly(sorting, 0.05)
    add_seeds(*(f"An equation, the {number}th." for number in range(SEEDS)))
    run_id = start_domains(server.base_url, apply=True, max_in_flight=IN_FLIGHT)
    worker.start()
    wait_until(lambda: _count(Sample) > SEEDS * 0.4, PATIENCE)
    worker.kill()
    in_flight = len(server.requests) - _count(Sample)
    assert 0 <= in_flight <= 2 * IN_FLIGHT
    assert _count(DomainSuggestion) == _count(Sample)  # what is paid is read
    assert _count(Decision) == 0
    worker.start()
    wait_until(lambda: read(run_id).state == "finished", PATIENCE)
    run = read(run_id)
    assert (run.seeds_scored, run.seeds_failed, run.calls) == (SEEDS, 0, SEEDS)
    assert [_count(table) for table in (Sample, DomainSuggestion, Decision)] == [SEEDS] * 3
    assert _count(DomainApplied) == 1
    assert len(server.requests) - SEEDS == in_flight
