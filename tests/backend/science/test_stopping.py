import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.science.stopping import missing_samples


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
