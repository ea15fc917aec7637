import math
from collections.abc import Callable, Sequence
from functools import partial

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.science.adaptive_baselines import (
    adaptive_consistency_confidence,
    adaptive_consistency_stops,
    early_stopping_consistency_stops,
    prior_posterior_ratio_stops,
)

Rule = Callable[[Sequence[str | None]], bool]


def first_stop(rule: Rule, answers: Sequence[str | None]) -> int | None:
    return next((n for n in range(1, len(answers) + 1) if rule(answers[:n])), None)


@pytest.mark.parametrize(
    ("first", "second", "confidence"), [(4, 0, 0.969), (6, 1, 0.965), (8, 2, 0.967), (3, 0, 0.9375)]
)
def test_adaptive_consistency_confidence_has_the_published_values(
    first: int, second: int, confidence: float
) -> None:
    assert adaptive_consistency_confidence(first, second) == pytest.approx(confidence, abs=5e-4)


def test_adaptive_consistency_confidence_is_a_sum_of_binomials() -> None:
    # 1 - I_1/2(a + 1, b + 1) = P(Bin(a + b + 1, 1/2) <= a): 5-2 gives P(Bin(8, 1/2) <= 5).
    expected = sum(math.comb(8, k) for k in range(6)) / 2**8
    assert adaptive_consistency_confidence(5, 2) == pytest.approx(expected)


def test_adaptive_consistency_stops_first_at_four_nil_six_one_and_eight_two() -> None:
    assert first_stop(adaptive_consistency_stops, ["a"] * 9) == 4
    assert first_stop(adaptive_consistency_stops, ["b"] + ["a"] * 9) == 7
    assert first_stop(adaptive_consistency_stops, ["b", "b"] + ["a"] * 9) == 10
    # 1 - 2^-(n + 1) reaches .99 at n = 6.
    surer = partial(adaptive_consistency_stops, confidence=0.99)
    assert first_stop(surer, ["a"] * 9) == 6


def test_early_stopping_windows_follow_each_other() -> None:
    assert first_stop(early_stopping_consistency_stops, ["a"] * 5) == 5
    # Answers 2 to 6 agree, but they are no window: the next one ends at 10.
    assert first_stop(early_stopping_consistency_stops, ["b"] + ["a"] * 9) == 10
    assert first_stop(early_stopping_consistency_stops, [None] * 10) is None
    three = partial(early_stopping_consistency_stops, window=3)
    assert first_stop(three, ["a", "b", "a", "a", "a", "a"]) == 6


def test_prior_posterior_ratio_with_two_answers_stops_at_eight_nil() -> None:
    # 2^n B(n + 1, 1) = 2^n / (n + 1): 128 / 8 = 16 < 20 <= 256 / 9.
    rule = partial(prior_posterior_ratio_stops, classes=2)
    assert first_stop(rule, ["a"] * 12) == 8
    assert first_stop(partial(rule, error=0.4), ["a"] * 12) == 4  # 8 / 4 < 2.5 <= 16 / 5


def test_prior_posterior_ratio_more_answers_ask_for_more() -> None:
    few = partial(prior_posterior_ratio_stops, classes=2)
    many = partial(prior_posterior_ratio_stops, classes=50)
    assert first_stop(many, ["a"] * 30) > first_stop(few, ["a"] * 30)  # type: ignore[operator]


@given(st.lists(st.sampled_from(["a", "b", None]), max_size=40))
def test_no_rule_stops_on_a_tie_or_silence(answers: list[str | None]) -> None:
    if answers.count("a") == answers.count("b"):
        assert not adaptive_consistency_stops(answers)
        assert not prior_posterior_ratio_stops(answers)
