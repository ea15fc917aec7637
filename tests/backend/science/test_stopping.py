import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.science.answer_keys import AnswerKey
from backend.science.stopping import (
    Call,
    PlannedEndpoint,
    SeedState,
    lacking,
    missing_samples,
    next_calls,
)


def test_missing_samples_are_the_gaps_below_what_is_wanted() -> None:
    assert missing_samples(5, [3, 0, 7]) == [1, 2, 4]
    assert missing_samples(2, [0, 1]) == []
    assert missing_samples(0, []) == []


def test_missing_samples_negative_wish_is_an_error() -> None:
    with pytest.raises(ValueError, match="wanted"):
        missing_samples(-1, [])


@given(st.integers(0, 50), st.sets(st.integers(0, 80)))
def test_missing_samples_with_the_present_ones_are_complete(wanted: int, have: set[int]) -> None:
    missing = missing_samples(wanted, have)
    assert not have & set(missing)
    assert have | set(missing) >= set(range(wanted))
    assert missing == sorted(missing)


PLAN = [
    PlannedEndpoint(1, "reference", 2),
    PlannedEndpoint(2, "weak", 3),
    PlannedEndpoint(3, "judge", 1),
]
FIVE = AnswerKey("integer", "5")


def _state(*answered: Call, asks_reference: bool = True, **calls: set[Call]) -> SeedState:
    answers = dict.fromkeys(answered, FIVE)
    return SeedState(asks_reference, answers, calls.get("open", set()), calls.get("failed", set()))


def test_next_calls_of_a_new_seed_are_the_whole_plan() -> None:
    assert next_calls(_state(), PLAN) == [
        Call(1, 0), Call(1, 1), Call(2, 0), Call(2, 1), Call(2, 2), Call(3, 0),
    ]  # fmt: skip


def test_next_calls_leave_the_reference_alone_where_the_answer_is_given() -> None:
    calls = next_calls(_state(asks_reference=False), PLAN)
    assert {call.endpoint for call in calls} == {2, 3}


def test_next_calls_repeat_nothing_that_is_stored_open_or_failed() -> None:
    state = _state(Call(1, 1), Call(2, 0), open={Call(2, 1)}, failed={Call(3, 0)})
    assert next_calls(state, PLAN) == [Call(1, 0), Call(2, 2)]


def test_seed_is_complete_when_all_calls_were_made() -> None:
    first = next_calls(_state(), PLAN)
    assert next_calls(_state(*first), PLAN) == []


def test_lacking_names_weak_models_and_a_needed_reference_but_no_judge() -> None:
    assert lacking(_state(), PLAN, has_answer=False) == [1, 2]
    assert lacking(_state(), PLAN, has_answer=True) == [2]
    assert lacking(_state(Call(1, 1), Call(2, 2)), PLAN, has_answer=False) == []
