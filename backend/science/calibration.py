"""What gold seeds tell of a line-up, in one fit: the key's reliability, the weak models' priors.

A gold seed's answer is known and was asked for all the same: the votes on it were right or wrong,
and weak models agreed with them or did not. Counts alone matter here, so that the same fit serves
stored samples and recorded ones.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import NamedTuple, TypeAlias

from scipy import special

from backend.science.adaptive_calls import ReferenceVotes
from backend.science.priors import fit_beta_prior, fit_domain_priors
from backend.science.reliability import (
    DEFAULT_MODEL,
    WRONG_KEY_CENTRE,
    GoldExample,
    ReliabilityModel,
    WeighedKey,
    features_of_counts,
    fit_agreement_weight,
    fit_reliability,
    fit_wrong_key_prior,
)
from backend.science.teachability_policy import BetaPrior

Counts: TypeAlias = tuple[int, int]


class GoldCounts(NamedTuple):
    """A gold seed whose votes have a winner.

    Attributes:
        votes: of the reference.
        right: whether the winner is the known answer.
        domain: of the seed.
        weak: by weak model, (answers that agree with the winner, all answers).
    """

    votes: ReferenceVotes
    right: bool
    domain: str | None
    weak: Mapping[int, Counts]


class Calibration(NamedTuple):
    """How far votes can be trusted, and what to expect of weak models.

    Attributes:
        reliability: P(key right) from the votes.
        wrong_key_priors: by weak model, how often it repeats a wrong key.
        wrong_keys: gold seeds whose winner was wrong: on them those priors rest.
        weak_priors: by weak model and domain, its accuracy where the key is right.
        agreement_weight: how far agreement speaks to the key (`fit_agreement_weight`).
    """

    reliability: ReliabilityModel
    wrong_key_priors: Mapping[int, BetaPrior]
    wrong_keys: int
    weak_priors: Mapping[tuple[int, str | None], BetaPrior]
    agreement_weight: float

    def weak_prior(self, model: int, domain: str | None) -> BetaPrior | None:
        """The fitted prior of a weak model's accuracy; that of all domains where it is new."""
        return self.weak_priors.get((model, domain), self.weak_priors.get((model, None)))


UNCALIBRATED = Calibration(DEFAULT_MODEL, {}, 0, {}, 1.0)


def gold_examples(gold: Sequence[GoldCounts]) -> list[GoldExample]:
    """The seeds as the reliability model takes them."""
    return [GoldExample(features_of_counts(*seed.votes), seed.right, seed.domain) for seed in gold]


def fit_calibration(gold: Sequence[GoldCounts]) -> Calibration:
    """The calibration that these seeds support; without any, the documented priors."""
    if not gold:
        return UNCALIBRATED
    model = fit_reliability(gold_examples(gold))
    models = sorted({name for seed in gold for name in seed.weak})
    right = [seed for seed in gold if seed.right]
    wrong = [seed for seed in gold if not seed.right]
    pooled = fit_beta_prior(
        [counts for seed in wrong for counts in seed.weak.values()], WRONG_KEY_CENTRE
    )
    return Calibration(
        model,
        {name: fit_wrong_key_prior(_counts(wrong, name), pooled) for name in models},
        len(wrong),
        {
            (name, domain): prior
            for name in models
            for domain, prior in _accuracy_priors(right, name).items()
        },
        fit_agreement_weight([key for name in models for key in _weighed(gold, name, model)]),
    )


def _counts(seeds: Sequence[GoldCounts], model: int) -> list[Counts]:
    return [seed.weak[model] for seed in seeds if model in seed.weak]


def _accuracy_priors(right: Sequence[GoldCounts], model: int) -> dict[str | None, BetaPrior]:
    """By domain, each drawn towards all of them; None is all together."""
    by_domain: dict[str, list[Counts]] = defaultdict(list)
    priors: dict[str | None, BetaPrior] = {None: fit_beta_prior(_counts(right, model))}
    for seed in right:
        if model in seed.weak and seed.domain is not None:
            by_domain[seed.domain].append(seed.weak[model])
    return priors | dict(fit_domain_priors(by_domain))


def _weighed(
    gold: Sequence[GoldCounts], model: int, reliability: ReliabilityModel
) -> list[WeighedKey]:
    """Keys with the factor of the model's answers, by priors from every other seed."""
    heard = [seed for seed in gold if model in seed.weak]
    keys = []
    for part in (0, 1):
        others = heard[1 - part :: 2]
        right = fit_beta_prior(_counts([seed for seed in others if seed.right], model))
        wrong = fit_wrong_key_prior(_counts([seed for seed in others if not seed.right], model))
        for seed in heard[part::2]:
            before = reliability.reliability(features_of_counts(*seed.votes), seed.domain)
            factor = log_bayes_factor(seed.weak[model], right, wrong)
            keys.append(WeighedKey(float(special.logit(before)), factor, seed.right))
    return keys


def log_bayes_factor(counts: Counts, right: BetaPrior, wrong: BetaPrior) -> float:
    """log P(counts | key right) - log P(counts | key wrong) for Beta-binomial counts.

    Args:
        counts: (agreeing answers, all answers).
        right: prior of agreement where the key is right.
        wrong: prior of agreement where it is wrong.
    """
    agreeing, samples = counts
    misses = samples - agreeing
    (a, b), (c, d) = right, wrong
    factor = special.betaln(a + agreeing, b + misses) - special.betaln(a, b)
    return float(factor - special.betaln(c + agreeing, d + misses) + special.betaln(c, d))
