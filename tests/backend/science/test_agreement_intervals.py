"""Intervals of kappa and alpha: published values, what is undefined, and what always holds."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.science.agreement import cohen_kappa, krippendorff_alpha
from backend.science.agreement_intervals import alpha_interval, kappa_interval

PAIRS = st.lists(st.tuples(st.integers(1, 3), st.integers(1, 3)), min_size=2, max_size=40)
UNITS = st.lists(st.lists(st.integers(1, 3), max_size=4), max_size=30)


def _from_table(table: list[list[int]]) -> tuple[list[int], list[int]]:
    cells = [(i, j) for i, row in enumerate(table) for j, n in enumerate(row) for _ in range(n)]
    return [i for i, _ in cells], [j for _, j in cells]


def test_kappa_interval_known_value_by_hand() -> None:
    # 20 and 15 alike, 5 and 10 apart, n = 50: kappa .4, p_e .5 (see test_agreement).
    # Rows .5 .5, columns .6 .4. Alike: .4 (1 - 1.1 * .6)² + .3 (1 - .9 * .6)² = .04624 + .06348.
    # Apart: .36 (.1 (.6 + .5)² + .2 (.4 + .5)²) = .36 (.121 + .162) = .10188.
    # Last term (.4 - .5 * .6)² = .01. Sum .2016; SE = sqrt(.2016 / 50) / .5 = .127.
    found = kappa_interval(*_from_table([[20, 5], [10, 15]]))
    assert found == pytest.approx((0.4 - 1.959964 * 0.126996, 0.4 + 1.959964 * 0.126996), abs=1e-5)


def test_kappa_interval_published_value() -> None:
    # Agresti, Categorical Data Analysis, table "Fun" of 91 couples (vcd::SexualFun):
    # kappa .1293 with an asymptotic standard error of .0686.
    table = [[7, 7, 2, 3], [2, 8, 3, 7], [1, 5, 4, 9], [2, 8, 9, 14]]
    first, second = _from_table(table)
    assert cohen_kappa(first, second) == pytest.approx(0.1293, abs=5e-5)
    found = kappa_interval(first, second)
    assert found is not None
    assert (found.high - found.low) / 2 / 1.959964 == pytest.approx(0.0686, abs=5e-5)


def test_kappa_interval_is_undefined_where_all_is_alike_or_nothing_varies() -> None:
    assert kappa_interval("abab", "abab") is None
    assert kappa_interval("aaaa", "aaaa") is None
    assert kappa_interval([], []) is None


def test_kappa_interval_covers_zero_for_raters_by_chance() -> None:
    chance = np.random.default_rng(1)
    first, second = chance.integers(0, 3, 2000).tolist(), chance.integers(0, 3, 2000).tolist()
    found = kappa_interval(first, second)
    assert found is not None
    assert -0.1 < found.low < 0 < found.high < 0.1


def test_alpha_interval_is_that_of_all_draws_told_one_by_one() -> None:
    # Two units, one alike (a, a) and one apart (a, b). Drawn twice: both alike (1/4): undefined;
    # both apart (1/4): D_o = 1, D_e = 2 * 2 * 2 / (4 * 3) -> alpha = 1 - 3/2 = -.5;
    # one of each (1/2): a three times, b once: D_o = 1/2, D_e = 2 * 3 / (4 * 3) -> alpha = 0.
    assert alpha_interval([["a", "a"], ["a", "b"]]) == pytest.approx((-0.5, 0))


def test_alpha_interval_narrows_with_the_units() -> None:
    few = [["a", "a"], ["b", "b"], ["a", "b"], ["b", "b"], ["a", "a"]]
    some, many = alpha_interval(few), alpha_interval(few * 50)
    assert some is not None
    assert many is not None
    assert some.low < many.low < many.high < some.high
    coded = [[float(value == "a") for value in unit] for unit in few * 50]
    alpha = krippendorff_alpha(coded, "nominal")
    assert alpha is not None
    assert many.low < alpha < many.high


def test_alpha_interval_is_undefined_without_variation_or_disagreement() -> None:
    assert alpha_interval([["a", "a"], ["a", "a"]]) is None
    assert alpha_interval([["a", "a"], ["b", "b"]] * 9) is None
    assert alpha_interval([["a"], ["b"]]) is None


@given(PAIRS)
def test_kappa_interval_is_symmetric_and_holds_kappa(pairs: list[tuple[int, int]]) -> None:
    first, second = [a for a, _ in pairs], [b for _, b in pairs]
    found, turned = kappa_interval(first, second), kappa_interval(second, first)
    assert (found is None) == (turned is None)
    if found is not None:
        kappa = cohen_kappa(first, second)
        assert kappa is not None
        assert found == pytest.approx(turned)
        assert -1 <= found.low <= kappa <= found.high <= 1


@given(UNITS)
def test_alpha_interval_does_not_depend_on_order(units: list[list[int]]) -> None:
    found = alpha_interval(units)
    assert found == alpha_interval([unit[::-1] for unit in units])
    if found is not None:
        assert found.low < found.high <= 1
