import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import optimize, special

from backend.science.answer_keys import AnswerKey
from backend.science.plurality import plurality
from backend.science.reliability import (
    DEFAULT_MODEL,
    PRIOR_DEVIATIONS,
    PRIOR_MEANS,
    GoldExample,
    ReliabilityFeatures,
    WeighedKey,
    cross_validated,
    features_of,
    fit_agreement_weight,
    fit_reliability,
    fit_wrong_key_prior,
)


def votes(winner: int, others: int = 0, unanswered: int = 0) -> ReliabilityFeatures:
    """Features of a vote in which all losing answers differ."""
    keys = [AnswerKey("integer", "0")] * winner
    keys += [AnswerKey("integer", str(number)) for number in range(1, others + 1)]
    features = features_of(plurality([*keys, *[None] * unanswered]))
    assert features is not None
    return features


def test_features_of_smooths_the_share() -> None:
    # 4 of 6 answers: log((4 + 1) / (2 + 1)); 2 of 8 responses without an answer; two losing
    # answers in two classes: log((2 + 1) / (1 + 1)); three classes; nobody else asked.
    expected = (math.log(5 / 3), 0.25, math.log(3 / 2), math.log(3), 0.0)
    assert votes(4, 2, 2) == pytest.approx(expected)


def test_features_of_hears_the_second_family() -> None:
    features = features_of(plurality([AnswerKey("integer", "0")] * 3), second_family=(2, 2))
    assert features is not None
    assert features.second_family == pytest.approx(math.log(5))  # (2 + .5) / (0 + .5)
    assert DEFAULT_MODEL.reliability(features) > DEFAULT_MODEL.reliability(votes(3))


def test_features_of_a_tie_or_silence_are_none() -> None:
    keys = [AnswerKey("integer", "1"), AnswerKey("integer", "2")]
    assert features_of(plurality(keys)) is None
    assert features_of(plurality([None])) is None


@pytest.mark.parametrize(
    ("features", "reliability"),
    [
        (votes(8), 0.930),  # expit(.65 + .88 log 9)
        (votes(4, 4), 0.657),  # expit(.65)
        (votes(2, 6), 0.476),  # expit(.65 + .88 log(3/7))
        (votes(4, 0, 4), 0.744),  # expit(.65 + .88 log 5 - 1)
    ],
)
def test_default_model_has_the_documented_values(
    features: ReliabilityFeatures, reliability: float
) -> None:
    assert DEFAULT_MODEL.reliability(features) == pytest.approx(reliability, abs=1e-3)


def test_default_model_unanimity_is_not_certainty() -> None:
    assert DEFAULT_MODEL.reliability(votes(64)) < 0.99


@given(st.integers(2, 30), st.integers(0, 30), st.integers(0, 30))
def test_default_model_agreement_helps_and_silence_hurts(
    winner: int, others: int, unanswered: int
) -> None:
    base = DEFAULT_MODEL.reliability(votes(winner, others, unanswered))
    assert DEFAULT_MODEL.reliability(votes(winner + 1, others, unanswered)) > base
    assert DEFAULT_MODEL.reliability(votes(winner, others + 1, unanswered)) < base
    # More silence against the same answers never makes the key safer.
    assert DEFAULT_MODEL.reliability(votes(winner, others, unanswered + 1)) < base


def test_fit_reliability_without_gold_is_the_default() -> None:
    assert fit_reliability([]) == DEFAULT_MODEL


def test_fit_reliability_follows_gold() -> None:
    always_wrong = fit_reliability([(votes(8), False)] * 30)
    always_right = fit_reliability([(votes(8), True)] * 30)
    assert always_wrong.reliability(votes(8)) < 0.15
    assert always_right.reliability(votes(8)) > 0.97
    assert always_wrong.gold_seeds == 30


def test_fit_reliability_is_the_maximum_of_the_posterior() -> None:
    # The same density, maximised by an independent optimiser.
    examples = [(votes(w, 8 - w, u), w + u > 5) for w in range(2, 9) for u in (0, 1, 4)]
    design = np.array([(1.0, *features) for features, _ in examples])
    right = np.array([correct for _, correct in examples], dtype=float)

    def loss(b: np.ndarray) -> float:
        fit = np.sum(right * (design @ b) - np.log1p(np.exp(design @ b)))
        prior = np.sum(((b - PRIOR_MEANS) / PRIOR_DEVIATIONS) ** 2) / 2
        return float(prior - fit)

    expected = optimize.minimize(loss, PRIOR_MEANS, method="BFGS")
    assert fit_reliability(examples).coefficients == pytest.approx(expected.x, abs=1e-3)


def test_fit_reliability_separable_and_extreme_gold_stays_finite() -> None:
    model = fit_reliability([(votes(10_000), True), (votes(2, 10_000), False)] * 500)
    assert all(map(math.isfinite, model.coefficients))


def test_fit_reliability_gives_domains_their_own_intercepts() -> None:
    gold = [GoldExample(votes(6, 2), index % 10 != 0, "easy") for index in range(100)]
    gold += [GoldExample(votes(6, 2), index % 10 == 0, "odd") for index in range(100)]
    model = fit_reliability(gold)
    assert model.reliability(votes(6, 2), "easy") == pytest.approx(0.9, abs=0.08)
    assert model.reliability(votes(6, 2), "odd") == pytest.approx(0.1, abs=0.08)
    between = model.reliability(votes(6, 2))
    assert model.reliability(votes(6, 2), "never seen") == between
    assert 0.3 < between < 0.7


def test_fit_reliability_a_domain_with_one_seed_stays_near_all() -> None:
    gold = [GoldExample(votes(6, 2), True, "many")] * 50 + [GoldExample(votes(6, 2), False, "one")]
    model = fit_reliability(gold)
    assert model.reliability(votes(6, 2), "one") > 0.75


def test_cross_validated_seeds_are_judged_by_models_that_have_not_seen_them() -> None:
    # The right one is alone with its features: only a model that saw it would trust it most.
    gold = [GoldExample(votes(8), False)] * 9
    judged = cross_validated([*gold, GoldExample(votes(8), True)], folds=2)
    without = fit_reliability([*gold[::2]])
    assert judged[9] == without.reliability(votes(8))
    with pytest.raises(ValueError, match="folds"):
        cross_validated(gold, folds=1)


def test_fit_agreement_weight_without_gold_is_one() -> None:
    assert fit_agreement_weight([]) == 1.0


@pytest.mark.parametrize("weight", [0.0, 0.5, 1.0])
def test_fit_agreement_weight_finds_how_much_factors_say(weight: float) -> None:
    generator = np.random.default_rng(0)
    factors = generator.normal(0, 3, size=5000)
    right = generator.random(5000) < special.expit(1 + weight * factors)
    keys = [WeighedKey(1.0, float(f), bool(r)) for f, r in zip(factors, right, strict=True)]
    assert fit_agreement_weight(keys) == pytest.approx(weight, abs=0.06)


def test_fit_wrong_key_prior_keeps_to_its_centre_without_gold() -> None:
    assert fit_wrong_key_prior([], (2.0, 3.0)) == pytest.approx((2.0, 3.0))


def test_fit_wrong_key_prior_without_gold_is_the_default() -> None:
    assert fit_wrong_key_prior([]) == pytest.approx((0.5, 6.0))
    assert fit_wrong_key_prior([(0, 0)] * 9) == pytest.approx((0.5, 6.0))


def test_fit_wrong_key_prior_one_seed_moves_it_little() -> None:
    alpha, beta = fit_wrong_key_prior([(4, 8)])
    assert 0.5 / 6.5 < alpha / (alpha + beta) < 0.35


@pytest.mark.parametrize("rate", [0.125, 0.5, 0.75])
def test_fit_wrong_key_prior_many_seeds_find_the_rate(rate: float) -> None:
    counts = [(int(rate * 8), 8)] * 200
    alpha, beta = fit_wrong_key_prior(counts)
    assert alpha / (alpha + beta) == pytest.approx(rate, abs=0.05)


def test_fit_wrong_key_prior_recovers_simulated_spread() -> None:
    generator = np.random.default_rng(0)
    hits = generator.binomial(16, generator.beta(2.0, 6.0, size=2000))
    alpha, beta = fit_wrong_key_prior([(int(s), 16) for s in hits])
    assert alpha / (alpha + beta) == pytest.approx(0.25, abs=0.03)
    assert math.log(alpha + beta) == pytest.approx(math.log(8), abs=0.3)


def test_reliability_is_the_logistic_of_the_features() -> None:
    features = ReliabilityFeatures(share_log_odds=1.0, unanswered_share=0.5)
    assert DEFAULT_MODEL.reliability(features) == pytest.approx(special.expit(0.65 + 0.88 - 1.0))
