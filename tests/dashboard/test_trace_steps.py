"""A thinking cut into steps: nothing is lost, tokens add up, marks stay where they were."""

from hypothesis import given
from hypothesis import strategies as st

from dashboard.rows import Passage
from dashboard.trace_charts import kept_bars, outcome_bars, outcome_rows
from dashboard.trace_steps import LONGEST_STEP, MARK, STEP_LENGTH, steps_of
from tests.dashboard.fake_trace_routes import summary

TEXTS = st.lists(
    st.sampled_from(["one line\n", "\n", "```\n", "word " * 60, "\r\n", "\u2028", "x" * 4000])
).map("".join)


@given(TEXTS, st.integers(0, 10**6))
def test_steps_are_the_whole_thinking_in_order(thinking: str, tokens: int) -> None:
    steps = steps_of(thinking, tokens)
    assert "".join(step.text for step in steps) == thinking
    assert all(step.text and step.parts is None for step in steps)
    ends = [step.end for step in steps]
    assert ends == sorted(ends)
    assert not steps or ends[-1] == tokens


@given(TEXTS, st.integers(0, 5000), st.integers(0, 5000))
def test_marks_cover_what_the_passage_covers(thinking: str, one: int, other: int) -> None:
    start, end = sorted((one, other))
    passage: Passage = {"part": "thinking", "start": start, "end": end}
    parts = [
        part
        for step in steps_of(thinking, 10, [passage])
        for part in step.parts or [(step.text, "")]
    ]
    assert "".join(text for text, mark in parts if mark == MARK) == thinking[start:end]


def test_paragraphs_are_gathered_and_not_cut() -> None:
    paragraph = "a" * 400 + "\n\n"
    steps = steps_of(paragraph * 5, 100)
    assert [step.text for step in steps] == [paragraph * 2, paragraph * 2, paragraph]
    assert [step.end for step in steps] == [40, 80, 100]
    assert len(paragraph * 3) > STEP_LENGTH


def test_code_stays_in_one_step_and_endless_lines_are_cut() -> None:
    code = "```\n" + "a = 1\n\n" * 300 + "```\n"
    assert [step.text for step in steps_of(f"Before.\n\n{code}\nAfter.", 9)][1] == code + "\n"
    assert [len(step.text) for step in steps_of("x" * (2 * LONGEST_STEP + 5), 9)] == [
        LONGEST_STEP, LONGEST_STEP, 5,
    ]  # fmt: skip


def test_answers_passages_mark_nothing_in_the_thinking() -> None:
    passage: Passage = {"part": "answer", "start": 0, "end": 3}
    assert [step.parts for step in steps_of("thinking", 3, [passage])] == [None]


def test_outcomes_are_the_kept_ones_and_then_reasons_in_words() -> None:
    rows = outcome_rows(summary(1))  # type: ignore[arg-type]
    assert [(row["outcome"], row["label"]) for row in rows] == [
        ("kept", "89 (65.4%)"), ("wrong answer", "31 (22.8%)"), ("repeats itself", "9 (6.6%)"),
        ("too long", "5 (3.7%)"), ("another language", "2 (1.5%)"),
    ]  # fmt: skip
    assert outcome_bars(summary(1)).to_dict()  # type: ignore[arg-type]
    assert kept_bars(summary(1)["kept_per_seed"]).to_dict()
