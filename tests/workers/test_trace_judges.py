"""Judges of traces: what they say is a score, paid once, and one that fails is said to have."""

import json
from collections import Counter
from typing import Any

import pytest

from backend.database import session_scope
from backend.jobs import service as jobs
from backend.runs import control
from backend.runs.schemas import Budgets
from backend.scoring.tables import Sample
from backend.traces import service
from backend.traces.schemas import ChoiceQuery
from backend.traces.summary import summarise
from tests.guided_runs import RATED, add_judges, add_prompts, declining, start_guided
from tests.scoring_runs import read
from tests.trace_runs import (
    THOUGHT,
    add_sums,
    items,
    samples,
    start_traces,
    teacher_of,
    thinking_aloud,
    trace,
    traces,
)
from tests.workers.fake_openai import FakeOpenAI, Request, Step, answer, refuse
from workers.shard_engine import MOST_FAILURES_IN_A_ROW
from workers.trace_engine import TraceEngine

pytestmark = pytest.mark.usefixtures("committed", "woken")


def rating(request: Request) -> Step:
    """Teachers think aloud; judges rate, and the more the further on the trace is."""
    if request.body["model"] != "judge":
        return thinking_aloud(request)
    levels = dict.fromkeys(
        ("correctness", "clarity", "economy"), 3 + ("Number 2" in request.prompt)
    )
    return answer(json.dumps({**RATED, **levels}))


@pytest.fixture(autouse=True)
def _rating(server: FakeOpenAI) -> None:
    server.default = rating


def judged(base_url: str, **fields: Any) -> int:
    return start_traces(base_url, judge_endpoint_ids=add_judges(base_url, "judge"), **fields)


def asked(server: FakeOpenAI) -> Counter[str]:
    return Counter(request.body["model"] for request in server.requests)


def test_each_text_of_a_seed_is_rated_once_and_the_run_pays_for_it(server: FakeOpenAI) -> None:
    add_sums(2)
    run_id = judged(server.base_url, samples=2)
    trace(run_id)
    run = read(run_id)
    assert (run.state, run.calls, run.seeds_scored) == ("finished", 6, 2)
    assert {(found.state, found.judge_score) for found in traces()} == {("kept", 0.5)}
    assert asked(server) == {"good": 4, "judge": 2}  # both traces of a seed are the same words
    assert len(samples()) == 6


def test_rejected_traces_are_not_shown_to_a_judge(server: FakeOpenAI) -> None:
    add_sums(1)
    trace(judged(server.base_url, model="bad", samples=2))
    assert asked(server) == {"bad": 2}


def test_best_is_the_one_that_the_judge_rates_best(server: FakeOpenAI) -> None:
    numbers = iter(range(1, 4))

    def script(request: Request) -> Step:
        if request.body["model"] == "judge":
            return rating(request)
        return answer(r"It is \boxed{7}.", reasoning=f"{THOUGHT} Number {next(numbers)}.")

    server.default = script
    add_sums(1)
    run_id = judged(server.base_url, samples=3)
    trace(run_id)
    assert [found.judge_score for found in traces()] in ([0.5, 0.75, 0.5], [0.75, 0.5, 0.5],
                                                         [0.5, 0.5, 0.75])  # fmt: skip
    with session_scope() as session:
        [chosen] = service.choose_traces(session, ChoiceQuery(rule="judge")).items
        [best] = chosen.sample_ids
        assert "Number 2" in (session.get_one(Sample, best).reasoning or "")


def test_another_run_pays_for_no_judgment_again(server: FakeOpenAI) -> None:
    add_sums(2)
    first = judged(server.base_url, samples=1)
    trace(first)
    judges = [entry["endpoint_id"] for entry in read(first).settings["line_up"][1:]]
    again = start_traces(
        server.base_url, samples=1, teacher_endpoint_id=teacher_of(first),
        judge_endpoint_ids=judges,
    )  # fmt: skip
    trace(again)
    assert (read(first).calls, read(again).calls) == (4, 0)
    assert {(found.run_id, found.judge_score) for found in traces()} == {(again, 0.5)}


def test_killed_after_a_judgment_came_pays_nothing_twice(
    server: FakeOpenAI, monkeypatch: pytest.MonkeyPatch
) -> None:
    add_sums(3)
    run_id = judged(server.base_url, samples=1)

    def dies(*_: object) -> None:
        raise RuntimeError("the worker dies")

    with monkeypatch.context() as patch:
        patch.setattr(TraceEngine, "_verified", dies)
        with pytest.raises(RuntimeError):
            trace(run_id)
    stored, before = len(samples()), asked(server)
    assert (traces(), read(run_id).state) == ([], "paused")
    jobs.release_jobs_of("test/1")
    with session_scope() as session:
        control.resume(session, run_id, Budgets())
    trace(run_id)
    assert (asked(server) - before).total() == 6 - stored
    assert (read(run_id).state, len(samples()), len(traces())) == ("finished", 6, 3)
    assert {found.judge_score for found in traces()} == {0.5}


def test_budget_holds_for_judges_too_and_a_raised_one_goes_on(server: FakeOpenAI) -> None:
    add_sums(4)
    run_id = judged(server.base_url, samples=1, max_calls=5)
    trace(run_id)
    run = read(run_id)
    assert (run.state, run.calls) == ("stopped", 5)
    assert len(server.requests) == 5
    with session_scope() as session:
        control.resume(session, run_id, Budgets(max_calls=100))
    trace(run_id)
    assert (read(run_id).state, read(run_id).calls) == ("finished", 8)
    assert [found.judge_score for found in traces()] == [0.5] * 4


def test_trace_that_a_judge_refuses_says_so(server: FakeOpenAI) -> None:
    def script(request: Request) -> Step:
        if request.body["model"] == "judge":
            return refuse(400, "maximum context length is 10", code="context_length_exceeded")
        return thinking_aloud(request)

    server.default = script
    add_sums(1)
    run_id = judged(server.base_url, samples=1)
    trace(run_id)
    [found] = traces()
    assert (found.state, found.judge_score) == ("kept", None)
    assert "could not be asked" in found.judgments[0]["reason"]
    assert items(run_id) == [("traced", None)]
    with session_scope() as session:
        summary = summarise(session, run_id)
    assert (summary.kept, summary.without_score, summary.unjudged) == (1, 1, 0)


def test_judge_that_is_down_pauses_the_run_before_all_is_unjudged(
    server: FakeOpenAI, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("workers.model_client.ATTEMPTS", 1)
    add_prompts(60)
    server.default = lambda request: (
        refuse(401, "no such key") if request.body["model"] == "judge" else declining(request)
    )
    run_id = start_guided(server.base_url, "judge")
    trace(run_id)
    run = read(run_id)
    assert (run.state, "judge" in (run.note or "")) == ("paused", True)
    unjudged = traces()
    assert {found.state for found in unjudged} == {"unjudged"}
    assert MOST_FAILURES_IN_A_ROW <= len(unjudged) < 60
    server.default = declining
    with session_scope() as session:
        control.resume(session, run_id, Budgets())
    jobs.release_jobs_of("test/1")
    trace(run_id)
    states = Counter(found.state for found in traces())
    assert (read(run_id).state, states.total()) == ("finished", 60)
    assert states["kept"] == 60 - len(unjudged)
    assert asked(server)["good"] == 60
