"""Runs over seeds with tests: programs are asked for, run behind walls, judged by how they do."""

from collections import Counter
from collections.abc import Callable

import pytest
from sqlalchemy import delete, select

from backend.config import settings
from backend.database import session_scope
from backend.runs import control
from backend.runs.schemas import Budgets
from backend.runs.tables import RunItem
from backend.scoring.evidence import evidence_of
from backend.scoring.tables import CodeTestRun, Sample, Teachability
from tests.builders import create_seed
from tests.scoring_runs import claim, read, start_run
from tests.workers.fake_openai import FakeOpenAI, Request, Step, answer
from workers import sandbox
from workers.tasks.scoring import score_shard

pytestmark = pytest.mark.usefixtures("committed", "woken")
walled = pytest.mark.skipif(sandbox.isolation() != "namespaces", reason="no namespaces here")

TESTS = ["assert add(1, 2) == 3", "assert add(2, 2) == 4"]


def program(body: str) -> str:
    return f"Here it is.\n```python\ndef add(a, b):\n    return {body}\n```"


def programs() -> Callable[[Request], Step]:
    """Right two times of three, then a program that passes one test, by model."""
    asked: Counter[str] = Counter()

    def script(request: Request) -> Step:
        model = request.body["model"]
        asked[model] += 1
        if "```python" not in request.prompt:
            return answer("the question did not ask for a program")
        return answer(program("a + b" if asked[model] % 3 else "3"))

    return script


def seed_with_tests(tests: list[object] = TESTS) -> None:
    with session_scope() as session:
        create_seed(session, "Write add(a, b).", None, domain="code", extra={"tests": tests})


@walled
def test_programs_are_judged_by_the_seeds_tests_and_need_no_reference(server: FakeOpenAI) -> None:
    server.default = programs()
    seed_with_tests()
    run_id = start_run(server.base_url, reference=None, weak_samples=3)
    score_shard(claim(run_id))
    assert read(run_id).state == "finished"
    with session_scope() as session:
        verdict = session.scalars(select(Teachability)).one()
        samples = session.scalars(select(Sample)).all()
        evidence = evidence_of(session, [verdict.revision_id])[verdict.revision_id]
    assert (verdict.key_origin, verdict.reference_answer) == ("tests", "passes all 2 tests")
    assert (verdict.weak[0]["matching"], verdict.weak[0]["total"]) == (2, 3)
    assert verdict.notes == ["reliability: the seed's tests"]
    assert {sample.answer_key for sample in samples} == {None}
    assert sorted(found.answer_key or "" for found in evidence.samples) == [
        "tests:10", "tests:11", "tests:11",
    ]  # fmt: skip


@walled
def test_programs_that_were_stored_and_not_run_are_run_without_being_paid_for_again(
    server: FakeOpenAI,
) -> None:
    server.default = programs()
    seed_with_tests()
    run_id = start_run(server.base_url, reference=None, weak_samples=3)
    score_shard(claim(run_id))
    with session_scope() as session:  # as if the worker had died between the answer and its test
        session.execute(delete(CodeTestRun))
        session.execute(delete(Teachability))
        item = session.scalars(select(RunItem)).one()
        item.state, item.reason = "failed", "the worker died"
        run = read(run_id)
        session.merge(run).seeds_failed = 1
        session.flush()
        control.resume(session, run_id, Budgets())
    score_shard(claim(run_id))
    assert len(server.requests) == read(run_id).calls == 3
    with session_scope() as session:
        assert session.scalars(select(Teachability)).one().weak[0]["matching"] == 2


@walled
def test_tests_that_cannot_be_used_fail_the_seed_with_the_reason_and_ask_no_model(
    server: FakeOpenAI,
) -> None:
    server.default = programs()
    seed_with_tests(["this is no assertion("])
    run_id = start_run(server.base_url, reference=None)
    score_shard(claim(run_id))
    assert not server.requests
    with session_scope() as session:
        reason = session.scalars(select(RunItem.reason)).one()
    assert reason is not None
    assert "tests" in reason


def test_machine_that_may_run_no_programs_says_so_for_each_seed(
    server: FakeOpenAI, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SEEDBED_RUN_CODE", "never")
    settings.cache_clear()
    server.default = programs()
    seed_with_tests()
    run_id = start_run(server.base_url, reference=None)
    score_shard(claim(run_id))
    monkeypatch.undo()
    settings.cache_clear()
    assert not server.requests
    with session_scope() as session:
        assert "SEEDBED_RUN_CODE" in (session.scalars(select(RunItem.reason)).one() or "")
