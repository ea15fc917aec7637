"""Which calls a seed needs next: one pure decision, taken when what was asked for has come in.

A sampling rule (`sampling_rules`) says how many samples each endpoint is to have given in all; the
calls are those that are missing. A call that failed for good is not made again, and its endpoint
is not asked for more.
"""

from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from typing import Literal, NamedTuple

from backend.science.answer_keys import AnswerKey

Role = Literal["reference", "second_reference", "weak", "judge", "teacher", "proposer"]


class Call(NamedTuple):
    """One sample to ask of an endpoint."""

    endpoint: int
    sample_index: int


class PlannedEndpoint(NamedTuple):
    """An endpoint's place in a plan, and how many samples of it a seed gets at most."""

    endpoint: int
    role: Role
    samples: int


class SeedState(NamedTuple):
    """What was asked about a seed.

    Attributes:
        answers: what came back, None where it holds no usable answer. A judge's are all None.
        open: calls that are on their way.
        failed: calls that failed for good; they are not made again.
    """

    answers: Mapping[Call, AnswerKey | None]
    open: AbstractSet[Call]
    failed: AbstractSet[Call]


def next_calls(state: SeedState, wanted: Mapping[int, int]) -> list[Call]:
    """The calls that are missing for so many samples of each endpoint."""
    made = {*state.answers, *state.open, *state.failed}
    exhausted = {call.endpoint for call in state.failed}
    return [
        Call(endpoint, index)
        for endpoint, samples in wanted.items()
        if endpoint not in exhausted
        for index in missing_samples(
            samples, (call.sample_index for call in made if call.endpoint == endpoint)
        )
    ]


def lacking(state: SeedState, plan: Sequence[PlannedEndpoint], has_answer: bool) -> list[int]:
    """Endpoints without whose answer a complete seed cannot be judged, though they were asked.

    Each weak model that was asked has to have answered once, and the reference where no answer is
    given. A judge only ranks, and a second reference only confirms: without them the seed is judged
    all the same.
    """
    answered = {call.endpoint for call in state.answers}
    failed = {call.endpoint for call in state.failed}
    needed = {"weak"} if has_answer else {"weak", "reference"}
    return [
        planned.endpoint
        for planned in plan
        if planned.role in needed and planned.endpoint in failed - answered
    ]


def missing_samples(wanted: int, have: Iterable[int]) -> list[int]:
    """Indices in 0..wanted-1 that are not there yet, ascending: what to ask for, and no more.

    Raises:
        ValueError: a negative number is wanted.
    """
    if wanted < 0:
        raise ValueError(f"wanted: {wanted} is negative")
    present = set(have)
    return [index for index in range(wanted) if index not in present]
