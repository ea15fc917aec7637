"""What gold seeds tell of a line-up: reliability, priors, and what agreement is worth."""

import pytest
from scipy import stats

from backend.science.adaptive_calls import ReferenceVotes
from backend.science.calibration import (
    UNCALIBRATED,
    GoldCounts,
    fit_calibration,
    gold_examples,
    log_bayes_factor,
)
from backend.science.reliability import DEFAULT_MODEL, features_of_counts

WEAK = 7


def gold(
    right: bool, agreeing: int, samples: int = 8, domain: str | None = "maths", first: int = 6
) -> GoldCounts:
    votes = ReferenceVotes(first, 8 - first, 8, 0, 2 if first < 8 else 1)
    return GoldCounts(votes, right, domain, {WEAK: (agreeing, samples)})


def mean(prior: tuple[float, float] | None) -> float:
    assert prior is not None
    return prior[0] / sum(prior)


def test_without_gold_the_documented_priors_hold() -> None:
    assert fit_calibration([]) == UNCALIBRATED
    assert UNCALIBRATED.reliability is DEFAULT_MODEL
    assert UNCALIBRATED.weak_prior(WEAK, "maths") is None


def test_repeated_mistakes_raise_the_wrong_key_prior() -> None:
    seeds = [gold(True, 4)] * 20 + [gold(False, 7)] * 10
    calibration = fit_calibration(seeds)
    assert (calibration.reliability.gold_seeds, calibration.wrong_keys) == (30, 10)
    assert mean(calibration.wrong_key_priors[WEAK]) > 0.5


def test_agreement_that_misleads_on_unseen_seeds_loses_its_weight() -> None:
    # On every other seed the weak model agrees with right keys, on the others with wrong ones: what
    # one half teaches of it is false of the other.
    seeds = [gold(True, 8), gold(True, 0), gold(False, 0), gold(False, 8)] * 15
    telling = [gold(True, 8), gold(True, 8), gold(False, 0), gold(False, 0)] * 15
    assert fit_calibration(seeds).agreement_weight < 0.2
    assert fit_calibration(telling).agreement_weight > 0.9


def test_accuracy_is_fitted_for_each_domain_and_a_new_one_gets_that_of_all() -> None:
    seeds = [gold(True, 8, domain="easy")] * 30 + [gold(True, 0, domain="hard")] * 30
    calibration = fit_calibration(seeds)
    assert mean(calibration.weak_prior(WEAK, "easy")) > 0.8
    assert mean(calibration.weak_prior(WEAK, "hard")) < 0.2
    assert 0.3 < mean(calibration.weak_prior(WEAK, "new")) < 0.7
    assert calibration.weak_prior(99, "easy") is None


def test_examples_carry_votes_outcome_and_domain() -> None:
    (example,) = gold_examples([gold(False, 3, domain="algebra", first=5)])
    assert example.features == features_of_counts(5, 3, 8, 0, 2)
    assert (example.right, example.domain) == (False, "algebra")


def test_log_bayes_factor_is_the_ratio_of_two_beta_binomials() -> None:
    right, wrong = (2.0, 3.0), (0.5, 6.0)
    expected = stats.betabinom.logpmf(5, 9, *right) - stats.betabinom.logpmf(5, 9, *wrong)
    assert log_bayes_factor((5, 9), right, wrong) == pytest.approx(expected)
