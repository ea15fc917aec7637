import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.science.statistics import (
    auc,
    brier,
    expected_calibration_error,
    jeffreys_interval,
    log_loss,
    reliability_diagram,
    wilson_interval,
)

COUNTS = st.integers(1, 200).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))


# The method's table, E.3.
@pytest.mark.parametrize(
    ("successes", "trials", "wilson", "jeffreys"),
    [
        (4, 8, (0.215, 0.785), (0.199, 0.801)),
        (0, 8, (0.000, 0.324), (0.000, 0.262)),
        (8, 8, (0.676, 1.000), (0.738, 1.000)),
    ],
)
def test_intervals_have_the_published_values(
    successes: int, trials: int, wilson: tuple, jeffreys: tuple
) -> None:
    assert wilson_interval(successes, trials) == pytest.approx(wilson, abs=5e-4)
    assert jeffreys_interval(successes, trials) == pytest.approx(jeffreys, abs=5e-4)


def test_wilson_interval_of_half_of_thirty_two() -> None:
    assert wilson_interval(16, 32) == pytest.approx((0.336, 0.664), abs=5e-4)


@pytest.mark.parametrize("interval", [wilson_interval, jeffreys_interval])
def test_interval_without_trials_is_everything(interval) -> None:
    assert interval(0, 0) == (0, 1)


@pytest.mark.parametrize("interval", [wilson_interval, jeffreys_interval])
@pytest.mark.parametrize(("successes", "trials"), [(-1, 3), (4, 3)])
def test_interval_impossible_counts_are_an_error(interval, successes: int, trials: int) -> None:
    with pytest.raises(ValueError, match="successes"):
        interval(successes, trials)


@given(COUNTS)
def test_intervals_hold_the_share_and_mirror(counts: tuple[int, int]) -> None:
    successes, trials = counts
    for interval in (wilson_interval, jeffreys_interval):
        low, high = interval(successes, trials)
        assert 0 <= low <= successes / trials <= high <= 1
        mirrored = interval(trials - successes, trials)
        assert mirrored == pytest.approx((1 - high, 1 - low), abs=1e-9)


def test_brier_is_the_mean_squared_distance() -> None:
    # (.2² + .5² + .9²) / 3 = (.04 + .25 + .81) / 3
    assert brier([0.8, 0.5, 0.9], [True, True, False]) == pytest.approx(1.1 / 3)
    assert brier([], []) is None


def test_auc_counts_pairs_and_halves_ties() -> None:
    # Pairs (true, false): .9>.4, .9>.6, .6>.4 are right, .6=.6 is half: 3.5 of 4.
    assert auc([0.9, 0.6, 0.6, 0.4], [True, True, False, False]) == pytest.approx(3.5 / 4)
    assert auc([0.1, 0.2], [True, True]) is None


def test_expected_calibration_error_weighs_bins_by_size() -> None:
    # Bin .9: mean .95, 1 of 2 true, gap .45; bin .1: .1, 0 of 1 true, gap .1; (2*.45 + .1) / 3.
    error = expected_calibration_error([0.95, 0.95, 0.1], [True, False, False])
    assert error == pytest.approx(1.0 / 3)
    assert expected_calibration_error([1.0, 0.0], [True, False]) == 0
    assert expected_calibration_error([], []) is None


@pytest.mark.parametrize("measure", [brier, auc, expected_calibration_error])
def test_measure_of_unequal_lengths_is_an_error(measure) -> None:
    with pytest.raises(ValueError, match="1 values for 2 outcomes"):
        measure([0.5], [True, False])


def test_reliability_diagram_bins_lie_where_their_members_are() -> None:
    points = reliability_diagram([0.1, 0.15, 0.9, 1.0], [False, True, True, True])
    assert [point.size for point in points] == [2, 2]
    assert points[0][:2] == pytest.approx((0.125, 0.5))
    assert points[1][:2] == pytest.approx((0.95, 1.0))
    assert points[0][2:4] == wilson_interval(1, 2)


@given(st.lists(st.tuples(st.floats(0, 1), st.booleans()), min_size=1, max_size=50))
def test_reliability_diagram_has_every_seed_and_the_calibration_error(
    pairs: list[tuple[float, bool]],
) -> None:
    stated, happened = map(list, zip(*pairs, strict=True))
    points = reliability_diagram(stated, happened)
    assert sum(point.size for point in points) == len(pairs)
    error = sum(abs(p.stated - p.observed) * p.size for p in points) / len(pairs)
    assert error == pytest.approx(expected_calibration_error(stated, happened), abs=1e-9)


def test_log_loss_is_the_mean_surprise() -> None:
    # -(log .9 + log .8 + log .5) / 3
    expected = -(math.log(0.9) + math.log(0.8) + math.log(0.5)) / 3
    assert log_loss([0.9, 0.2, 0.5], [True, False, True]) == pytest.approx(expected)
    assert log_loss([], []) is None
    assert log_loss([1.0, 0.0], [True, False]) == 0
    assert log_loss([0.0], [True]) == math.inf


@given(st.lists(st.tuples(st.floats(0.01, 0.99), st.booleans()), min_size=1))
def test_log_loss_is_least_for_the_share_that_was_observed(
    found: list[tuple[float, bool]],
) -> None:
    outcomes = [outcome for _, outcome in found]
    share = sum(outcomes) / len(outcomes)
    least = log_loss([share] * len(outcomes), outcomes)
    for stated, _ in found:
        assert log_loss([stated] * len(outcomes), outcomes) >= least - 1e-12
