"""Which calls a seed needs next: one pure decision, taken again whenever an answer has come in.

Here a plan asks a fixed number of samples of each endpoint. A rule that stops as soon as the
verdict is settled decides from the same state, in the same place.
"""

from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from typing import Literal, NamedTuple

from backend.science.answer_keys import AnswerKey

Role = Literal["reference", "weak", "judge"]


class Call(NamedTuple):
    """One sample to ask of an endpoint."""

    endpoint: int
    sample_index: int


class PlannedEndpoint(NamedTuple):
    """An endpoint's place in a plan, and how many samples of it a seed gets."""

    endpoint: int
    role: Role
    samples: int


class SeedState(NamedTuple):
    """All that is known of a seed when its next calls are decided.

    Attributes:
        asks_reference: whether the reference is to answer: no answer is given, or the seed helps to
            learn how far the reference can be trusted.
        answers: what came back, None where it holds no usable answer. A judge's are all None.
        open: calls that are on their way.
        failed: calls that failed for good; they are not made again.
    """

    asks_reference: bool
    answers: Mapping[Call, AnswerKey | None]
    open: AbstractSet[Call]
    failed: AbstractSet[Call]


def next_calls(state: SeedState, plan: Sequence[PlannedEndpoint]) -> list[Call]:
    """The calls to make now; none while enough are open, and none when the seed is complete."""
    made = {*state.answers, *state.open, *state.failed}
    return [
        Call(planned.endpoint, index)
        for planned in plan
        if planned.role != "reference" or state.asks_reference
        for index in missing_samples(
            planned.samples,
            (call.sample_index for call in made if call.endpoint == planned.endpoint),
        )
    ]


def lacking(state: SeedState, plan: Sequence[PlannedEndpoint], has_answer: bool) -> list[int]:
    """Endpoints without whose answer a complete seed cannot be judged, though they were asked.

    Each weak model has to have answered once, and the reference where no answer is given. A judge
    only ranks: without one the seed is judged all the same.
    """
    answered = {call.endpoint for call in state.answers}
    needed = {"weak"} if has_answer else {"weak", "reference"}
    return [
        planned.endpoint
        for planned in plan
        if planned.role in needed and planned.samples and planned.endpoint not in answered
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
