import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import integrate, special, stats

from backend.science.teachability import (
    Posterior,
    WeakEvidence,
    key_posterior,
    step_factor,
    teachability,
    verdict,
)
from backend.science.teachability_policy import Policy

POLICY = Policy()
COUNTS = st.integers(1, 64).flatmap(lambda m: st.tuples(st.integers(0, m), st.just(m)))
SHARES = st.floats(0, 1)

# The method's worked examples: Jeffreys prior for the weak model, Beta(.5, 6) for a wrong key.
WORKED = [
    # s, m, reliability, (suspect, hard, teachable, easy), T
    (0, 8, 0.9, (0.268, 0.595, 0.137, 0.000), 0.138),
    (0, 8, 0.6, (0.687, 0.254, 0.059, 0.000), 0.059),
    (1, 4, 0.9, (0.108, 0.131, 0.754, 0.007), 0.624),
    (2, 8, 0.9, (0.103, 0.080, 0.817, 0.000), 0.648),
    (2, 8, 0.6, (0.407, 0.053, 0.540, 0.000), 0.428),
    (4, 8, 0.9, (0.025, 0.002, 0.949, 0.025), 0.877),
    (7, 8, 0.9, (0.001, 0.000, 0.327, 0.673), 0.500),
    (8, 8, 0.9, (0.000, 0.000, 0.055, 0.945), 0.189),
    (16, 32, 0.95, (0.007, 0.000, 0.993, 0.000), 0.964),
]


@pytest.mark.parametrize(("agreeing", "samples", "reliability", "states", "score"), WORKED)
def test_teachability_worked_example_to_three_decimals(
    agreeing: int, samples: int, reliability: float, states: tuple, score: float
) -> None:
    result = teachability(reliability, [WeakEvidence(agreeing, samples)], POLICY)
    assert result.posterior == pytest.approx(states, abs=6e-4)
    assert result.score == pytest.approx(score, abs=6e-4)


def test_key_posterior_without_agreement_follows_the_closed_form() -> None:
    # m = 1, s = 1: P(s | right) = .5 and P(s | wrong) = .5 / 6.5 = 1/13, so the odds of .5
    # become 6.5 and r = 6.5 / 7.5 = 13/15.
    assert key_posterior(0.5, [WeakEvidence(1, 1)], POLICY) == pytest.approx(13 / 15)
    # s = 0: (1/2) / (12/13) = 13/24, r = 13/37.
    assert key_posterior(0.5, [WeakEvidence(0, 1)], POLICY) == pytest.approx(13 / 37)


def test_key_posterior_of_several_models_is_that_of_the_strongest() -> None:
    strong, mild = WeakEvidence(8, 8), WeakEvidence(0, 4)
    assert key_posterior(0.7, [mild, strong], POLICY) == key_posterior(0.7, [strong], POLICY)
    assert key_posterior(0.7, [mild, mild], POLICY) == key_posterior(0.7, [mild], POLICY)


def test_teachability_bands_speak_of_the_first_model() -> None:
    student, other = WeakEvidence(4, 8), WeakEvidence(8, 8)
    assert teachability(0.9, [student, other], POLICY).verdict == "teachable"
    assert teachability(0.9, [other, student], POLICY).verdict == "easy"


def test_teachability_shared_mistakes_do_not_rescue_a_key() -> None:
    independent = teachability(0.4, [WeakEvidence(7, 8)], POLICY)
    related = teachability(0.4, [WeakEvidence(7, 8, wrong_key_prior=(13.7, 6.4))], POLICY)
    assert independent.posterior.suspect < 0.05
    assert related.posterior.suspect > 0.6


@pytest.mark.parametrize("agreeing", [0, 4, 8])
def test_teachability_without_a_key_is_suspect(agreeing: int) -> None:
    result = teachability(0.0, [WeakEvidence(agreeing, 8)], POLICY)
    assert result.posterior == (1, 0, 0, 0)
    assert (result.verdict, result.score, result.low, result.high) == ("suspect", 0, 0, 0)


def test_teachability_without_samples_returns_the_priors() -> None:
    result = teachability(0.7, [WeakEvidence(0, 0)], POLICY)
    assert result.posterior.suspect == pytest.approx(0.3)
    # Jeffreys prior: P(q < x) = 2/pi asin(sqrt x), for x = .1: .2048.
    assert result.posterior.hard == pytest.approx(0.7 * 0.204833, abs=1e-5)


def test_teachability_interval_matches_simulated_scores() -> None:
    # 16/32 at .95: Beta(16.5, 16.5), simulated with half a million draws.
    result = teachability(0.95, [WeakEvidence(16, 32)], POLICY)
    q = stats.beta(16.5, 16.5).rvs(500_000, random_state=1)
    wrong = stats.uniform.rvs(size=500_000, random_state=2) < result.posterior.suspect
    scores = 4 * q * (1 - q) * ~wrong
    assert result.low == pytest.approx(stats.scoreatpercentile(scores, 5), abs=5e-3)
    assert result.high == pytest.approx(stats.scoreatpercentile(scores, 95), abs=5e-3)


def test_teachability_mean_closeness_is_the_integral() -> None:
    density = stats.beta(2.5, 6.5)
    mean, _ = integrate.quad(lambda q: 4 * q * (1 - q) * density.pdf(q), 0, 1)
    result = teachability(1.0, [WeakEvidence(2, 8)], POLICY)
    assert result.score == pytest.approx(mean)


def test_teachability_overdispersion_makes_samples_worth_less() -> None:
    # phi = 1/7: 8 samples count as 8 / (1 + 7/7) = 4, so 4 of 8 weighs like 2 of 4.
    shrunk = teachability(0.9, [WeakEvidence(4, 8)], Policy(overdispersion=1 / 7))
    plain = teachability(0.9, [WeakEvidence(2, 4)], POLICY)
    assert shrunk.posterior == pytest.approx(plain.posterior)


@given(SHARES, COUNTS, st.floats(0.05, 1))
def test_teachability_probabilities_add_up_and_the_interval_is_ordered(
    reliability: float, counts: tuple[int, int], factor: float
) -> None:
    result = teachability(reliability, [WeakEvidence(*counts)], POLICY, factor)
    assert sum(result.posterior) == pytest.approx(1)
    assert min(result.posterior) >= 0
    assert 0 <= result.low <= result.high <= factor
    assert 0 <= result.score <= factor
    plain = teachability(reliability, [WeakEvidence(*counts)], POLICY)
    assert result.score == pytest.approx(plain.score * factor)


@given(SHARES, SHARES, COUNTS)
def test_key_posterior_grows_with_the_reliability(
    first: float, second: float, counts: tuple[int, int]
) -> None:
    low, high = sorted((first, second))
    evidence = [WeakEvidence(*counts)]
    assert key_posterior(low, evidence, POLICY) <= key_posterior(high, evidence, POLICY)


@given(st.floats(0.01, 0.99), st.integers(1, 32))
def test_key_posterior_more_agreement_never_hurts_the_key(reliability: float, m: int) -> None:
    values = [key_posterior(reliability, [WeakEvidence(s, m)], POLICY) for s in range(m + 1)]
    assert values == sorted(values)


def test_verdict_below_the_threshold_is_unsettled() -> None:
    posterior = Posterior(suspect=0.05, hard=0.0, teachable=0.9, easy=0.05)
    assert verdict(posterior, 0.9) == "teachable"
    assert verdict(posterior, 0.91) == "unsettled"


def test_step_factor_ranks_and_never_excludes() -> None:
    policy = Policy(minimum_steps=3)
    assert step_factor([], policy) == 1
    assert step_factor([3], policy) == 1
    assert step_factor([2], policy) == 0.5
    assert step_factor([2, 5], policy) == pytest.approx(2 / 3)
    assert 0 < step_factor([1] * 50, policy) < 0.05


@pytest.mark.parametrize(
    ("reliability", "evidence", "factor", "name"),
    [
        (0.5, [], 1.0, "evidence"),
        (1.5, [WeakEvidence(1, 2)], 1.0, "reliability"),
        (float("nan"), [WeakEvidence(1, 2)], 1.0, "reliability"),
        (0.5, [WeakEvidence(1, 2)], -0.1, "step_factor"),
        (0.5, [WeakEvidence(3, 2)], 1.0, "agreeing"),
    ],
)
def test_teachability_out_of_range_is_an_error_with_the_name(
    reliability: float, evidence: list, factor: float, name: str
) -> None:
    with pytest.raises(ValueError, match=name):
        teachability(reliability, evidence, POLICY, factor)


def test_agreement_weight_tempers_what_agreement_says_of_the_key() -> None:
    # Log-odds of the key move by the weight times the log Bayes factor.
    evidence = [WeakEvidence(0, 8)]
    full = special.logit(key_posterior(0.9, evidence, Policy())) - special.logit(0.9)
    half = special.logit(key_posterior(0.9, evidence, Policy(agreement_weight=0.5)))
    assert half - special.logit(0.9) == pytest.approx(full / 2)
    assert key_posterior(0.9, evidence, Policy(agreement_weight=0)) == pytest.approx(0.9)
