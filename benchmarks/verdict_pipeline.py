"""The seeds of a line-up as the pipeline sees them, and what is fitted on one half for the other.

A seed's recorded answers are its population: the weak model agrees with the key as often as in the
recording, and its true accuracy is the recorded one. Answers are drawn from it with replacement, so
that they are independent, any number can be had, and the truth is known exactly.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from scipy import special

from backend.science.adaptive_calls import ReferenceVotes
from backend.science.calibration import GoldCounts, fit_calibration, log_bayes_factor
from backend.science.priors import JEFFREYS, fit_domain_priors
from backend.science.reliability import WRONG_KEY_CENTRE, ReliabilityModel, features_of_counts
from backend.science.teachability_policy import BetaPrior, Policy
from benchmarks.verdict_data import LineUp, Problem

SUSPECT, HARD, TEACHABLE, EASY = range(4)
_SECOND_FAMILY_ANSWERS = 2
_WEAK_ANSWERS_FOR_THE_KEY = 8


class Seed(NamedTuple):
    """A problem in a line-up.

    Attributes:
        problem: it.
        votes: of all recorded answers of the reference, with those of the second family.
        key: class of the plurality, -1 where there is none.
        key_right: against gold.
        hits: recorded weak answers in the key's class.
        samples: recorded weak answers; 0 where the weak model has none.
        accuracy: share of right weak answers.
    """

    problem: Problem
    votes: ReferenceVotes
    key: int
    key_right: bool
    hits: int
    samples: int
    accuracy: float

    def truth(self, policy: Policy) -> int:
        """The state that the verdict should name."""
        return true_state(self.key_right, self.accuracy, policy)


class Fitted(NamedTuple):
    """What one half says of a line-up.

    `weak_prior` is of accuracy where the key is right, `known_prior` whatever the key.
    """

    model: ReliabilityModel
    known_prior: BetaPrior
    weak_prior: BetaPrior
    wrong_key_prior: BetaPrior
    agreement_weight: float


def true_state(key_right: bool, accuracy: float, policy: Policy) -> int:
    """Suspect where the key is wrong, else the band of the accuracy."""
    if not key_right:
        return SUSPECT
    return HARD + (accuracy >= policy.low) + (accuracy > policy.high)


def vote_counts(
    classes: npt.NDArray[np.int64], second_family: npt.NDArray[np.int64]
) -> tuple[ReferenceVotes, int]:
    """The sizes of a vote, and the class that won, -1 on a tie or where nobody answered."""
    answered = classes[classes >= 0]
    counts = np.bincount(answered) if len(answered) else np.zeros(1, dtype=int)
    first, second = [*np.sort(counts)[::-1].tolist(), 0][:2]
    key = int(counts.argmax()) if first > second else -1
    agreeing = int((second_family == key).sum()) if key >= 0 else 0
    votes = ReferenceVotes(
        first, second, len(answered), len(classes) - len(answered), int((counts > 0).sum()),
        (agreeing, len(second_family)),
    )  # fmt: skip
    return votes, key


def seeds_of(line_up: LineUp, problems: Sequence[Problem]) -> list[Seed]:
    """The problems that the reference has answered."""
    return [
        _seed(line_up, problem)
        for problem in problems
        if problem.data_set == line_up.data_set and line_up.reference in problem.votes
    ]


def second_family_answers(line_up: LineUp, problem: Problem) -> npt.NDArray[np.int64]:
    """The few answers of another family that the key is compared with."""
    if line_up.second is None or line_up.second not in problem.votes:
        return np.zeros(0, dtype=int)
    return problem.votes[line_up.second].classes[:_SECOND_FAMILY_ANSWERS]


def class_is_right(problem: Problem, model: str, answer_class: int) -> bool:
    """Whether most of a model's answers in the class are right."""
    votes = problem.votes[model]
    members = votes.right[votes.classes == answer_class]
    return bool(len(members) and members.mean() > 0.5)


def _seed(line_up: LineUp, problem: Problem) -> Seed:
    reference = problem.votes[line_up.reference].classes
    votes, key = vote_counts(reference, second_family_answers(line_up, problem))
    weak = problem.votes.get(line_up.weak)
    right = key >= 0 and class_is_right(problem, line_up.reference, key)
    if weak is None:
        return Seed(problem, votes, key, right, 0, 0, 0.0)
    hits = int((weak.classes == key).sum()) if key >= 0 else 0
    return Seed(problem, votes, key, right, hits, len(weak.classes), float(weak.right.mean()))


def fit_half(line_ups: dict[LineUp, list[Seed]], half: int) -> dict[LineUp, Fitted]:
    """Everything that has parameters, from the seeds of one half, as the product fits it.

    Each line-up is a domain with a weak model of its own.
    """
    numbers = {line_up: number for number, line_up in enumerate(line_ups)}
    known = {
        line_up: [s for s in seeds if s.problem.half == half and s.key >= 0]
        for line_up, seeds in line_ups.items()
    }
    calibration = fit_calibration(
        [
            GoldCounts(
                seed.votes,
                seed.key_right,
                line_up.name,
                {numbers[line_up]: (seed.hits, seed.samples)} if seed.samples else {},
            )
            for line_up, seeds in known.items()
            for seed in seeds
        ]
    )
    known_priors = fit_domain_priors(
        {
            line_up.name: [(round(s.accuracy * s.samples), s.samples) for s in seeds if s.samples]
            for line_up, seeds in known.items()
        }
    )
    return {
        line_up: Fitted(
            calibration.reliability,
            known_priors[line_up.name],
            calibration.weak_prior(number, line_up.name) or JEFFREYS,
            calibration.wrong_key_priors.get(number, WRONG_KEY_CENTRE),
            calibration.agreement_weight,
        )
        for line_up, number in numbers.items()
    }


def reliability(line_up: LineUp, seed: Seed, fitted: Fitted) -> float:
    """P(key right) before the weak model is heard; 0 without a key."""
    if seed.key < 0:
        return 0.0
    return fitted.model.reliability(features_of_counts(*seed.votes), line_up.name)


def reliability_after_weak(line_up: LineUp, seed: Seed, fitted: Fitted) -> float:
    """P(key right) once the first recorded weak answers are heard."""
    before = reliability(line_up, seed, fitted)
    if before == 0 or not seed.samples:
        return before
    factor = _log_factor(line_up, seed, fitted.weak_prior, fitted.wrong_key_prior)
    return float(special.expit(special.logit(before) + fitted.agreement_weight * factor))


def _log_factor(line_up: LineUp, seed: Seed, right: BetaPrior, wrong: BetaPrior) -> float:
    heard = seed.problem.votes[line_up.weak].classes[:_WEAK_ANSWERS_FOR_THE_KEY]
    return log_bayes_factor((int((heard == seed.key).sum()), len(heard)), right, wrong)
