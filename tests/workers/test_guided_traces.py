"""Traces under a guideline: only the teacher and judges see it, and what gives it away is out."""

from typing import Any

import pytest

from backend.database import session_scope
from backend.errors import Invalid
from backend.guidelines.schemas import GuidelineUpdate, VersionCreate
from backend.guidelines.service import add_version, set_archived
from backend.science.guided_questions import GUIDED_WORDS
from tests.builders import create_seed, create_user
from tests.guided_runs import (
    DECLINE,
    FINE,
    GUIDELINE,
    HONEST,
    QUOTE,
    add_guideline,
    add_prompts,
    declining,
    judging,
    start_guided,
)
from tests.scoring_runs import read
from tests.trace_runs import items, samples, start_traces, teacher_of, trace, traces
from tests.workers.fake_openai import FakeOpenAI, answer

pytestmark = pytest.mark.usefixtures("committed", "woken")


@pytest.fixture(autouse=True)
def _declining(server: FakeOpenAI) -> None:
    server.default = declining


def test_prompts_without_an_answer_are_asked_under_the_guideline_and_kept(
    server: FakeOpenAI,
) -> None:
    add_prompts(2)
    run_id = start_guided(server.base_url, "judge", samples=2)
    trace(run_id)
    assert items(run_id) == [("traced", None)] * 2
    found = traces()
    assert {(t.state, t.key_origin, t.judge_score) for t in found} == {("kept", "none", 0.75)}
    assert len({t.guideline_version_id for t in found} - {None}) == 1
    asked = [r.body["messages"] for r in server.requests if r.body["model"] == "good"]
    assert len(asked) == 4
    for system, user in asked:
        assert system == {"role": "system", "content": f"{GUIDED_WORDS}\n{GUIDELINE}"}
        assert GUIDELINE not in user["content"]


def test_without_a_judge_nothing_is_kept(server: FakeOpenAI) -> None:
    add_prompts(1)
    trace(start_guided(server.base_url))
    assert [(t.state, t.reason, t.judgments) for t in traces()] == [("unjudged", None, [])]


@pytest.mark.parametrize(
    ("reply", "state", "reason"),
    [
        pytest.param({**FINE, "follows": "no"}, "rejected", "off_guideline", id="does not follow"),
        pytest.param(
            {**FINE, "reveals": "yes", "quote": "point to safe ways to learn"},
            "rejected", "leaked_guideline", id="reveals",
        ),
        pytest.param(
            {**FINE, "reveals": "yes", "quote": "the charter forbids it"}, "unjudged", None,
            id="quotes what is not there",
        ),
        pytest.param({**FINE, "follows": "unclear"}, "unjudged", None, id="does not know"),
        pytest.param("I would say it is fine.", "unjudged", None, id="no JSON"),
    ],
)  # fmt: skip
def test_what_a_judge_says_decides(
    server: FakeOpenAI, reply: Any, state: str, reason: str | None
) -> None:
    server.default = judging(reply)
    add_prompts(1)
    trace(start_guided(server.base_url, "judge"))
    [found] = traces()
    assert (found.state, found.reason) == (state, reason)
    assert len(found.judgments) == 1
    if reason == "leaked_guideline":
        [passage] = found.evidence["passages"]
        assert HONEST[passage["start"] : passage["end"]] == "point to safe ways to learn"


def test_one_judge_of_two_that_objects_is_enough(server: FakeOpenAI) -> None:
    fine, objects = judging(FINE), judging({**FINE, "follows": "no"})
    server.default = lambda request: (
        objects(request) if request.body["model"] == "judge-2" else fine(request)
    )
    add_prompts(1)
    trace(start_guided(server.base_url, "judge-1", "judge-2"))
    [found] = traces()
    assert (found.reason, len(found.judgments)) == ("off_guideline", 2)


@pytest.mark.parametrize(
    ("thinking", "answered"),
    [
        pytest.param(f"I am to {QUOTE}, so I do.", DECLINE, id="quoted in the thinking"),
        pytest.param(HONEST, f"I {QUOTE}.", id="quoted in the answer"),
        pytest.param("The policy says that I decline this.", DECLINE, id="talk of a policy"),
        pytest.param(
            f"{HONEST} I was told: reason from what is good for the person who asks and for "
            "others, in your own words.",
            DECLINE, id="our own words",
        ),
        pytest.param(HONEST, f"{DECLINE} {HONEST}", id="thinking in the answer"),
    ],
)  # fmt: skip
def test_leaks_that_rules_see_are_rejected_and_no_judge_is_paid(
    server: FakeOpenAI, thinking: str, answered: str
) -> None:
    server.default = judging(FINE, answer(answered, reasoning=thinking))
    add_prompts(1)
    trace(start_guided(server.base_url, "judge"))
    assert [found.reason for found in traces()] == ["leaked_guideline"]
    assert {request.body["model"] for request in server.requests} == {"good"}


def test_traces_with_and_without_a_guideline_are_never_mixed_up(server: FakeOpenAI) -> None:
    with session_scope() as session:
        create_seed(session, "How toxic is salt?", "3")
    server.default = judging(FINE, answer(r"It is \boxed{3}.", reasoning=HONEST))
    plain = start_traces(server.base_url, samples=1)
    trace(plain)
    teacher = teacher_of(plain)
    guided = start_guided(server.base_url, "judge", teacher_endpoint_id=teacher)
    trace(guided)
    assert (read(plain).calls, read(guided).calls) == (1, 2)
    again = start_traces(server.base_url, samples=1, teacher_endpoint_id=teacher)
    trace(again)
    assert read(again).calls == 0
    assert sorted((t.run_id, t.guideline_version_id is None, t.key_origin) for t in traces()) == [
        (guided, False, "none"), (again, True, "given"),
    ]  # fmt: skip


def test_new_version_is_asked_anew_and_an_old_one_can_be_named(server: FakeOpenAI) -> None:
    add_prompts(1)
    guideline_id = add_guideline()
    first = start_guided(server.base_url, guideline_id=guideline_id)
    trace(first)
    with session_scope() as session:
        body = VersionCreate(text="Help with whatever is legal.", seen=1)
        add_version(session, create_user(session), guideline_id, body)
    teacher = teacher_of(first)
    second = start_guided(server.base_url, guideline_id=guideline_id, teacher_endpoint_id=teacher)
    trace(second)
    third = start_guided(
        server.base_url, guideline_id=guideline_id, teacher_endpoint_id=teacher,
        guideline_version=1,
    )  # fmt: skip
    trace(third)
    assert [read(run).calls for run in (first, second, third)] == [1, 1, 0]
    assert "whatever is legal" in server.requests[-1].prompt
    assert sorted(t.run_id for t in traces()) == [second, third]
    assert len({s.template_hash for s in samples()}) == 2


def test_prompt_with_tests_fails_since_no_program_is_asked_for(server: FakeOpenAI) -> None:
    with session_scope() as session:
        create_seed(session, "Write f.", extra={"tests": ["assert f(1) == 2"]})
    run_id = start_guided(server.base_url)
    trace(run_id)
    [(state, reason)] = items(run_id)
    assert (state, server.requests) == ("failed", [])
    assert "ask without a guideline" in (reason or "")


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"guideline_id": 999}, "guideline_id"),
        ({"guideline_id": "archived"}, "guideline_id"),
        ({"guideline_version": 1}, "guideline_version"),
        ({"judge_endpoint_ids": [999]}, "judge_endpoint_ids"),
    ],
)
def test_guideline_and_judges_that_cannot_be_used_are_refused_by_field(
    server: FakeOpenAI, fields: dict[str, Any], field: str
) -> None:
    add_prompts(1)
    if fields.get("guideline_id") == "archived":
        archived = add_guideline()
        with session_scope() as session:
            set_archived(session, archived, GuidelineUpdate(archived=True))
        fields = {"guideline_id": archived}
    with pytest.raises(Invalid) as refused:
        start_traces(server.base_url, **fields)
    assert [error["field"] for error in refused.value.errors or ()] == [field]
