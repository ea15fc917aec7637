from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.science.raters import confusion, consensus, group_agreement, pair_agreement

RATINGS = st.dictionaries(st.integers(1, 20), st.integers(1, 5))


def test_pair_agreement_known_values_on_the_common_items() -> None:
    # Items 1 to 4 are common: (1,2,3,4) against (1,3,2,4). Alike in 2 of 4; kappa 1 - .5 / 2.5;
    # ranks give 1 - 6 * 2 / 60; the differences add up to 0.
    found = pair_agreement({1: 1, 2: 2, 3: 3, 4: 4, 5: 5}, {4: 4, 3: 2, 2: 3, 1: 1, 6: 1})
    assert found.items == 4
    assert found.percent == 0.5
    assert found.kappa == pytest.approx(0.8)
    assert found.spearman == pytest.approx(0.8)
    assert found.mean_difference == 0


def test_pair_agreement_of_one_who_counts_more_shows_in_kappa_and_not_in_the_order() -> None:
    # Twice as many steps: d = 1, 2, 3, mean d² = 14/3; variances 2/3 and 8/3, means 2 and 4:
    # kappa = 1 - (14/3) / (2/3 + 8/3 + 4) = 4/11.
    found = pair_agreement({1: 2, 2: 4, 3: 6}, {1: 1, 2: 2, 3: 3})
    assert found.kappa == pytest.approx(4 / 11)
    assert found.spearman == pytest.approx(1)
    assert found.mean_difference == 2
    assert found.percent == 0


def test_pair_without_common_items_is_undefined_and_never_zero() -> None:
    assert pair_agreement({1: 3}, {2: 3}) == (0, None, None, None, None)


def test_pair_without_variation_has_no_kappa_though_all_are_alike() -> None:
    found = pair_agreement({1: 5, 2: 5}, {1: 5, 2: 5})
    assert (found.percent, found.kappa, found.spearman) == (1, None, None)


def test_group_agreement_is_krippendorffs_published_value() -> None:
    # Krippendorff (2011): four observers, twelve units; ordinal alpha .815. Unit 12 has one rating.
    observers = ["123321412...", "1233224125.3", ".3332342251.", "12332441251."]
    raters = [
        {unit: int(value) for unit, value in enumerate(row) if value != "."} for row in observers
    ]
    found = group_agreement(raters)
    assert found.items == 11
    assert found.alpha == pytest.approx(0.815, abs=5e-4)


def test_group_of_one_is_undefined() -> None:
    assert group_agreement([{1: 2, 2: 3}]) == (0, None)
    assert group_agreement([]) == (0, None)


def test_consensus_is_the_lower_median() -> None:
    assert consensus([{1: 2, 2: 4}, {1: 5}, {1: 3, 3: 1}]) == {1: 3, 2: 4, 3: 1}
    assert consensus([{1: 2}, {1: 5}]) == {1: 2}


def test_confusion_counts_pairs_of_ratings() -> None:
    assert confusion({1: 2, 2: 2, 3: 4}, {1: 3, 2: 3, 3: 4, 4: 1}) == {(2, 3): 2, (4, 4): 1}


@given(RATINGS, RATINGS)
def test_pair_agreement_is_symmetric_but_for_the_sign(
    first: dict[int, int], second: dict[int, int]
) -> None:
    one, other = pair_agreement(first, second), pair_agreement(second, first)
    assert (one.items, one.percent) == (other.items, other.percent)
    assert one.kappa == pytest.approx(other.kappa)
    assert one.spearman == pytest.approx(other.spearman)
    if one.items:
        assert one.mean_difference == pytest.approx(-other.mean_difference)
    assert confusion(first, second).total() == one.items
    assert Counter({(b, a): n for (a, b), n in confusion(first, second).items()}) == confusion(
        second, first
    )


@given(RATINGS)
def test_pair_of_a_rater_with_itself_agrees_fully(ratings: dict[int, int]) -> None:
    found = pair_agreement(ratings, ratings)
    assert found.percent in (None, 1)
    assert found.kappa in (None, pytest.approx(1))
    assert found.mean_difference in (None, 0)
