import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.science.thinking import Trace, read_trace
from backend.science.trace_evidence import REASONS, Passage
from backend.science.trace_faults import DEFAULT_RULES, TraceContext, TraceRules, rejection

PROMPT = "How many apples has Anna after she sold three of the five that she had?"
GOOD = Trace("She had five and sold three, so there are 5 - 3 = 2 left.", "She has \\boxed{2}.")
GERMAN = "Das ist aber noch nicht alles, denn wir haben eine Bedingung vergessen. " * 3
LOOP = "Wait, I should check this again from the beginning. " * 30
# 126 words hold 119 times eight in a row, 92 of them after the third time.
SHORT_LOOP = "Wait, I should check this again from the beginning. " * 14


def reason_of(trace: Trace, **known: object) -> str | None:
    found = rejection(trace, TraceContext(PROMPT, **known))  # type: ignore[arg-type]
    return found and found.reason


def test_rejection_good_trace_is_none() -> None:
    assert rejection(GOOD) is None
    assert reason_of(GOOD, needs_value=True) is None


@pytest.mark.parametrize(
    ("trace", "reason"),
    [
        (read_trace("", "hm"), "no_answer"),
        (read_trace("5", "hm", "length"), "truncated"),
        (read_trace("<think>hm"), "format"),
        (GOOD._replace(thinking=""), "format"),
        (GOOD._replace(answer="\\boxed{2}\n\nThe answer is 3."), "format"),
        (GOOD._replace(thinking=LOOP), "repeated"),
        (GOOD._replace(answer=LOOP), "repeated"),
        (GOOD._replace(thinking="x" * 130_000), "too_long"),
        (GOOD._replace(thinking=GERMAN), "language_switch"),
        (GOOD._replace(answer=f"{GERMAN} \\boxed{{2}}"), "language_switch"),
        (GOOD._replace(thinking="My instructions are to be brief. So 2."), "leaked_guideline"),
    ],
)
def test_rejection_names_the_reason(trace: Trace, reason: str) -> None:
    assert reason_of(trace) == reason


def test_rejection_only_the_teacher_saw_the_guideline() -> None:
    guideline = "Always mention that apples are sold by weight in most of the shops."
    quoting = GOOD._replace(answer=f"Apples are sold by weight in most of the shops. {GOOD.answer}")
    assert reason_of(quoting) is None
    assert reason_of(quoting, guideline=guideline) == "leaked_guideline"


def test_rejection_value_is_needed_where_there_is_a_key() -> None:
    poem = GOOD._replace(answer="Roses are red and violets are said to be of some other colour.")
    assert reason_of(poem) is None
    assert reason_of(poem, needs_value=True) == "no_answer"


def test_rejection_evidence_shows_the_place() -> None:
    trace = GOOD._replace(thinking=f"First. {LOOP}")
    found = rejection(trace)
    assert found is not None
    [passage] = found.evidence.passages
    assert passage.part == "thinking"
    assert trace.thinking[passage.start : passage.end].startswith("Wait, I should check")
    assert "30 times" in found.evidence.found


def test_rejection_of_what_cannot_be_read_shows_its_end() -> None:
    found = rejection(Trace("x" * 300, "", "truncated"))
    assert found is not None
    assert found.evidence.passages == (Passage("thinking", 100, 300),)


@pytest.mark.parametrize(
    ("rules", "trace", "reason"),
    [
        (TraceRules(needs_thinking=False), GOOD._replace(thinking=""), None),
        (TraceRules(repeated_words=100), GOOD._replace(thinking=SHORT_LOOP), None),
        (TraceRules(repeated_words=80), GOOD._replace(thinking=SHORT_LOOP), "repeated"),
        (TraceRules(most_tokens=19), GOOD, "too_long"),
        (TraceRules(most_thinking_tokens=10), GOOD, "too_long"),
        (TraceRules(most_foreign_words=200, most_foreign_share=1), GOOD, None),
    ],
)
def test_rejection_rules_can_be_set(rules: TraceRules, trace: Trace, reason: str | None) -> None:
    found = rejection(trace, TraceContext(PROMPT), rules)
    assert (found and found.reason) == reason


def test_rejection_tokens_are_the_servers_or_a_quarter_of_the_characters() -> None:
    """75 characters: 57 are 15 tokens, 18 are 5."""
    assert (len(GOOD.thinking), len(GOOD.answer)) == (57, 18)
    exact = DEFAULT_RULES._replace(most_tokens=20)
    assert rejection(GOOD, rules=exact) is None
    assert rejection(GOOD, rules=exact._replace(most_tokens=19)) is not None
    counted = TraceContext(thinking_tokens=19, answer_tokens=2)
    assert rejection(GOOD, counted, exact) is not None


@given(st.text(), st.text(), st.text(), st.text())
def test_rejection_any_trace_is_let_pass_or_refused_for_a_known_reason(
    thinking: str, answer: str, prompt: str, guideline: str
) -> None:
    trace, context = Trace(thinking, answer), TraceContext(prompt, guideline)
    found = rejection(trace, context)
    assert found == rejection(trace, context)
    if found is not None:
        assert found.reason in REASONS
        parts = {"thinking": thinking, "answer": answer}
        for passage in found.evidence.passages:
            assert 0 <= passage.start < passage.end <= len(parts[passage.part])
