"""The settings of a teachability verdict."""

import math
from dataclasses import dataclass
from typing import TypeAlias

BetaPrior: TypeAlias = tuple[float, float]

_NUMBERS = ("low", "high", "threshold", "agreement_weight", "gold_reliability", "overdispersion")


class PolicyError(ValueError):
    """A setting is out of range; `field` names it."""

    def __init__(self, field: str, problem: str) -> None:
        super().__init__(f"{field}: {problem}")
        self.field = field


@dataclass(frozen=True)
class Policy:
    """Bands, threshold and priors.

    Attributes:
        low: accuracy of the weak model below which a prompt is hard, in [0, 1].
        high: accuracy above which it is easy.
        threshold: probability that a verdict needs, above 1/4, which some state always reaches.
        weak_prior: Beta prior (alpha, beta) of a weak model's accuracy.
        wrong_key_prior: Beta prior of how often a weak model repeats a wrong key.
        agreement_weight: how far weak models' agreement speaks to the key, in [0, 1]: the power of
            its Bayes factor. 1 takes the factor as it is; models share mistakes, and gold answers
            may show that it counts for less (`reliability.fit_agreement_weight`).
        gold_reliability: P(key right) where the answer was given.
        overdispersion: phi in [0, 1): m samples are worth m / (1 + (m - 1) phi) independent ones.
        minimum_steps: reasoning steps from which on a prompt counts as multi-step.

    Raises:
        PolicyError: a setting out of range, with its name.
    """

    low: float = 0.10
    high: float = 0.80
    threshold: float = 0.90
    weak_prior: BetaPrior = (0.5, 0.5)
    wrong_key_prior: BetaPrior = (0.5, 6.0)
    agreement_weight: float = 1.0
    gold_reliability: float = 0.98
    overdispersion: float = 0.0
    minimum_steps: int = 3

    def __post_init__(self) -> None:
        for name in _NUMBERS:
            self._require(name, _is_number(getattr(self, name)), "must be a finite number")
        self._require("low", 0 <= self.low < 1, "must be in [0, 1)")
        self._require("high", self.low < self.high <= 1, "must be above low and at most 1")
        self._require("threshold", 0.25 < self.threshold <= 1, "must be above 0.25 and at most 1")
        self._require("agreement_weight", 0 <= self.agreement_weight <= 1, "must be in [0, 1]")
        self._require("gold_reliability", 0 < self.gold_reliability <= 1, "must be in (0, 1]")
        self._require("overdispersion", 0 <= self.overdispersion < 1, "must be in [0, 1)")
        whole = type(self.minimum_steps) is int and self.minimum_steps >= 1
        self._require("minimum_steps", whole, "must be a whole number from 1 on")
        for name in ("weak_prior", "wrong_key_prior"):
            self._set_prior(name)

    def _set_prior(self, name: str) -> None:
        prior = getattr(self, name)
        pair = isinstance(prior, (tuple, list)) and len(prior) == 2
        positive = pair and all(_is_number(number) and number > 0 for number in prior)
        self._require(name, positive, "must be two finite numbers above 0")
        object.__setattr__(self, name, (float(prior[0]), float(prior[1])))  # JSON has no tuples

    def _require(self, name: str, holds: bool, problem: str) -> None:
        if not holds:
            raise PolicyError(name, problem)


def _is_number(value: object) -> bool:
    return isinstance(value, (int, float)) and type(value) is not bool and math.isfinite(value)
