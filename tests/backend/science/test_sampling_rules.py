"""Rules that decide how many samples a seed is to have: fixed numbers and published votes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.science.answer_keys import AnswerKey
from backend.science.equivalence import equivalent_by_rules
from backend.science.sampling_rules import FixedNumbers, SeedAnswers, class_numbers, vote_rule
from backend.science.stopping import PlannedEndpoint

REFERENCE, SECOND, WEAK, JUDGE = 1, 2, 3, 4
PLAN = [
    PlannedEndpoint(REFERENCE, "reference", 8),
    PlannedEndpoint(SECOND, "second_reference", 2),
    PlannedEndpoint(WEAK, "weak", 16),
    PlannedEndpoint(JUDGE, "judge", 1),
]


def keys(texts: str) -> list[AnswerKey | None]:
    """One key a letter; a dot is a response without an answer."""
    return [None if text == "." else AnswerKey("integer", text) for text in texts]


def said(*, asks_reference: bool = True, **texts: str) -> SeedAnswers:
    names = {"reference": REFERENCE, "weak": WEAK, "second": SECOND}
    heard = {names[name]: keys(text) for name, text in texts.items()}
    return SeedAnswers(heard, equivalent_by_rules, None, asks_reference)


def test_fixed_numbers_are_those_of_the_plan_and_leave_references_alone_without_need() -> None:
    rule = FixedNumbers(PLAN)
    assert rule.wanted(said()).samples == {REFERENCE: 8, SECOND: 2, WEAK: 16, JUDGE: 1}
    assert rule.wanted(said(asks_reference=False)).samples == {WEAK: 16, JUDGE: 1}


def test_adaptive_consistency_asks_for_four_then_for_as_many_as_unanimity_would_need() -> None:
    # First stops at .95: 4 to 0, 6 to 1 (.965), 8 to 2 (.967); arXiv 2305.11860.
    rule = vote_rule("adaptive_consistency", PLAN)
    assert rule.wanted(said()).samples[WEAK] == 4
    assert rule.wanted(said(weak="1111")).samples[WEAK] == 4
    assert rule.wanted(said(weak="1112")).samples[WEAK] == 7
    assert rule.wanted(said(weak="1112112")).samples[WEAK] == 10
    assert rule.wanted(said(weak="12" * 8)).samples[WEAK] == 16


def test_early_stopping_asks_by_windows_until_one_is_unanimous() -> None:
    rule = vote_rule("early_stopping", PLAN)
    assert rule.wanted(said()).samples[WEAK] == 5
    assert rule.wanted(said(weak="11112")).samples[WEAK] == 10
    assert rule.wanted(said(weak="1111222222")).samples[WEAK] == 10
    assert rule.wanted(said(weak="1111." * 3)).samples[WEAK] == 16


@pytest.mark.parametrize("stopping", ["fixed", "adaptive_consistency", "early_stopping"])
@given(st.text("123.", max_size=20))
def test_no_rule_wants_less_than_there_is_nor_more_than_the_cap(stopping: str, heard: str) -> None:
    wanted = vote_rule(stopping, PLAN).wanted(said(weak=heard[:16])).samples[WEAK]  # type: ignore[arg-type]
    assert len(heard[:16]) <= wanted <= 16


def test_class_numbers_count_from_the_largest_class_and_skip_missing_answers() -> None:
    assert class_numbers(keys("27.77"), equivalent_by_rules) == [1, 0, None, 0, 0]
