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


WANTED = {1: 2, 2: 3, 3: 1}


def _state(*answered: Call, **calls: set[Call]) -> SeedState:
    answers = dict.fromkeys(answered, FIVE)
    return SeedState(answers, calls.get("open", set()), calls.get("failed", set()))


def test_next_calls_of_a_new_seed_are_all_that_is_wanted() -> None:
    assert next_calls(_state(), WANTED) == [
        Call(1, 0), Call(1, 1), Call(2, 0), Call(2, 1), Call(2, 2), Call(3, 0),
    ]  # fmt: skip


def test_next_calls_repeat_nothing_that_is_stored_or_open() -> None:
    state = _state(Call(1, 1), Call(2, 0), open={Call(2, 1)})
    assert next_calls(state, WANTED) == [Call(1, 0), Call(2, 2), Call(3, 0)]


def test_next_calls_ask_no_more_of_an_endpoint_that_has_failed() -> None:
    assert next_calls(_state(failed={Call(2, 1), Call(3, 0)}), WANTED) == [Call(1, 0), Call(1, 1)]


def test_seed_is_complete_when_all_calls_were_made() -> None:
    first = next_calls(_state(), WANTED)
    assert next_calls(_state(*first), WANTED) == []


def test_lacking_names_weak_models_and_a_needed_reference_that_failed_but_no_judge() -> None:
    failed = {Call(1, 0), Call(2, 0), Call(3, 0)}
    assert lacking(_state(failed=failed), PLAN, has_answer=False) == [1, 2]
    assert lacking(_state(failed=failed), PLAN, has_answer=True) == [2]
    assert lacking(_state(Call(1, 1), Call(2, 2), failed=failed), PLAN, has_answer=False) == []


def test_lacking_does_not_miss_what_was_never_asked() -> None:
    # A reference that ties leaves no key: the weak model is not asked in vain.
    assert lacking(_state(Call(1, 0), Call(1, 1)), PLAN, has_answer=False) == []
