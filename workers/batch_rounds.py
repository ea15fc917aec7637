"""A round of batches: all samples that a shard's pending seeds lack of its batched endpoints.

The first sample of each endpoint is asked directly: a wrong key, model or setting then shows at
once and not after a day, and what the server refuses is learned before the file is written.
"""

import asyncio
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from backend.database import session_scope
from backend.endpoints.settings import cost
from backend.runs import batches
from backend.runs.days import DaySpent
from backend.runs.pending import PHASES, PendingSeed, Phase, pending_seeds
from backend.science.sampling_rules import FixedNumbers
from backend.science.stopping import next_calls
from backend.scoring.line_up import LineUpEntry, plan_of
from backend.scoring.samples import NewSample, spent_by
from workers.batch_client import MOST_BYTES, MOST_LINES
from workers.batch_lines import Line, lines_of
from workers.batch_shard import BatchShard
from workers.budget import Bound, Ledger
from workers.clients import client_for
from workers.day_budget import DayLedger
from workers.open_seed import OpenSeed
from workers.questions import Question, new_sample, question
from workers.replies import CallFailed
from workers.token_count import estimated_prompt_tokens

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
        self._days = DayLedger(shard.plan.status.days)
        self.waits_for_others = False

    def send(self) -> None:
        """Send the batches of all endpoints that are asked by batches."""
        for entry in self._shard.plan.line_up:
            if self._shard.plan.endpoints[entry.endpoint_id].uses_batches and self._is_due(entry):
                self._send_all(entry)

    def _is_due(self, entry: LineUpEntry) -> bool:
        """A second reference is asked where a key is doubtful, which only scoring tells."""
        return entry.role != "second_reference" or self._shard.plan.stopping == "fixed"

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
            free = [line for line in lines if elsewhere.isdisjoint(line.place.requests)]
            self.waits_for_others |= len(free) < len(lines)
            if not free:
                return
            requests = [request for line in free for request in line.place.requests]
            batch = batches.prepare(session, plan.run_id, plan.shard, entry.endpoint_id, requests)
        self._shard.send(batch, free)

    # What is lacking

    def _lacking(self, entry: LineUpEntry) -> Iterator[Lacking]:
        """In the order in which the scoring job would ask."""
        plan = self._shard.plan
        rule = FixedNumbers(plan_of([entry]))
        with session_scope() as session:
            elsewhere = batches.underway_elsewhere(session, plan.run_id, entry)
            refused = batches.not_for_batches(session, plan.run_id, entry.endpoint_id)
        for seed in self._pending():
            opened = OpenSeed(seed)
            wanted = [
                call.sample_index
                for call in next_calls(opened.state, rule.wanted(opened.said).samples)
                if (seed.revision_id, call.sample_index) not in refused
            ]
            free = [index for index in wanted if (seed.revision_id, index) not in elsewhere]
            self.waits_for_others |= len(free) < len(wanted)
            if free:
                yield Lacking(seed, free)

    def _pending(self) -> Iterator[PendingSeed]:
        for phase in PHASES:
            after = None
            while page := self._page(phase, after):
                yield from page
                after = page[-1]

    def _page(self, phase: Phase, after: PendingSeed | None) -> list[PendingSeed]:
        with session_scope() as session:
            return pending_seeds(session, self._shard.plan, phase, after, PAGE)

    def _files(self, entry: LineUpEntry) -> Iterator[list[Line]]:
        """Lines for as many batches as it takes, each within what a provider takes."""
        config = self._shard.config(entry.endpoint_id)
        lines: list[Line] = []
        size = 0
        for seed, indices in self._lacking(entry):
            prompt = batches.Prompt(seed.prompt, seed.tests is not None)
            for line in lines_of(entry, config, seed.revision_id, prompt, indices):
                bound = self._bound(entry, line.place.number, line.prompt_tokens)
                if not self._reserve(entry, bound):
                    yield from [lines] if lines else []
                    return
                if len(lines) >= MOST_LINES or size + len(line.content) >= MOST_BYTES:
                    yield lines
                    lines, size = [], 0
                lines.append(line)
                size += len(line.content) + 1
        yield from [lines] if lines else []

    def _bound(self, entry: LineUpEntry, count: int, prompt_tokens: int) -> Bound:
        most = entry.sampling.max_tokens
        endpoint = self._shard.plan.endpoints[entry.endpoint_id]
        price = cost(endpoint, prompt_tokens, most)
        return Bound(count, count * (prompt_tokens + most), count * price)

    def _reserve(self, entry: LineUpEntry, bound: Bound) -> bool:
        """Whether budget and day hold even where these samples and all before cost their most."""
        if not self._days.reserve(entry.endpoint_id, bound):
            return False
        if not self._ledger.reserve(bound):
            self._days.settle(entry.endpoint_id, bound, spent_by(()))
            return False
        return True

    def _settle(self, entry: LineUpEntry, bound: Bound, samples: Sequence[NewSample]) -> None:
        self._ledger.settle(bound, spent_by(samples))
        self._days.settle(entry.endpoint_id, bound, spent_by(samples))

    @property
    def days_spent(self) -> list[DaySpent]:
        """The endpoints of which nothing more may be asked today."""
        return self._days.spent

    # The first answer

    def _first_answer(self, entry: LineUpEntry) -> bool:
        """Ask for one sample directly; whether there is anything more to send.

        A prompt that this model refuses must not stand in the way of the others: so some are tried.
        """
        reason = None
        for _, lacking in zip(range(FIRST_TRIES), self._lacking(entry), strict=False):
            prompt_tokens = estimated_prompt_tokens(_question(entry, lacking.seed).messages)
            bound = self._bound(entry, 1, prompt_tokens)
            if not self._reserve(entry, bound):
                return False
            try:
                sample = asyncio.run(self._ask(entry, lacking))
            except CallFailed as failure:
                reason = str(failure)
                self._settle(entry, bound, ())
                continue
            self._settle(entry, bound, [sample])
            status = self._shard.record([sample])
            self._days.commit([sample], status.days)
            return True
        if reason is not None:
            self._shard.halt(f"{entry.name} does not answer: {reason}")
        return False

    async def _ask(self, entry: LineUpEntry, lacking: Lacking) -> NewSample:
        seed, indices = lacking
        asked = _question(entry, seed)
        async with client_for(self._shard.config(entry.endpoint_id)) as client:
            replies = await client.ask(asked.messages, json_schema=asked.json_schema)
        endpoint = self._shard.plan.endpoints[entry.endpoint_id]
        for_program = seed.tests is not None
        return new_sample(
            entry, endpoint, seed.revision_id, indices[0], replies[0], for_program=for_program
        )[0]


def _question(entry: LineUpEntry, seed: PendingSeed) -> Question:
    return question(entry, seed.prompt, for_program=seed.tests is not None)
