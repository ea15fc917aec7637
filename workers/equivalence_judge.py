"""Asks a judge which answers in free words say the same, about as few pairs as will do.

Answers are taken as `answer_classes` takes them, the most frequent first. Each is compared with
the first member of each class, and with the others only where that one says the same: a class takes
an answer only if every member does. Every reply is a stored sample, so that a pair is paid for
once, and a killed worker goes on where it was.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import NamedTuple, Protocol

from backend.endpoints.tables import Endpoint
from backend.science import judged_equivalence as science
from backend.science.answer_keys import AnswerKey
from backend.science.known_equivalences import (
    Known,
    Pair,
    PairDecision,
    ordered_pair,
    relation_of,
)
from backend.scoring.equivalences import NewEquivalence
from backend.scoring.line_up import LineUpEntry
from backend.scoring.samples import storable
from workers.clients import Client
from workers.judge_calls import BudgetGate, JudgeCalls, JudgeQuestion, JudgeStopped, SampleStore

MAX_PAIRS_PER_SEED = 20


class Writer(SampleStore, Protocol):
    """Takes what is to be stored; never blocks."""

    def equivalence(self, decided: NewEquivalence) -> None:
        """Store a decision: the reply that it rests on was given before."""


class JudgedSeed(NamedTuple):
    """A seed whose answers are to be compared.

    Attributes:
        keys: of all responses, of every endpoint, None where there is no answer.
        texts: how each key was first written.
        given: the key of the given answer, which is compared first.
        known: what was decided before.
        replies: this judge's stored replies (`stored_replies`).
    """

    revision_id: int
    prompt: str
    keys: Sequence[AnswerKey | None]
    texts: Mapping[AnswerKey, str]
    given: AnswerKey | None
    known: Known
    replies: Mapping[tuple[str, int], str]


class Judged(NamedTuple):
    """What is known of a seed's pairs now.

    Attributes:
        known: the decisions from before and the new ones.
        complete: False where a call was not made or failed: asking again may bring more.
        failure: why a call failed.
    """

    known: dict[Pair, PairDecision]
    complete: bool
    failure: str | None


class EquivalenceJudge:
    """One judge of a run's line-up; used from one event loop.

    Args:
        client: of the judge's endpoint.
        entry: the judge in the line-up.
        endpoint: its row, for prices.
        writer: stores replies and decisions when they arrive.
        gate: the run's budget.
        max_pairs_per_seed: so many pairs of a seed are ever decided by this judge; the others stay
            different.
    """

    def __init__(
        self,
        client: Client,
        entry: LineUpEntry,
        endpoint: Endpoint,
        writer: Writer,
        gate: BudgetGate,
        max_pairs_per_seed: int = MAX_PAIRS_PER_SEED,
    ) -> None:
        self._calls = JudgeCalls(client, entry, endpoint, writer, gate)
        self._writer = writer
        self._max_pairs = max_pairs_per_seed

    async def judge(self, seed: JudgedSeed) -> Judged:
        """Compare the answers of a seed as far as it is needed, paid for and allowed."""
        work = _Work(seed, self._calls.entry.name)
        try:
            for key in _in_turn(seed):
                await self._place(work, key)
        except JudgeStopped as stop:
            return Judged(work.known, False, stop.failure)
        except _EnoughAsked:
            pass
        return Judged(work.known, True, None)

    async def _place(self, work: "_Work", key: AnswerKey) -> None:
        for members in work.classes:
            if await self._fits(work, key, members):
                members.append(key)
                return
        work.classes.append([key])

    async def _fits(self, work: "_Work", key: AnswerKey, members: Sequence[AnswerKey]) -> bool:
        for member in members:
            if work.needs_judge(member, key):
                work.decide(ordered_pair(member, key), await self._decision(work, member, key))
            if not work.same(member, key):
                return False
        return True

    async def _decision(self, work: "_Work", member: AnswerKey, key: AnswerKey) -> bool | None:
        if work.asked >= self._max_pairs:
            raise _EnoughAsked
        pair = ordered_pair(member, key)
        said: list[bool | None] = []
        for index, (first, second) in enumerate((pair, pair[::-1])):
            reply = work.seed.replies.get((science.question_hash(*pair), index))
            if reply is None:
                reply = await self._reply(work.seed, first, second, index)
            said.append(science.parse_reply(reply))
            if said[0] is None:
                break  # whatever the other order brings, nothing is decided
        verdict = science.decision(said[0], said[-1])
        identity = self._calls.identity(work.seed.revision_id, science.question_hash(*pair), 0)
        self._writer.equivalence(
            NewEquivalence(work.seed.revision_id, *pair, verdict, self._calls.entry.name, identity)
        )
        return verdict

    async def _reply(
        self, seed: JudgedSeed, first: AnswerKey, second: AnswerKey, index: int
    ) -> str:
        texts = [storable(seed.texts.get(key, key.value)) for key in (first, second)]
        return await self._calls.ask(
            JudgeQuestion(
                seed.revision_id, science.question_hash(first, second), index,
                science.messages(seed.prompt, *texts), science.json_schema(),
            )
        )  # fmt: skip


class _EnoughAsked(Exception):
    """The seed has had its pairs."""


class _Work:
    """A seed on its way: its classes so far, and what is known."""

    def __init__(self, seed: JudgedSeed, judge: str) -> None:
        self.seed = seed
        self.known: dict[Pair, PairDecision] = dict(seed.known)
        self.asked = sum(decision.decided_by == judge for decision in seed.known.values())
        self.classes: list[list[AnswerKey]] = []
        self.same = relation_of(self.known)
        self._judge = judge

    def needs_judge(self, first: AnswerKey, second: AnswerKey) -> bool:
        return science.wants_judge(first, second) and ordered_pair(first, second) not in self.known

    def decide(self, pair: Pair, verdict: bool | None) -> None:
        self.known[pair] = PairDecision(verdict, self._judge)
        self.asked += 1


def _in_turn(seed: JudgedSeed) -> list[AnswerKey]:
    """The distinct texts: the given answer first, then by falling frequency."""
    counts = Counter(key for key in seed.keys if key is not None and key.kind == "text")
    if seed.given is not None and seed.given.kind == "text":
        counts[seed.given] += len(seed.keys)
    return sorted(counts, key=lambda key: (-counts[key], str(key)))
