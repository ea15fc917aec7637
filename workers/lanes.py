"""One endpoint's calls in a scoring job: those that wait, and how many are not yet safe."""

from collections import deque
from collections.abc import Sequence
from typing import NamedTuple

from backend.endpoints.tables import Endpoint
from backend.runs.plan import PendingSeed
from backend.science.answers import AnswerKey
from backend.science.stopping import Call, SeedState
from backend.scoring.line_up import LineUpEntry
from workers.clients import Client


class OpenSeed:
    """A seed that is being scored."""

    def __init__(self, seed: PendingSeed, *, asks_reference: bool) -> None:
        self.seed = seed
        self.answers: dict[Call, AnswerKey | None] = dict(seed.answers)
        self.open: set[Call] = set()
        self.failed: dict[Call, str] = {}
        self._asks_reference = asks_reference

    @property
    def state(self) -> SeedState:
        """What the stopping rule decides from."""
        return SeedState(self._asks_reference, self.answers, self.open, self.failed.keys())


class Request(NamedTuple):
    """Calls of one seed to one endpoint that go out together."""

    seed: OpenSeed
    calls: Sequence[Call]


class Lane:
    """An endpoint with its waiting requests.

    `unsafe` counts samples that are asked for and not yet committed. It stays within what the
    endpoint may have in flight, so that a killed worker has never more than that to ask again.
    """

    def __init__(self, entry: LineUpEntry, endpoint: Endpoint, client: Client) -> None:
        self.entry = entry
        self.endpoint = endpoint
        self.client = client
        self.waiting: deque[Request] = deque()
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

    def add(self, seed: OpenSeed, calls: Sequence[Call]) -> None:
        """Queue calls of one seed, as few requests as the server allows."""
        size = self.client.samples_per_call
        for start in range(0, len(calls), size):
            self.waiting.append(Request(seed, calls[start : start + size]))
