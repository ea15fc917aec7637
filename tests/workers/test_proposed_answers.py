"""Runs over a seed whose answer a model proposed: votes decide, and no trace is held against it."""

import pytest
from sqlalchemy import select

from backend.database import session_scope
from backend.runs.tables import RunItem
from backend.scoring.tables import Teachability
from backend.seeds.tables import Seed
from tests.builders import create_seed
from tests.scoring_runs import claim, start_run, sums
from tests.trace_runs import items, start_traces, thinking_aloud, trace
from tests.workers.fake_openai import FakeOpenAI
from workers.tasks.scoring import score_shard

pytestmark = pytest.mark.usefixtures("committed", "woken")


@pytest.fixture(autouse=True)
def proposed() -> None:
    """One seed with a wrong answer, which a model proposed."""
    with session_scope() as session:
        create_seed(session, "What is 2 + 7?", "99", answer_origin="proposed")


def test_votes_decide_and_it_is_no_gold_seed(server: FakeOpenAI) -> None:
    server.default = sums
    score_shard(claim(start_run(server.base_url, check_given_answers=True)))
    with session_scope() as session:
        [verdict] = session.scalars(select(Teachability))
        assert (verdict.key_origin, verdict.reference_answer) == ("plurality", "9")
        assert session.scalars(select(RunItem.calibrates)).all() == [False]


def test_trace_is_not_held_against_it_until_it_is_checked(server: FakeOpenAI) -> None:
    server.default = thinking_aloud
    run_id = start_traces(server.base_url)
    trace(run_id)
    [(state, reason)] = items(run_id)
    assert (state, server.requests) == ("failed", [])
    assert "no answer to verify against" in (reason or "")
    with session_scope() as session:
        session.scalars(select(Seed)).one().answer_origin = "given"
    run_id = start_traces(server.base_url)
    trace(run_id)
    assert items(run_id)[0][0] == "traced"
