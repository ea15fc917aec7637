"""A teacher is asked for traces: each is paid once, and nothing that happens pays for it again."""

import pytest
from sqlalchemy import select

from backend.database import session_scope
from backend.endpoints.tables import Endpoint
from backend.jobs import service as jobs
from backend.jobs.service import LeaseLost
from backend.runs import control
from backend.runs.schemas import Budgets
from backend.scoring.line_up import entry_of
from backend.seeds.tables import Seed
from tests.builders import create_sample
from tests.scoring_runs import claim, read
from tests.trace_runs import (
    THOUGHT,
    add_sums,
    items,
    samples,
    start_traces,
    teacher,
    teacher_of,
    thinking_aloud,
    trace,
    traces,
)
from tests.workers.fake_openai import FakeOpenAI, Request, Step, refuse
from workers.tasks.traces import trace_shard
from workers.trace_verifier import TraceVerifier

pytestmark = pytest.mark.usefixtures("committed", "woken")


@pytest.fixture(autouse=True)
def _aloud(server: FakeOpenAI) -> None:
    server.default = thinking_aloud


def test_each_seed_gets_so_many_traces_and_the_run_has_paid_for_them(server: FakeOpenAI) -> None:
    add_sums(3)
    run_id = start_traces(server.base_url, samples=4)
    trace(run_id)
    run = read(run_id)
    assert (run.state, run.seeds_scored, run.seeds_failed) == ("finished", 3, 0)
    assert len(server.requests) == run.calls == len(samples()) == len(traces()) == 12
    assert items(run_id) == [("traced", None)] * 3
    assert {(found.state, found.reason, found.key_origin) for found in traces()} == {
        ("kept", None, "given")
    }
    assert [found.answer_key for found in traces()[:1]] == ["integer:7"]
    assert {found.run_id for found in traces()} == {run_id}


def test_another_run_pays_only_for_what_is_missing_and_verifies_all_by_its_own_rules(
    server: FakeOpenAI,
) -> None:
    add_sums(2)
    first = start_traces(server.base_url, samples=2)
    trace(first)
    again = start_traces(
        server.base_url, samples=3, teacher_endpoint_id=teacher_of(first),
        rules={"most_tokens": 3},
    )  # fmt: skip
    trace(again)
    assert (read(first).calls, read(again).calls, len(server.requests)) == (4, 2, 6)
    assert {(found.run_id, found.reason) for found in traces()} == {(again, "too_long")}
    assert len(traces()) == 6


def test_killed_between_a_response_and_its_verification_pays_nothing_twice(
    server: FakeOpenAI, monkeypatch: pytest.MonkeyPatch
) -> None:
    add_sums(3)
    run_id = start_traces(server.base_url, samples=2)

    async def dies(*_: object) -> None:
        raise RuntimeError("the worker dies")

    with monkeypatch.context() as patch:
        patch.setattr(TraceVerifier, "verify", dies)
        with pytest.raises(RuntimeError):
            trace(run_id)
    stored = len(samples())
    assert 0 < stored <= len(server.requests)
    assert (traces(), read(run_id).state) == ([], "paused")
    asked = len(server.requests)
    jobs.release_jobs_of("test/1")
    with session_scope() as session:
        control.resume(session, run_id, Budgets())
    trace(run_id)
    assert len(server.requests) - asked == 6 - stored
    assert (read(run_id).state, len(samples()), len(traces())) == ("finished", 6, 6)


def test_budget_of_calls_is_never_exceeded_and_a_raised_one_goes_on(server: FakeOpenAI) -> None:
    add_sums(4)
    run_id = start_traces(server.base_url, samples=3, max_calls=5)
    trace(run_id)
    run = read(run_id)
    assert (run.state, run.note, run.calls, len(server.requests)) == ("stopped", "budget", 5, 5)
    assert len(traces()) == 5
    with session_scope() as session:
        control.resume(session, run_id, Budgets(max_calls=100))
    trace(run_id)
    assert (read(run_id).state, len(server.requests), len(traces())) == ("finished", 12, 12)


def test_endpoints_day_holds_and_the_run_waits_for_the_next(server: FakeOpenAI) -> None:
    add_sums(2)
    with session_scope() as session:
        endpoint_id = teacher(session, server.base_url, max_calls_per_day=3).id
    run_id = start_traces(server.base_url, samples=2, teacher_endpoint_id=endpoint_id)
    trace(run_id)
    run = read(run_id)
    assert (run.state, run.calls, len(server.requests)) == ("paused", 3, 3)
    assert run.resume_at is not None
    assert len(traces()) == 3


def test_never_more_calls_are_open_than_the_teacher_may_have(server: FakeOpenAI) -> None:
    add_sums(12)
    trace(start_traces(server.base_url, samples=3, max_in_flight=2))
    assert server.most_in_flight <= 2
    assert len(traces()) == 36


def test_calls_that_fail_are_made_again_on_resume_and_no_others(server: FakeOpenAI) -> None:
    add_sums(2)
    run_id = start_traces(server.base_url, samples=2)
    server.script(refuse(400, "too long"))
    trace(run_id)
    assert (read(run_id).seeds_failed, len(traces())) == (1, 3)
    assert any("http_400" in (reason or "") for _, reason in items(run_id))
    with session_scope() as session:
        control.resume(session, run_id, Budgets())
    trace(run_id)
    assert (read(run_id).state, read(run_id).seeds_failed) == ("finished", 0)
    assert (len(server.requests), len(traces())) == (5, 4)


def test_worker_that_lost_its_job_writes_nothing_more(server: FakeOpenAI) -> None:
    add_sums(2)
    late = claim(start_traces(server.base_url, samples=1))
    jobs.release_jobs_of("test/1")
    current = jobs.claim(late.id, 30, "test/2")
    assert current is not None
    with pytest.raises(LeaseLost):
        trace_shard(late)
    assert samples() == traces() == []
    trace_shard(current)
    assert len(traces()) == 2


def test_what_was_found_out_about_a_response_that_lost_a_race_is_not_taken_for_the_winners(
    server: FakeOpenAI,
) -> None:
    add_sums(1)
    run_id = start_traces(server.base_url, model="bad", samples=1)

    def overtaken(request: Request) -> Step:
        _store_elsewhere(teacher_of(run_id), r"It is \boxed{7}.")
        return thinking_aloud(request)

    server.default = overtaken
    trace(run_id)
    assert [(found.state, found.answer_key) for found in traces()] == [("kept", "integer:7")]
    assert (items(run_id), read(run_id).calls) == ([("traced", None)], 0)


def _store_elsewhere(endpoint_id: int, response: str) -> None:
    """Another run's response to the only seed, under the place of this run's."""
    with session_scope() as session:
        entry = entry_of(session.get_one(Endpoint, endpoint_id), "teacher", 1)
        create_sample(
            session, session.scalars(select(Seed)).one(), key="integer:7", response=response,
            endpoint=session.get_one(Endpoint, endpoint_id), reasoning=THOUGHT,
            template_hash=entry.template_hash, settings_hash=entry.settings_hash,
            max_tokens=entry.sampling.max_tokens,
        )  # fmt: skip


def test_shards_share_the_seeds_and_the_last_one_ends_the_run(server: FakeOpenAI) -> None:
    add_sums(5)
    run_id = start_traces(server.base_url, samples=1, parallel_jobs=2)
    trace(run_id, shard=0)
    assert read(run_id).state == "running"
    trace(run_id, shard=1)
    assert (read(run_id).state, len(traces())) == ("finished", 5)


def test_teacher_that_is_down_pauses_the_run_and_says_why(server: FakeOpenAI) -> None:
    server.default = refuse(404, "no such model")
    add_sums(40)
    run_id = start_traces(server.base_url, samples=1)
    trace(run_id)
    run = read(run_id)
    assert (run.state, run.calls) == ("paused", 0)
    assert "no such model" in (run.note or "")
    assert run.seeds_failed < 40
