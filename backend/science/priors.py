"""Beta priors learnt from counts: how often a model is right, or repeats a wrong key.

Empirical Bayes with a hyperprior: the prior that makes the counts of all seeds together most
probable, pulled towards a centre. A few seeds hardly move it, many decide it. A single Beta keeps
the posterior of the verdict in closed form; a mixture of 42 of them (or a grid) fitted by
expectation-maximisation settled verdicts no earlier on recorded answers.
"""

from collections import Counter
from collections.abc import Iterable, Mapping

import numpy as np
from scipy import special

from backend.science.teachability_policy import BetaPrior

# Jeffreys' prior, for accuracies.
JEFFREYS: BetaPrior = (0.5, 0.5)

_STEPS = np.linspace(-4, 4, 65)


def fit_beta_prior(
    counts: Iterable[tuple[int, int]], centre: BetaPrior = JEFFREYS, deviation: float = 1.0
) -> BetaPrior:
    """The Beta distribution that seeds' rates seem to come from.

    Maximum a posteriori on a grid over the distribution's mean and concentration (alpha + beta),
    with s ~ BetaBin(m; alpha, beta) for each seed and a normal hyperprior around the centre, on the
    log-odds of the mean and on the log of the concentration.

    Args:
        counts: (s, m) for each seed: hits and responses.
        centre: what holds without counts.
        deviation: of the hyperprior; small ones trust the centre more.

    Returns:
        (alpha, beta).

    Raises:
        ValueError: more hits than responses.
    """
    centre_mean, centre_concentration = centre[0] / sum(centre), sum(centre)
    mean = special.expit(special.logit(centre_mean) + _STEPS)[:, None]
    concentration = (centre_concentration * np.exp(_STEPS))[None, :]
    alpha, beta = mean * concentration, (1 - mean) * concentration
    log_density = -(_STEPS[:, None] ** 2 + _STEPS[None, :] ** 2) / (2 * deviation**2)
    for (hits, trials), seeds in Counter(counts).items():
        if not 0 <= hits <= trials:
            raise ValueError(f"counts: {hits} is not in 0..{trials}")
        joint = special.betaln(alpha + hits, beta + trials - hits)
        log_density = log_density + seeds * (joint - special.betaln(alpha, beta))
    best = np.unravel_index(np.argmax(log_density), log_density.shape)
    return float(alpha[best]), float(beta[best])


def fit_domain_priors(
    counts: Mapping[str, Iterable[tuple[int, int]]], centre: BetaPrior = JEFFREYS
) -> dict[str, BetaPrior]:
    """A prior for each domain, pulled towards that of all domains together.

    Args:
        counts: (s, m) of the seeds of each domain.
        centre: what the pooled prior is pulled towards.
    """
    seeds = {domain: list(pairs) for domain, pairs in counts.items()}
    pooled = fit_beta_prior([pair for pairs in seeds.values() for pair in pairs], centre)
    return {domain: fit_beta_prior(pairs, pooled) for domain, pairs in seeds.items()}
