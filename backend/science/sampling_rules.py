"""How many samples a seed is to have, given what came back so far: fixed, voting, adaptive.

A rule is asked when nothing of a seed is on its way. All of them decide from the same answers, in
the same place; what they have asked for is stored under the same samples, so that another rule
goes on where one stopped.
"""

from collections.abc import Callable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from functools import partial
from typing import Final, Literal, NamedTuple, Protocol

from backend.science.adaptive_baselines import (
    adaptive_consistency_stops,
    early_stopping_consistency_stops,
)
from backend.science.answer_classes import Equivalence
from backend.science.answer_keys import AnswerKey
from backend.science.plurality import answer_classes
from backend.science.stopping import PlannedEndpoint, Role

Stopping = Literal["adaptive", "fixed", "adaptive_consistency", "early_stopping"]
Stops = Callable[[Sequence[int | None]], bool]

EARLY_STOPPING_WINDOW: Final = 5


class SeedAnswers(NamedTuple):
    """What was said of a seed.

    Attributes:
        keys: by endpoint, one for each response in the order of the samples, None where there is no
            usable answer.
        equivalent: whether two distinct keys say the same.
        given: the known answer, where it is to be the key; None where the plurality is.
        asks_reference: whether the reference is to answer: no answer is given, or the seed helps to
            learn how far the reference can be trusted.
        domain: of the seed.
        exhausted: endpoints that will answer no more.
    """

    keys: Mapping[int, Sequence[AnswerKey | None]]
    equivalent: Equivalence
    given: AnswerKey | None
    asks_reference: bool
    domain: str | None = None
    exhausted: AbstractSet[int] = frozenset()


class Wanted(NamedTuple):
    """A rule's decision.

    Attributes:
        samples: by endpoint, how many it is to have given in all.
        worth: by how much each call that is missing raises the probability of a right verdict.
        can_wait: whether a seed that is worth more may go first; what every seed gets cannot.
    """

    samples: Mapping[int, int]
    worth: float = 1.0
    can_wait: bool = False


class SamplingRule(Protocol):
    """Decides how many samples a seed is to have."""

    def wanted(self, seed: SeedAnswers) -> Wanted:
        """The samples to be asked for now and before; no more than there are: the seed is done."""
        ...


class FixedNumbers:
    """Asks each endpoint for all its samples at once."""

    def __init__(self, plan: Sequence[PlannedEndpoint]) -> None:
        self._plan = plan

    def wanted(self, seed: SeedAnswers) -> Wanted:
        """The numbers of the plan."""
        return Wanted({entry.endpoint: entry.samples for entry in asked(self._plan, seed)})


class VoteRule:
    """Asks each answering endpoint until its vote is settled by a published rule, or its cap.

    It asks for as many answers at once as it would need if all joined the leader.
    """

    def __init__(self, plan: Sequence[PlannedEndpoint], stops: Stops) -> None:
        self._plan, self._stops = plan, stops

    def wanted(self, seed: SeedAnswers) -> Wanted:
        """One target for each endpoint, from its own answers."""
        return Wanted(
            {
                entry.endpoint: self._target(seed, entry)
                if entry.role in ("reference", "weak")
                else entry.samples
                for entry in asked(self._plan, seed)
            }
        )

    def _target(self, seed: SeedAnswers, entry: PlannedEndpoint) -> int:
        answers = class_numbers(seed.keys.get(entry.endpoint, ()), seed.equivalent)
        if answers and self._stops(answers):
            return len(answers)
        target = len(answers) + 1
        while target < entry.samples and not self._stops(
            [*answers, *[0] * (target - len(answers))]
        ):
            target += 1
        return max(min(target, entry.samples), len(answers))


def vote_rule(stopping: Stopping, plan: Sequence[PlannedEndpoint]) -> SamplingRule:
    """The rule of a name, for those that need no calibration."""
    if stopping == "adaptive_consistency":
        return VoteRule(plan, adaptive_consistency_stops)
    if stopping == "early_stopping":
        return VoteRule(
            plan, partial(early_stopping_consistency_stops, window=EARLY_STOPPING_WINDOW)
        )
    return FixedNumbers(plan)


def asked(plan: Sequence[PlannedEndpoint], seed: SeedAnswers) -> list[PlannedEndpoint]:
    """The endpoints that are asked about the seed: references only where there is a need."""
    references: tuple[Role, ...] = ("reference", "second_reference")
    return [entry for entry in plan if seed.asks_reference or entry.role not in references]


def class_numbers(keys: Sequence[AnswerKey | None], equivalent: Equivalence) -> list[int | None]:
    """The class of each answer, 0 for the largest; None where there is no answer."""
    numbers: list[int | None] = [None] * len(keys)
    for number, found in enumerate(answer_classes(keys, equivalent)):
        for index in found.indices:
            numbers[index] = number
    return numbers
