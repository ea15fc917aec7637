"""A round of batches: all samples that a shard's pending seeds lack of its batched endpoints.

The first sample of each endpoint is asked directly: a wrong key, model or setting then shows at
once and not after a day, and what the server refuses is learned before the file is written.
"""

import asyncio
from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from backend.database import session_scope
from backend.endpoints.settings import cost
from backend.runs import batches
from backend.runs.plan import PendingSeed, pending_seeds
from backend.science.answers import canonical_key
from backend.science.stopping import Call, SeedState, next_calls
from backend.scoring.line_up import LineUpEntry, plan_of
from backend.scoring.samples import NewSample
from workers.batch_client import MOST_BYTES, MOST_LINES
from workers.batch_lines import Line, lines_of
from workers.batch_shard import BatchShard
from workers.budget import Bound, Ledger
from workers.clients import client_for
from workers.questions import new_sample, question
from workers.replies import CallFailed

PAGE = 500
# An endpoint that answers none of the first seeds asked is not sent a file.
FIRST_TRIES = 3


class Lacking(NamedTuple):
    """The samples of one endpoint that a pending seed lacks."""

    seed: PendingSeed
    indices: list[int]


class Round:
    """Finds what is lacking, and sends it as far as the budget goes."""

    def __init__(self, shard: BatchShard) -> None:
        self._shard = shard
        self._ledger = Ledger(shard.plan.status.budget, shard.plan.spent)
        self.waits_for_others = False

    def send(self) -> None:
        """Send the batches of all endpoints that are asked by batches."""
        for entry in self._shard.plan.line_up:
            if self._shard.plan.endpoints[entry.endpoint_id].uses_batches:
                self._send_all(entry)

    def _send_all(self, entry: LineUpEntry) -> None:
        if not self._first_answer(entry):
            return
        for lines in self._files(entry):
            if self._shard.state != "running":
                return
            self._prepare_and_send(entry, lines)

    def _prepare_and_send(self, entry: LineUpEntry, lines: Sequence[Line]) -> None:
        plan = self._shard.plan
        with self._shard.transaction() as session:
            # Two runs that choose at the same time would both ask for the same.
            batches.hold_endpoint(session, entry.endpoint_id)
            elsewhere = batches.underway_elsewhere(session, plan.run_id, entry)
            free = [line for line in lines if elsewhere.isdisjoint(_requests(line))]
            self.waits_for_others |= len(free) < len(lines)
            if not free:
                return
            requests = [request for line in free for request in _requests(line)]
            batch = batches.prepare(session, plan.run_id, plan.shard, entry.endpoint_id, requests)
        self._shard.send(batch, free)

    # What is lacking

    def _lacking(self, entry: LineUpEntry) -> Iterator[Lacking]:
        """In the order in which the scoring job would ask."""
        plan = self._shard.plan
        with session_scope() as session:
            elsewhere = batches.underway_elsewhere(session, plan.run_id, entry)
            refused = batches.not_for_batches(session, plan.run_id, entry.endpoint_id)
        not_asked: dict[int, set[Call]] = defaultdict(set)
        for revision_id, index in refused:
            not_asked[revision_id].add(Call(entry.endpoint_id, index))
        for calibrates in (True, False):
            after = 0
            while page := self._page(calibrates, after):
                for seed in page:
                    wanted = _wanted(entry, seed, not_asked[seed.revision_id])
                    free = [i for i in wanted if (seed.revision_id, i) not in elsewhere]
                    self.waits_for_others |= len(free) < len(wanted)
                    if free:
                        yield Lacking(seed, free)
                after = page[-1].revision_id

    def _page(self, calibrates: bool, after: int) -> list[PendingSeed]:
        with session_scope() as session:
            return pending_seeds(
                session, self._shard.plan, calibrates=calibrates, after=after, limit=PAGE
            )

    def _files(self, entry: LineUpEntry) -> Iterator[list[Line]]:
        """Lines for as many batches as it takes, each within what a provider takes."""
        config = self._shard.config(entry.endpoint_id)
        lines: list[Line] = []
        size = 0
        for seed, indices in self._lacking(entry):
            for line in lines_of(entry, config, seed.revision_id, seed.prompt, indices):
                if not self._reserve(entry, line.count, line.prompt_tokens):
                    yield from [lines] if lines else []
                    return
                if len(lines) >= MOST_LINES or size + len(line.content) >= MOST_BYTES:
                    yield lines
                    lines, size = [], 0
                lines.append(line)
                size += len(line.content) + 1
        yield from [lines] if lines else []

    def _reserve(self, entry: LineUpEntry, count: int, prompt_tokens: int) -> bool:
        """Whether the budget holds even where these samples and all before cost their most."""
        most = entry.sampling.max_tokens
        endpoint = self._shard.plan.endpoints[entry.endpoint_id]
        price = cost(endpoint, prompt_tokens, most)
        return self._ledger.reserve(Bound(count, count * (prompt_tokens + most), count * price))

    # The first answer

    def _first_answer(self, entry: LineUpEntry) -> bool:
        """Ask for one sample directly; whether there is anything more to send.

        A prompt that this model refuses must not stand in the way of the others: so some are tried.
        """
        reason = None
        for _, lacking in zip(range(FIRST_TRIES), self._lacking(entry), strict=False):
            try:
                sample = asyncio.run(self._ask(entry, lacking))
            except CallFailed as failure:
                reason = str(failure)
                continue
            if sample is None:  # over the budget
                return False
            self._shard.record([sample])
            return True
        if reason is not None:
            self._shard.halt(f"{entry.name} does not answer: {reason}")
        return False

    async def _ask(self, entry: LineUpEntry, lacking: Lacking) -> NewSample | None:
        seed, index = lacking.seed, lacking.indices[0]
        asked = question(entry, seed.prompt)
        endpoint = self._shard.plan.endpoints[entry.endpoint_id]
        async with client_for(self._shard.config(entry.endpoint_id)) as client:
            most = client.estimated_tokens(asked.messages)
            if not self._reserve(entry, 1, most - entry.sampling.max_tokens):
                return None
            replies = await client.ask(asked.messages, json_schema=asked.json_schema)
        return new_sample(entry, endpoint, seed.revision_id, index, replies[0])[0]


def _wanted(entry: LineUpEntry, seed: PendingSeed, not_asked: set[Call]) -> list[int]:
    has_answer = canonical_key(seed.given_answer) is not None
    asks_reference = seed.calibrates or not has_answer
    state = SeedState(asks_reference, seed.answers, open=frozenset(), failed=not_asked)
    return [call.sample_index for call in next_calls(state, plan_of([entry]))]


def _requests(line: Line) -> list[batches.Request]:
    return [(line.revision_id, line.first + offset) for offset in range(line.count)]
