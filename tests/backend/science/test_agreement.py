import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.science.agreement import (
    cohen_kappa,
    krippendorff_alpha,
    percent_agreement,
    quadratic_weighted_kappa,
    spearman,
)

# Krippendorff's own example (2011): four observers, twelve units, values 1 to 5.
OBSERVERS = [
    [1, 2, 3, 3, 2, 1, 4, 1, 2, None, None, None],
    [1, 2, 3, 3, 2, 2, 4, 1, 2, 5, None, 3],
    [None, 3, 3, 3, 2, 3, 4, 2, 2, 5, 1, None],
    [1, 2, 3, 3, 2, 4, 4, 1, 2, 5, 1, None],
]
UNITS = [list(unit) for unit in zip(*OBSERVERS, strict=True)]
LEVELS = st.lists(st.tuples(st.integers(1, 5), st.integers(1, 5)), min_size=2, max_size=30)


def test_percent_agreement_is_the_share_of_equal_ratings() -> None:
    assert percent_agreement("aabb", "aaba") == 0.75
    assert percent_agreement([], []) is None


def test_cohen_kappa_known_value() -> None:
    # 20 both yes, 15 both no, 5 + 10 disagree: p_o = .7; yes shares 25/50 and 30/50:
    # p_e = .5 * .6 + .5 * .4 = .5; kappa = .2 / .5 = .4.
    first = ["y"] * 25 + ["n"] * 25
    second = ["y"] * 20 + ["n"] * 5 + ["y"] * 10 + ["n"] * 15
    assert cohen_kappa(first, second) == pytest.approx(0.4)


def test_cohen_kappa_without_variation_is_undefined() -> None:
    assert cohen_kappa("aaa", "aaa") is None
    assert cohen_kappa([], []) is None


def test_quadratic_weighted_kappa_known_value() -> None:
    # Squared distances 0, 1, 1, 0: mean .5. All pairs of (1,2,3,4) and (1,3,2,4): 2 * var = 2.5.
    # 1 - .5 / 2.5 = .8.
    assert quadratic_weighted_kappa([1, 2, 3, 4], [1, 3, 2, 4]) == pytest.approx(0.8)
    # Reversed: distances 9, 1, 1, 9, mean 5; 1 - 5 / 2.5 = -1.
    assert quadratic_weighted_kappa([1, 2, 3, 4], [4, 3, 2, 1]) == pytest.approx(-1)
    assert quadratic_weighted_kappa([2, 2], [2, 2]) is None
    assert quadratic_weighted_kappa([], []) is None


def test_spearman_known_values() -> None:
    # Ranks of (10, 20, 30, 40) against (1, 3, 2, 4): 1 - 6 * (1 + 1) / (4 * 15) = .8.
    assert spearman([10, 20, 30, 40], [1, 3, 2, 4]) == pytest.approx(0.8)
    # Ties at their mean rank: (1, 2.5, 2.5) against (1, 2, 3): .75 / sqrt(.75 * 1) = sqrt(3) / 2.
    assert spearman([1, 5, 5], [1, 2, 3]) == pytest.approx(3**0.5 / 2)
    # Only the order counts: one judge counts twice as many steps, and one more.
    assert spearman([1, 2, 9], [3, 5, 19]) == pytest.approx(1)
    assert spearman([2, 2, 2], [1, 2, 3]) is None
    assert spearman([], []) is None


def test_krippendorff_alpha_published_values() -> None:
    assert krippendorff_alpha(UNITS, "nominal") == pytest.approx(0.743, abs=5e-4)
    assert krippendorff_alpha(UNITS, "ordinal") == pytest.approx(0.815, abs=5e-4)


def test_krippendorff_alpha_two_observers_binary_known_value() -> None:
    # Units aa, aa, ab, bb: o_ab = o_ba = 1, n_a = 5, n_b = 3, n = 8.
    # D_o = 2/8; D_e = 2 * 15 / (8 * 7); alpha = 1 - (8 - 1) * 2 / 30 = 8/15.
    assert krippendorff_alpha([[0, 0], [0, 0], [0, 1], [1, 1]], "nominal") == pytest.approx(8 / 15)


@pytest.mark.parametrize("units", [[], [[1]], [[1, None]], [[1, 1], [1, 1]]])
def test_krippendorff_alpha_without_variation_is_undefined(units: list) -> None:
    assert krippendorff_alpha(units, "nominal") is None
    assert krippendorff_alpha(units, "ordinal") is None


@given(LEVELS)
def test_agreement_with_oneself_is_perfect_or_undefined(pairs: list[tuple[int, int]]) -> None:
    ratings = [first for first, _ in pairs]
    assert cohen_kappa(ratings, ratings) in (None, pytest.approx(1))
    assert quadratic_weighted_kappa(ratings, ratings) in (None, pytest.approx(1))
    units = [[rating, rating] for rating in ratings]
    assert krippendorff_alpha(units, "ordinal") in (None, pytest.approx(1))


@given(LEVELS)
def test_agreement_does_not_depend_on_who_is_first(pairs: list[tuple[int, int]]) -> None:
    first, second = (list(ratings) for ratings in zip(*pairs, strict=True))
    swapped = [(b, a) for a, b in pairs]
    assert cohen_kappa(first, second) == pytest.approx(cohen_kappa(second, first))
    assert quadratic_weighted_kappa(first, second) == pytest.approx(
        quadratic_weighted_kappa(second, first)
    )
    assert krippendorff_alpha(pairs, "ordinal") == pytest.approx(
        krippendorff_alpha(swapped, "ordinal")
    )


@pytest.mark.parametrize(
    "measure", [percent_agreement, cohen_kappa, quadratic_weighted_kappa, spearman]
)
def test_agreement_of_unequal_lengths_is_an_error(measure) -> None:
    with pytest.raises(ValueError, match="1 ratings against 2"):
        measure([1], [1, 2])
