"""One endpoint's calls in a scoring job: those that wait, and how many are not yet safe."""

import asyncio
from collections import deque
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from backend.endpoints.settings import cost
from backend.endpoints.tables import Endpoint
from backend.runs.pending import Program
from backend.science.code_tests import program_of
from backend.science.stopping import Call
from backend.scoring.line_up import LineUpEntry
from backend.scoring.samples import NewSample
from workers.budget import Bound
from workers.clients import Client
from workers.open_seed import OpenSeed
from workers.questions import Question, new_sample
from workers.replies import Reply


class Request(NamedTuple):
    """Calls of one seed to one endpoint that go out together."""

    seed: OpenSeed
    calls: Sequence[Call]
    question: Question
    bound: Bound


class Taken(NamedTuple):
    """What replies brought: samples to store, and programs to test."""

    samples: list[NewSample]
    programs: dict[Call, Program]


class Ticket(NamedTuple):
    """One call that another part makes by itself, once it is let in; False turns it away."""

    bound: Bound
    admitted: "asyncio.Future[bool]"


class Lane:
    """An endpoint with its waiting requests.

    Requests wait in `waiting`, calls that others make in `tickets`. `unsafe` counts samples that
    are asked for and not yet committed. It stays within what the endpoint may have in flight, so
    that a killed worker has never more than that to ask again.
    """

    def __init__(
        self,
        entry: LineUpEntry,
        endpoint: Endpoint,
        client: Client,
    ) -> None:
        self.entry = entry
        self.endpoint = endpoint
        self.client = client
        self.waiting: deque[Request] = deque()
        self.tickets: deque[Ticket] = deque()
        self.unsafe = 0
        self.failures_in_a_row = 0

    @property
    def capacity(self) -> int:
        """The most samples that may be unsafe."""
        return self.endpoint.max_in_flight * self.client.samples_per_call

    @property
    def is_hungry(self) -> bool:
        """Whether it could ask more than it is given."""
        return not self.waiting and self.unsafe < self.capacity

    def take(self, request: Request, replies: Sequence[Reply]) -> Taken:
        """What replies brought; calls whose program is to be tested stay open."""
        seed, taken = request.seed, Taken([], {})
        for_program = seed.seed.tests is not None
        for call, reply in zip(request.calls, replies, strict=False):
            sample, key = new_sample(
                self.entry, self.endpoint, seed.seed.revision_id, call.sample_index, reply,
                for_program=for_program,
            )  # fmt: skip
            taken.samples.append(sample)
            program = program_of(reply.text, reply.finish_reason) if for_program else None
            if program is not None and self.entry.role != "judge":
                taken.programs[call] = Program(sample.identity, program)
            else:
                seed.answered(call, key, sample.answer)
            self.failures_in_a_row = 0
        return taken

    def lose(
        self, seed: OpenSeed, calls: Sequence[Call], reason: str, *, about_prompt: bool
    ) -> int:
        """Note calls that brought nothing; says how many.

        A prompt that is refused says little of the endpoint, and says it with each of its samples:
        it counts once among the failures in a row.
        """
        known = any(call.endpoint == self.entry.endpoint_id for call in seed.failed)
        for call in calls:
            seed.failed[call] = f"{self.entry.name}: {reason}"
            seed.open.discard(call)
        self.unsafe -= len(calls)
        self.failures_in_a_row += (len(calls) > 0 and not known) if about_prompt else len(calls)
        return len(calls)

    def park(self) -> list[OpenSeed]:
        """Let go of all that waits; returns the seeds that nothing else is asked about."""
        left = []
        for request in self.waiting:
            request.seed.open.difference_update(request.calls)
            if not request.seed.open:
                left.append(request.seed)
        self.waiting.clear()
        return left

    def add(self, seed: OpenSeed, calls: Sequence[Call], asked: Question) -> None:
        """Queue calls of one seed, as few requests as the server allows."""
        size = self.client.samples_per_call
        for start in range(0, len(calls), size):
            part = calls[start : start + size]
            self.waiting.append(Request(seed, part, asked, self.bound(asked.messages, len(part))))

    def bound(self, messages: Sequence[Mapping[str, str]], calls: int) -> Bound:
        """The most that so many samples can cost."""
        most = self.client.estimated_tokens(messages)
        completion = self.entry.sampling.max_tokens
        price = cost(self.endpoint, most - completion, completion)
        return Bound(calls, calls * most, calls * price)

    @property
    def first(self) -> Request | Ticket | None:
        """Who is next: tickets go first, for they finish what has begun."""
        line: Sequence[Request | Ticket] = self.tickets or self.waiting
        return line[0] if line else None

    def turn_away(self) -> None:
        """Tell those who wait with a ticket that nothing more may start."""
        while self.tickets:
            admitted = self.tickets.popleft().admitted
            if not admitted.done():
                admitted.set_result(False)
