"""A run for rewrites outlives its worker: nothing is lost, paid or proposed twice."""

from sqlalchemy import func, select

from backend.database import session_scope
from backend.proposals.tables import ProposalReply
from backend.rewriting.tables import Rewrite
from backend.scoring.tables import Sample
from tests.backend.embedded.waiting import wait_until
from tests.durability.conftest import Worker
from tests.proposal_runs import add_proofs, proposing, start_rewrites
from tests.scoring_runs import read, slowly
from tests.workers.fake_openai import FakeOpenAI

SEEDS, CANDIDATES, IN_FLIGHT = 20, 3, 4
CALLS = SEEDS * CANDIDATES
# Starting a worker takes seconds, on a busy machine many.
PATIENCE = 120.0


def _count(table: type) -> int:
    with session_scope() as session:
        return session.scalar(select(func.count()).select_from(table)) or 0


def test_killed_worker_proposes_all_and_asks_again_only_for_what_was_in_flight(
    server: FakeOpenAI, worker: Worker
) -> None:
    server.default = slowly(proposing, 0.05)
    add_proofs(SEEDS)
    run_id = start_rewrites(server.base_url, candidates=CANDIDATES, max_in_flight=IN_FLIGHT)
    worker.start()
    wait_until(lambda: _count(Sample) > CALLS * 0.4, PATIENCE)
    worker.kill()
    in_flight = len(server.requests) - _count(Sample)
    assert 0 <= in_flight <= 2 * IN_FLIGHT
    assert _count(Rewrite) == _count(Sample)  # what is paid is read
    worker.start()
    wait_until(lambda: read(run_id).state == "finished", PATIENCE)
    run = read(run_id)
    assert (run.seeds_scored, run.seeds_failed, run.calls) == (SEEDS, 0, CALLS)
    assert [_count(table) for table in (Sample, ProposalReply, Rewrite)] == [CALLS] * 3
    assert len(server.requests) - CALLS == in_flight
