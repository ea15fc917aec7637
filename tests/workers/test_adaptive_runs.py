"""Runs that stop when a verdict is settled, ask where it pays, and compare answers by algebra."""

import json
import re
from collections import Counter
from collections.abc import Callable

import pytest
from sqlalchemy import select

from backend.database import session_scope
from backend.runs import control
from backend.runs.schemas import Budgets
from backend.runs.service import run_out
from backend.runs.tables import Run, RunItem
from backend.scoring.tables import AnswerEquivalence, Sample, Teachability
from tests.builders import create_seed
from tests.scoring_runs import claim, read, start_run, sums
from tests.workers.fake_openai import FakeOpenAI, Request, Step, answer
from workers.tasks.scoring import score_shard

pytestmark = pytest.mark.usefixtures("committed", "woken")


def seeds(count: int, *, first: int = 0, given: bool = False, domain: str | None = None) -> None:
    with session_scope() as session:
        for n in range(first, first + count):
            create_seed(
                session, f"What is {n} + 7?", str(n + 7) if given else None,
                external_id=str(n), domain=domain,
            )  # fmt: skip


def alternating(*, period: int = 2) -> Callable[[Request], Step]:
    """Model `half` is right on every other call about a prompt; the others as in `sums`."""
    asked: Counter[str] = Counter()

    def script(request: Request) -> Step:
        if request.body["model"] != "half":
            return sums(request)
        asked[request.prompt] += 1
        first, second = re.findall(r"\d+", request.prompt)[:2]
        wrong = asked[request.prompt] % period == 0
        return answer(f"\\boxed{{{int(first) + int(second) + wrong}}}")

    return script


def samples_of(role: str) -> Counter[int]:
    with session_scope() as session:
        run = session.scalars(select(Run).order_by(Run.id.desc()).limit(1)).one()
        entries = run.settings["line_up"]
        number = next(entry["endpoint_id"] for entry in entries if entry["role"] == role)
        rows = session.scalars(select(Sample.revision_id).where(Sample.endpoint_id == number))
        return Counter(rows)


def test_easy_seed_gets_few_answers_and_a_verdict(server: FakeOpenAI) -> None:
    server.default = sums
    seeds(3)
    run_id = start_run(server.base_url, stopping="adaptive")
    score_shard(claim(run_id))
    assert read(run_id).state == "finished"
    with session_scope() as session:
        assert set(session.scalars(select(Teachability.verdict))) == {"easy"}
    assert all(2 <= count <= 8 for count in samples_of("reference").values())
    assert all(2 <= count < 16 for count in samples_of("weak").values())
    assert len(server.requests) == read(run_id).calls < 3 * (8 + 32) / 2


def test_seed_that_is_hard_to_tell_gets_more_answers_than_one_that_is_not(
    server: FakeOpenAI,
) -> None:
    easy_then_half = alternating(period=4)  # right three times of four: at the edge of the band
    seeds(2, given=True)

    def script(request: Request) -> Step:
        edge = request.prompt.count("What is 1 +")
        return easy_then_half(request) if edge else answer("\\boxed{7}")

    server.default = script
    run_id = start_run(server.base_url, weak="half", reference=None, stopping="adaptive")
    score_shard(claim(run_id))
    easy, edge = sorted(samples_of("weak").items())
    assert edge[1] > easy[1]


def test_budget_gives_every_seed_its_first_answers_before_any_gets_more(
    server: FakeOpenAI,
) -> None:
    server.default = alternating(period=4)
    seeds(6, given=True)
    run_id = start_run(
        server.base_url, weak="half", reference=None, stopping="adaptive", max_calls=20
    )
    score_shard(claim(run_id))
    run = read(run_id)
    assert (run.state, run.note) == ("stopped", "budget")
    assert run.calls <= 20
    weak = samples_of("weak")
    assert len(weak) == 6
    assert min(weak.values()) >= 2
    with session_scope() as session:
        verdicts = session.scalars(select(Teachability)).all()
        waiting = session.scalars(select(RunItem.worth).where(RunItem.state == "pending")).all()
        shown = run_out(session, read(run_id))
    assert len(verdicts) == 6
    assert all(worth is not None and worth > 0 for worth in waiting)
    assert shown.seeds_waiting == len(waiting) == 6 - run.seeds_scored > 0


def test_verdicts_of_a_run_that_its_budget_ended_rest_on_all_gold_seeds(
    server: FakeOpenAI,
) -> None:
    server.default = alternating(period=4)
    seeds(4, given=True, domain="sums")
    seeds(3, first=10, domain="sums")
    run_id = start_run(
        server.base_url, weak="half", stopping="adaptive", calibration_seeds=4, max_calls=32
    )
    score_shard(claim(run_id))
    assert read(run_id).state == "stopped"
    with session_scope() as session:
        voted = session.scalars(
            select(Teachability.notes).where(Teachability.key_origin == "plurality")
        ).all()
    assert len(voted) == 3
    assert {notes[0] for notes in voted} == {"reliability: fitted on 4 gold seeds"}


def test_waiting_seeds_go_on_when_the_budget_is_raised_and_nothing_is_asked_twice(
    server: FakeOpenAI,
) -> None:
    server.default = alternating(period=4)
    seeds(6, given=True)
    run_id = start_run(
        server.base_url, weak="half", reference=None, stopping="adaptive", max_calls=16
    )
    score_shard(claim(run_id))
    with session_scope() as session:
        control.resume(session, run_id, Budgets(max_calls=1000))
    score_shard(claim(run_id))
    run = read(run_id)
    assert (run.state, run.seeds_scored) == ("finished", 6)
    assert len(server.requests) == run.calls


def test_doubtful_key_is_put_to_the_second_reference(server: FakeOpenAI) -> None:
    server.default = sums  # the weak model never agrees with the reference
    seeds(2)
    run_id = start_run(server.base_url, weak="bad", second_reference="good", stopping="adaptive")
    score_shard(claim(run_id))
    assert set(samples_of("second_reference").values()) == {2}
    with session_scope() as session:
        alone = session.scalars(select(Teachability.reliability)).all()
    assert min(alone) > 0.8


def test_trusted_key_needs_no_second_reference(server: FakeOpenAI) -> None:
    server.default = sums
    seeds(2)
    score_shard(claim(start_run(server.base_url, second_reference="good", stopping="adaptive")))
    assert not samples_of("second_reference")


def test_answers_that_only_algebra_can_join_are_one_class_and_their_comparison_is_kept(
    server: FakeOpenAI,
) -> None:
    forms = ["x^2-1", "(x-1)(x+1)", "x^2-1", "3"]
    calls: Counter[str] = Counter()

    def script(request: Request) -> Step:
        model = request.body["model"]
        calls[model] += 1
        return answer(f"\\boxed{{{forms[(calls[model] - 1) % 4]}}}")

    server.default = script
    with session_scope() as session:
        create_seed(session, "Expand (x-1)(x+1).", None)
    run_id = start_run(server.base_url, stopping="fixed", reference_samples=4, weak_samples=4)
    score_shard(claim(run_id))
    with session_scope() as session:
        verdict = session.scalars(select(Teachability)).one()
        pairs = session.scalars(select(AnswerEquivalence)).all()
    assert verdict.plurality["share"] == 0.75
    assert verdict.weak[0]["matching"] == 3
    assert sorted(pair.equivalent for pair in pairs) == [False, False, True]
    assert {pair.decided_by for pair in pairs} == {"algebra"}


RISING = [
    "because the demand grew faster",
    "the demand was growing faster",
    "it was the weather then",
]


def in_free_words(*, judge: str = "same") -> Callable[[Request], Step]:
    """Answers in sentences; the judge holds the first two for the same."""
    calls: Counter[str] = Counter()

    def script(request: Request) -> Step:
        model = request.body["model"]
        if model != "judge":
            calls[model] += 1
            return answer(f"### Answer: {RISING[(calls[model] - 1) % 3]}")
        if "Two answers to one problem" not in request.prompt:
            return sums(request)
        same = sum(text in request.prompt for text in RISING[:2]) == 2
        return answer(json.dumps({"same": same, "reason": "So."}))

    return script


def test_answers_in_free_words_are_joined_by_the_judge_and_each_pair_is_paid_for_once(
    server: FakeOpenAI,
) -> None:
    server.default = in_free_words()
    with session_scope() as session:
        create_seed(session, "Why did prices rise?", None)
    run_id = start_run(
        server.base_url, judge="judge", stopping="fixed", reference_samples=3, weak_samples=3
    )
    score_shard(claim(run_id))
    run = read(run_id)
    with session_scope() as session:
        verdict = session.scalars(select(Teachability)).one()
        pairs = session.scalars(select(AnswerEquivalence)).all()
    assert [found["count"] for found in verdict.plurality["classes"]] == [2, 1]
    assert verdict.weak[0]["matching"] == 2
    assert {pair.decided_by for pair in pairs} == {"judge"} or len(pairs) >= 2
    assert all(pair.sample_id is not None for pair in pairs)
    asked = [request for request in server.requests if "Two answers" in request.prompt]
    assert run.calls == len(server.requests) == 3 + 3 + 1 + len(asked)
    assert len({request.prompt for request in asked}) == len(asked)


def test_budget_that_ends_between_judged_pairs_goes_on_with_the_rest_when_raised(
    server: FakeOpenAI,
) -> None:
    server.default = in_free_words()
    with session_scope() as session:
        create_seed(session, "Why did prices rise?", None)
    run_id = start_run(
        server.base_url, judge="judge", stopping="fixed", reference_samples=3, weak_samples=3,
        max_calls=8,
    )  # fmt: skip
    score_shard(claim(run_id))
    assert (read(run_id).state, read(run_id).calls) == ("stopped", 8)
    with session_scope() as session:
        control.resume(session, run_id, Budgets(max_calls=100))
    score_shard(claim(run_id))
    assert (read(run_id).state, read(run_id).calls) == ("finished", len(server.requests))
    with session_scope() as session:
        verdict = session.scalars(select(Teachability)).one()
    assert [found["count"] for found in verdict.plurality["classes"]] == [2, 1]


@pytest.mark.parametrize("stopping", ["adaptive_consistency", "early_stopping"])
def test_published_rules_can_be_chosen_and_stop_at_unanimity(
    server: FakeOpenAI, stopping: str
) -> None:
    server.default = sums
    seeds(2)
    run_id = start_run(server.base_url, stopping=stopping)
    score_shard(claim(run_id))
    expected = {"adaptive_consistency": 4, "early_stopping": 5}[stopping]
    assert set(samples_of("weak").values()) == set(samples_of("reference").values()) == {expected}
    assert read(run_id).calls == 2 * 2 * expected


def test_gold_seeds_are_asked_as_if_their_answer_were_not_known(server: FakeOpenAI) -> None:
    server.default = sums
    seeds(4, given=True, domain="sums")
    seeds(1, first=9, domain="sums")
    run_id = start_run(server.base_url, stopping="adaptive", calibration_seeds=4)
    score_shard(claim(run_id))
    assert len(set(samples_of("reference").values())) == 1
    assert len(samples_of("reference")) == 5
