"""Agreement on categories: known values, and what always holds."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.science.nominal_raters import compare_all, compare_pair, with_others

RATINGS = st.dictionaries(st.integers(1, 30), st.sampled_from(["accept", "reject", "rewrite"]))


def test_pair_known_values_on_the_common_items() -> None:
    # Items 1 to 4: (a, a, b, b) against (a, b, b, b): 3 of 4 alike, p_e = .5 * .25 + .5 * .75 = .5.
    first = {1: "a", 2: "a", 3: "b", 4: "b", 5: "a"}
    second = {4: "b", 3: "b", 2: "b", 1: "a", 6: "a"}
    found = compare_pair(first, second)
    assert (found.items, found.percent, found.kappa) == (4, 0.75, pytest.approx(0.5))
    assert found.interval is not None


def test_pair_without_common_items_is_undefined_and_never_zero() -> None:
    assert compare_pair({1: "a"}, {2: "a"}) == (0, None, None, None)


def test_all_together_known_value() -> None:
    # Three units of two: aa, ab, bb. Coincidences aa 2, bb 2, ab 1, ba 1; D_o = 2, totals 3 and 3,
    # D_e = 18 / 5 = 3.6: alpha = 1 - 2 / 3.6. The fourth has one rating and is left out.
    raters = [{1: "a", 2: "a", 3: "b", 4: "a"}, {1: "a", 2: "b", 3: "b"}]
    found = compare_all(raters)
    assert (found.items, found.alpha) == (3, pytest.approx(1 - 2 / 3.6))


def test_with_others_counts_each_comparison() -> None:
    # Item 1: a, a, b. Item 2: the first alone.
    found = with_others({7: {1: "a", 2: "a"}, 8: {1: "a"}, 9: {1: "b"}})
    assert found == {7: (1, 2), 8: (1, 2), 9: (0, 2)}


def test_raters_by_chance_agree_about_as_chance_would() -> None:
    chance = np.random.default_rng(3)
    raters = [dict(enumerate(chance.integers(0, 3, 3000).tolist())) for _ in range(3)]
    found = compare_all(raters)
    assert found.alpha == pytest.approx(0, abs=0.03)
    assert compare_pair(raters[0], raters[1]).kappa == pytest.approx(0, abs=0.05)


@given(RATINGS, RATINGS)
def test_pair_is_symmetric(first: dict[int, str], second: dict[int, str]) -> None:
    one, other = compare_pair(first, second), compare_pair(second, first)
    assert one[:3] == pytest.approx(other[:3])
    assert one.interval == (other.interval and pytest.approx(other.interval))


@given(RATINGS)
def test_rater_agrees_fully_with_itself(ratings: dict[int, str]) -> None:
    found = compare_pair(ratings, ratings)
    assert found.percent in (None, 1)
    assert found.kappa in (None, pytest.approx(1))
    assert found.interval is None
    together = compare_all([ratings, ratings])
    assert together.alpha in (None, pytest.approx(1))
    assert together.interval is None


@given(st.lists(RATINGS, max_size=4))
def test_comparisons_are_counted_from_both_sides(ratings: list[dict[int, str]]) -> None:
    found = with_others(dict(enumerate(ratings)))
    assert sum(each.compared for each in found.values()) % 2 == 0
    assert all(0 <= each.alike <= each.compared for each in found.values())
