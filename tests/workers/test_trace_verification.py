"""Each trace is held against its seed's key: kept, or rejected with a reason and what shows it."""

from pathlib import Path

import pytest
from sqlalchemy import select
from tokenizers import Tokenizer
from tokenizers.models import WordLevel
from tokenizers.pre_tokenizers import Whitespace

from backend.database import session_scope
from backend.decontamination.tables import BenchmarkItem
from backend.seeds.tables import Seed
from tests.builders import create_hit, create_seed, create_teachability
from tests.checks import DUCKS, add_benchmark
from tests.scoring_runs import read
from tests.trace_runs import (
    THOUGHT,
    add_sums,
    items,
    start_traces,
    teacher_of,
    thinking_aloud,
    trace,
    traces,
)
from tests.workers.fake_openai import FakeOpenAI, Request, Step, answer
from workers import sandbox

pytestmark = pytest.mark.usefixtures("committed", "woken")


@pytest.fixture(autouse=True)
def _aloud(server: FakeOpenAI) -> None:
    server.default = thinking_aloud


def test_tokens_of_thinking_and_answer_add_up_to_what_was_paid(server: FakeOpenAI) -> None:
    server.default = answer("It is \\boxed{7}.", reasoning=THOUGHT, usage={
        "prompt_tokens": 10, "completion_tokens": 90,
        "completion_tokens_details": {"reasoning_tokens": 70},
    })  # fmt: skip
    add_sums(1)
    trace(start_traces(server.base_url, samples=1))
    [found] = traces()
    assert (found.thinking_tokens, found.answer_tokens) == (70, 20)


def test_tokenizer_of_a_run_counts_and_its_limits_go_by_it(
    server: FakeOpenAI, tmp_path: Path
) -> None:
    made = Tokenizer(WordLevel({"[UNK]": 0}, unk_token="[UNK]"))
    made.pre_tokenizer = Whitespace()  # type: ignore[assignment]
    made.save(str(tmp_path / "tokenizer.json"))
    server.default = answer("It is \\boxed{7}.", reasoning=THOUGHT)
    add_sums(1)
    run_id = start_traces(
        server.base_url, samples=1, tokenizer=str(tmp_path), rules={"most_tokens": 10}
    )
    trace(run_id)
    [found] = traces()
    assert (found.thinking_tokens, found.counted_by) == (19, str(tmp_path))
    assert found.reason == "too_long"


def test_wrong_answers_are_rejected_and_say_what_they_were_held_against(
    server: FakeOpenAI,
) -> None:
    add_sums(2)
    trace(start_traces(server.base_url, model="bad", samples=2))
    assert {(found.state, found.reason) for found in traces()} == {("rejected", "wrong")}
    first = traces()[0]
    assert first.evidence["found"] == "8 differs from 7 (given)"
    assert (first.answer_key, first.reference_key) == ("integer:8", "integer:7")


def test_answer_that_algebra_finds_equal_is_right(server: FakeOpenAI) -> None:
    server.default = answer(r"So it is \boxed{(x+1)^2}.", reasoning=THOUGHT)
    with session_scope() as session:
        create_seed(session, "Expand it.", "x^2 + 2x + 1")
    trace(start_traces(server.base_url, samples=1))
    assert [found.state for found in traces()] == ["kept"]


@pytest.mark.parametrize(
    ("suspect", "states"), [(0.05, ["traced"]), (0.3, ["failed"])], ids=["trusted", "not trusted"]
)
def test_votes_are_a_key_where_the_policy_trusts_them(
    server: FakeOpenAI, suspect: float, states: list[str]
) -> None:
    with session_scope() as session:
        seed = create_seed(session, "What is 35 + 7?")
        create_teachability(session, seed, suspect=suspect, teachable=1 - suspect)
    run_id = start_traces(server.base_url, samples=2)
    trace(run_id)
    assert [state for state, _ in items(run_id)] == states
    if states == ["traced"]:
        assert {(found.state, found.key_origin) for found in traces()} == {("kept", "plurality")}
    else:
        assert items(run_id)[0][1] == (
            "the votes' answer is right with probability 0.70, and 0.90 is asked"
        )
        assert server.requests == []


def test_seed_without_any_key_fails_and_nothing_is_paid(server: FakeOpenAI) -> None:
    with session_scope() as session:
        create_seed(session, "Why did the market fall?")
        create_seed(session, "Why did it rise?", "because all of the buyers came back")
    run_id = start_traces(server.base_url)
    trace(run_id)
    run = read(run_id)
    assert (run.state, run.seeds_failed, run.calls) == ("finished", 2, 0)
    assert server.requests == traces() == []
    reasons = [reason or "" for _, reason in items(run_id)]
    assert reasons[0].startswith("there is no answer to verify against")
    assert reasons[1].startswith("its answer is in free words")


ENDLESS = "Let me think about it. " * 90_000  # 2 MB
MUCH = {"prompt_tokens": 10, "completion_tokens": 500_000}
GERMAN = (
    "Zuerst addiere ich die beiden Zahlen, und dann prüfe ich, ob die Summe wirklich richtig ist. "
    "Das ist nicht schwer, weil beide Zahlen klein sind und man sie im Kopf addieren kann."
)


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        pytest.param(answer(""), "no_answer", id="nothing"),
        pytest.param(answer(None, reasoning=THOUGHT), "no_answer", id="thinking alone"),
        pytest.param(answer("No idea!", reasoning=THOUGHT), "wrong", id="no value"),
        pytest.param(answer("...", reasoning=THOUGHT), "no_answer", id="punctuation"),
        pytest.param(answer(r"\boxed{7}"), "format", id="no thinking"),
        pytest.param(answer(ENDLESS + r"\boxed{7}"), "too_long", id="2 MB of text"),
        pytest.param(
            answer(r"\boxed{7}", reasoning=ENDLESS, usage=MUCH), "too_long", id="2 MB of thinking"
        ),
        pytest.param(answer(f"<think>{THOUGHT} \\boxed{{7}}"), "format", id="unclosed tag"),
        pytest.param(
            answer(f"<think>{THOUGHT}", finish_reason="length"), "truncated", id="cut off"
        ),
        pytest.param(
            answer(f"```\n<think>{THOUGHT}</think>\n```\n\\boxed{{7}}"), "format", id="tags in code"
        ),
        pytest.param(
            answer("It is \x00 \\boxed{7}.", reasoning=f"{THOUGHT}\x00"),
            None,
            id="no text for a database",
        ),
    ],
)
def test_whatever_a_teacher_sends_ends_as_a_trace_with_a_reason(
    server: FakeOpenAI, said: Step, reason: str | None
) -> None:
    server.default = said
    add_sums(1)
    run_id = start_traces(server.base_url, samples=1)
    trace(run_id)
    assert [found.reason for found in traces()] == [reason]
    assert items(run_id) == [("traced", None)]


def test_thinking_in_another_language_is_rejected(server: FakeOpenAI) -> None:
    server.default = answer(r"Die Antwort ist \boxed{7}.", reasoning=GERMAN)
    with session_scope() as session:
        create_seed(
            session, "What is the sum of the two numbers that are written here: 0 and 7?", "7"
        )
    trace(start_traces(server.base_url, samples=1))
    assert [found.reason for found in traces()] == ["language_switch"]


def test_trace_that_quotes_a_benchmark_is_rejected_unless_its_seed_was_let_through(
    server: FakeOpenAI,
) -> None:
    server.default = answer(r"It is \boxed{7}.", reasoning=f"{THOUGHT} I know this one: {DUCKS}")
    add_sums(1)
    with session_scope() as session:
        add_benchmark(session, DUCKS)
    run_id = start_traces(server.base_url, samples=1)
    trace(run_id)
    [found] = traces()
    assert (found.reason, found.evidence["found"]) == (
        "contaminated", "holds an item of gsm8k 1 test 0",
    )  # fmt: skip
    [passage] = found.evidence["passages"]
    assert passage["part"] == "thinking"
    thinking = f"{THOUGHT} I know this one: {DUCKS}"
    assert thinking[passage["start"] : passage["end"]] == DUCKS.rstrip("?")
    with session_scope() as session:
        item_id = session.scalars(select(BenchmarkItem.id)).one()
        seed = session.scalars(select(Seed)).one()
        hit = create_hit(session, seed, state="dismissed")
        hit.item_id = item_id
    again = start_traces(server.base_url, samples=1, teacher_endpoint_id=teacher_of(run_id))
    trace(again)
    assert [(found.state, found.run_id) for found in traces()] == [("kept", again)]
    assert read(again).calls == 0


@pytest.mark.skipif(sandbox.isolation() != "namespaces", reason="no namespaces here")
def test_programs_are_verified_by_their_seeds_tests(server: FakeOpenAI) -> None:
    bodies = iter(["a + b", "3", "a + b"])

    def programs(_: Request) -> Step:
        program = f"```python\ndef add(a, b):\n    return {next(bodies)}\n```"
        return answer(f"Here it is.\n{program}", reasoning=THOUGHT)

    server.default = programs
    with session_scope() as session:
        tests = ["assert add(1, 2) == 3", "assert add(2, 2) == 4"]
        create_seed(session, "Write add(a, b).", extra={"tests": tests})
    run_id = start_traces(server.base_url, samples=3)
    trace(run_id)
    found = traces()
    assert {trace.key_origin for trace in found} == {"tests"}
    assert sorted((trace.reason or "", trace.answer_key) for trace in found) == [
        ("", "tests:11"), ("", "tests:11"), ("wrong", "tests:10"),
    ]  # fmt: skip
    assert items(run_id) == [("traced", None)]
