"""Many prompts at once give what each prompt gives alone, to the last bit."""

import math

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from backend.science.teachability import WeakEvidence, teachability
from backend.science.teachability_arrays import VERDICT_NAMES, EvidenceArrays, weigh
from backend.science.teachability_policy import BetaPrior, Policy

NONE = (math.nan, math.nan)


def unit(**bounds: bool) -> st.SearchStrategy[float]:
    return st.floats(0, 1, **bounds)


@st.composite
def policies(draw: st.DrawFn) -> Policy:
    low = draw(unit(exclude_max=True))
    return Policy(
        low=low,
        high=draw(st.floats(low, 1, exclude_min=True)),
        threshold=draw(st.floats(0.25, 1, exclude_min=True)),
        weak_prior=draw(priors),
        wrong_key_prior=draw(priors),
        agreement_weight=draw(unit()),
        gold_reliability=draw(unit(exclude_min=True)),
        overdispersion=draw(unit(exclude_max=True)),
    )


priors = st.tuples(st.floats(0.05, 50), st.floats(0.05, 50))


@st.composite
def weak_models(draw: st.DrawFn) -> WeakEvidence:
    samples = draw(st.integers(0, 64))
    agreeing = draw(st.integers(0, samples))
    return WeakEvidence(agreeing, samples, draw(st.none() | priors))


prompts = st.tuples(unit(), st.lists(weak_models(), min_size=1, max_size=4))


def arrays(found: list[tuple[float, list[WeakEvidence]]]) -> EvidenceArrays:
    """With room for four models a prompt."""
    shape = (len(found), 4)
    agreeing, samples, weights = np.zeros(shape), np.zeros(shape), np.ones(shape)
    own, wrong = np.full((*shape, 2), math.nan), np.full((*shape, 2), math.nan)
    for row, (_, heard) in enumerate(found):
        for column, weak in enumerate(heard):
            agreeing[row, column], samples[row, column] = weak.agreeing, weak.samples
            wrong[row, column] = weak.wrong_key_prior or NONE
    reliability = np.array([reliability for reliability, _ in found])
    return EvidenceArrays(reliability, agreeing, samples, own, wrong, weights)


@given(st.lists(prompts, min_size=1, max_size=8), policies())
def test_arrays_agree_with_one_prompt_at_a_time(
    found: list[tuple[float, list[WeakEvidence]]], policy: Policy
) -> None:
    weighed = weigh(arrays(found), policy)

    for row, (reliability, heard) in enumerate(found):
        alone = teachability(reliability, heard, policy)
        assert tuple(weighed.posterior[row]) == alone.posterior
        assert VERDICT_NAMES[weighed.verdict[row]] == alone.verdict
        assert weighed.score[row] == alone.score


@given(unit(), weak_models(), priors, policies())
def test_fitted_prior_takes_the_place_of_the_policy_s(
    reliability: float, weak: WeakEvidence, prior: BetaPrior, policy: Policy
) -> None:
    fitted = arrays([(reliability, [weak])])
    fitted.weak_priors[0, 0] = prior
    other = Policy(**(vars(policy) | {"weak_prior": prior}))

    assert tuple(weigh(fitted, policy).posterior[0]) == (
        teachability(reliability, [weak], other).posterior
    )


@given(unit(), weak_models(), unit(), policies())
def test_weight_of_a_model_is_multiplied_with_the_policy_s(
    reliability: float, weak: WeakEvidence, weight: float, policy: Policy
) -> None:
    weighted = arrays([(reliability, [weak])])
    weighted.weights[0, 0] = weight
    other = Policy(**(vars(policy) | {"agreement_weight": weight * policy.agreement_weight}))

    assert tuple(weigh(weighted, policy).posterior[0]) == (
        teachability(reliability, [weak], other).posterior
    )


def test_reliability_that_is_missing_is_the_policy_s_for_given_answers() -> None:
    policy = Policy(gold_reliability=0.7)
    heard = WeakEvidence(3, 8)

    assert tuple(weigh(arrays([(math.nan, [heard])]), policy).posterior[0]) == (
        teachability(0.7, [heard], policy).posterior
    )


def test_nothing_to_weigh_gives_nothing() -> None:
    assert weigh(arrays([]), Policy()).verdict.tolist() == []
