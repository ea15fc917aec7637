import math
from functools import cache

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backend.science.adaptive import (
    AdaptiveRule,
    answer_states,
    calls_in_any_case,
    outlook,
    worth_of_a_call,
)
from backend.science.teachability import WeakEvidence, teachability
from backend.science.teachability_policy import Policy

POLICY = Policy()
RELIABILITIES = [0.0, 0.3, 0.8, 0.95, 1 - 1e-9]


@pytest.mark.parametrize("policy", [POLICY, Policy(overdispersion=0.3, agreement_weight=0.4)])
@pytest.mark.parametrize(("agreeing", "samples"), [(0, 0), (1, 4), (8, 8), (3, 12)])
@pytest.mark.parametrize("reliability", [0.0, 0.3, 0.95])
def test_outlook_posterior_is_that_of_teachability(
    policy: Policy, agreeing: int, samples: int, reliability: float
) -> None:
    rule = AdaptiveRule(weak_cap=12)
    found = outlook([reliability], answer_states(policy, 12), policy, rule)
    expected = teachability(reliability, [WeakEvidence(agreeing, samples)], policy).posterior
    assert found.posterior[0, agreeing, samples] == pytest.approx(tuple(expected))


def by_recursion(reliability: float, rule: AdaptiveRule) -> float:
    """Expected loss from the start, by the definition, with the posterior of `teachability`."""
    right = POLICY.weak_prior
    wrong = POLICY.wrong_key_prior

    @cache
    def value(agreeing: int, samples: int) -> float:
        evidence = [WeakEvidence(agreeing, samples)]
        posterior = teachability(reliability, evidence, POLICY).posterior
        stop = 1 - max(posterior)
        if samples == rule.weak_cap:
            return stop
        key = 1 - posterior.suspect
        chance = key * (right[0] + agreeing) / (sum(right) + samples)
        chance += (1 - key) * (wrong[0] + agreeing) / (sum(wrong) + samples)
        going_on = rule.price + chance * value(agreeing + 1, samples + 1)
        going_on += (1 - chance) * value(agreeing, samples + 1)
        if samples < rule.weak_minimum:
            return going_on
        if rule.stop_when_settled and max(posterior) >= POLICY.threshold:
            return stop
        return min(stop, going_on)

    return value(0, 0)


@pytest.mark.parametrize("reliability", [0.4, 0.9])
@pytest.mark.parametrize("stop_when_settled", [True, False])
def test_outlook_loss_is_the_exact_expectation(reliability: float, stop_when_settled: bool) -> None:
    rule = AdaptiveRule(price=0.003, weak_cap=10, stop_when_settled=stop_when_settled)
    found = outlook([reliability], answer_states(POLICY, 10), POLICY, rule)
    assert found.loss[0, 0, 0] == pytest.approx(by_recursion(reliability, rule))


def test_outlook_one_answer_left_by_hand() -> None:
    # Key certain, cap 1, minimum 1: the answer is asked for. Beta(.5, .5) becomes Beta(1.5, .5) or
    # its mirror image, each with chance 1/2. F(x) of Beta(1.5, .5) is
    # (2/pi) (asin sqrt x - sqrt(x (1 - x))): F(.1) = .0139, F(.8) = .4502, F(.9) = .6042.
    # After a hit easy has 1 - .4502 and wins; after a miss F'(x) = 1 - F(1 - x): hard has .3958,
    # teachable F(.9) - F(.2) = .6042 - .0406 = .5636 and wins.
    rule = AdaptiveRule(price=0.01, weak_minimum=1, weak_cap=1)
    found = outlook([1 - 1e-12], answer_states(POLICY, 1), POLICY, rule)

    def below(x: float) -> float:
        return 2 / math.pi * (math.asin(math.sqrt(x)) - math.sqrt(x * (1 - x)))

    after_miss = below(0.9) - below(0.2)
    expected = 1 - (1 - below(0.8)) / 2 - after_miss / 2
    assert found.error[0, 0, 0] == pytest.approx(expected)
    assert found.loss[0, 0, 0] == pytest.approx(expected + 0.01)
    assert found.calls[0, 0, 0] == 1


@settings(max_examples=20)
@given(
    st.sampled_from([0.0005, 0.002, 0.01]),
    st.booleans(),
    st.integers(1, 4),
    st.floats(0.5, 1.0),
)
def test_outlook_keeps_its_promises(
    price: float, stop_when_settled: bool, minimum: int, threshold: float
) -> None:
    policy = Policy(threshold=threshold)
    rule = AdaptiveRule(price, minimum, 16, stop_when_settled)
    found = outlook(RELIABILITIES, answer_states(policy, 16), policy, rule)
    for samples in range(17):
        here = np.s_[:, : samples + 1, samples]
        best = found.posterior[here].max(axis=-1)
        ask = found.ask[here]
        assert found.loss[here] == pytest.approx(found.error[here] + price * found.calls[here])
        assert (found.calls[here] <= 16 - samples + 1e-9).all()
        assert (found.calls[here][~ask] == 0).all()
        assert found.error[here][~ask] == pytest.approx(1 - best[~ask])
        if samples < minimum:
            assert ask.all()
        else:
            assert (found.loss[here] <= 1 - best + 1e-12).all()
            assert not (stop_when_settled and ask[best >= threshold].any())
    assert not found.ask[:, :, 16].any()


def test_outlook_dearer_answers_are_fewer_and_worse() -> None:
    states = answer_states(POLICY, 32)
    rules = [AdaptiveRule(price, stop_when_settled=False) for price in (0.0005, 0.002, 0.01)]
    found = [outlook([0.95], states, POLICY, rule) for rule in rules]
    calls = [float(each.calls[0, 0, 0]) for each in found]
    errors = [float(each.error[0, 0, 0]) for each in found]
    assert calls == sorted(calls, reverse=True)
    assert errors == sorted(errors)


def test_outlook_stops_unsettled_where_no_answer_left_can_change_the_verdict() -> None:
    found = outlook([1 - 1e-9], answer_states(POLICY, 32), POLICY, AdaptiveRule(price=1e-6))
    unsettled = 0
    for agreeing in range(32):
        now, miss, hit = (
            found.posterior[0, s, m]
            for s, m in ((agreeing, 31), (agreeing, 32), (agreeing + 1, 32))
        )
        if now.argmax() == miss.argmax() == hit.argmax():
            assert not found.ask[0, agreeing, 31]
            unsettled += now.max() < POLICY.threshold
    assert unsettled


def test_worth_of_a_call_is_the_gain_spread_over_the_calls() -> None:
    found = outlook([0.95], answer_states(POLICY, 32), POLICY, AdaptiveRule())
    now = 1 - found.posterior[0, 3, 4].max()
    expected = (now - found.error[0, 3, 4]) / found.calls[0, 3, 4]
    assert worth_of_a_call(found, 0, 3, 4) == pytest.approx(expected)
    assert expected > 0
    settled = (8, 16)
    assert worth_of_a_call(found, 0, *settled) == 0


def test_calls_in_any_case_end_where_some_answers_would_stop() -> None:
    # s = 0 stops at m = 3, and s = 0 can be reached from (0, 1) only.
    ask = np.ones((6, 6), dtype=bool)
    ask[:, 5] = False
    ask[0, 3] = False
    assert calls_in_any_case(ask, 0, 1) == 2
    assert calls_in_any_case(ask, 1, 1) == 4
    assert calls_in_any_case(ask, 2, 5) == 0


@pytest.mark.parametrize(
    ("settings", "name"),
    [
        ({"price": 0.0}, "price"),
        ({"reference_price": -1.0}, "reference_price"),
        ({"weak_minimum": 0}, "weak_minimum"),
        ({"reference_minimum": 9}, "reference_minimum"),
    ],
)
def test_adaptive_rule_out_of_range_names_the_field(settings: dict[str, float], name: str) -> None:
    with pytest.raises(ValueError, match=name):
        AdaptiveRule(**settings)  # type: ignore[arg-type]
