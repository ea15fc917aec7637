import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.science.priors import JEFFREYS, fit_beta_prior, fit_domain_priors


def drawn(alpha: float, beta: float, seeds: int, samples: int = 16) -> list[tuple[int, int]]:
    generator = np.random.default_rng(1)
    hits = generator.binomial(samples, generator.beta(alpha, beta, size=seeds))
    return [(int(s), samples) for s in hits]


def test_fit_beta_prior_without_counts_is_the_centre() -> None:
    assert fit_beta_prior([]) == pytest.approx(JEFFREYS)
    assert fit_beta_prior([(0, 0)] * 20, (2.0, 3.0)) == pytest.approx((2.0, 3.0))


@pytest.mark.parametrize(("alpha", "beta"), [(0.5, 0.5), (2.0, 6.0), (0.3, 0.2)])
def test_fit_beta_prior_many_seeds_find_the_distribution(alpha: float, beta: float) -> None:
    found = fit_beta_prior(drawn(alpha, beta, 3000))
    assert found[0] / sum(found) == pytest.approx(alpha / (alpha + beta), abs=0.03)
    assert math.log(sum(found)) == pytest.approx(math.log(alpha + beta), abs=0.2)


def test_fit_beta_prior_one_seed_moves_it_little() -> None:
    alpha, beta = fit_beta_prior([(8, 8)])
    assert 0.5 < alpha / (alpha + beta) < 0.85


@given(st.lists(st.integers(0, 8).map(lambda hits: (hits, 8)), max_size=30))
def test_fit_beta_prior_sees_both_sides_alike(counts: list[tuple[int, int]]) -> None:
    alpha, beta = fit_beta_prior(counts)
    mirrored = fit_beta_prior([(m - s, m) for s, m in counts])
    # Two places of the grid may be equally good; their means are mirrored all the same.
    assert mirrored[1] / sum(mirrored) == pytest.approx(alpha / (alpha + beta), abs=0.15)


def test_fit_beta_prior_more_hits_than_trials_is_an_error() -> None:
    with pytest.raises(ValueError, match="counts"):
        fit_beta_prior([(3, 2)])


def test_fit_domain_priors_small_domains_borrow_from_all() -> None:
    many = drawn(8.0, 2.0, 400)
    priors = fit_domain_priors({"many": many, "none": [], "two": [(2, 16), (3, 16)]})
    means = {name: alpha / (alpha + beta) for name, (alpha, beta) in priors.items()}
    assert means["many"] == pytest.approx(0.8, abs=0.03)
    assert means["none"] == pytest.approx(0.8, abs=0.04)
    assert means["two"] < means["none"]
