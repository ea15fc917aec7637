"""Holds each trace against its seed's key: kept to learn from, or rejected with what was found.

Under a guideline there is no key: what passes the rules is unjudged. Rules come first, since they
say why there is no answer; then the answer; and what would be kept is looked for in benchmarks. All
of it runs in threads or in processes with a time limit: a text of any kind holds the event loop up
for no one else.
"""

import asyncio
from collections.abc import Callable
from typing import NamedTuple

from backend.database import Json
from backend.runs.trace_plan import TracePlan
from backend.science.answer_extraction import extract_answer
from backend.science.answers import AnswerKey, canonical_key
from backend.science.equivalence import decided_by_rules
from backend.science.judged_equivalence import wants_judge
from backend.science.known_equivalences import PairDecision, ordered_pair
from backend.science.stopping import Call
from backend.science.thinking import Trace, read_trace
from backend.science.trace_evidence import Evidence, Rejection
from backend.science.trace_faults import TraceContext, rejection
from backend.scoring.equivalences import BY_ALGEBRA, NewEquivalence
from backend.scoring.reference_keys import ReferenceKey
from backend.scoring.samples import NewSample, storable
from backend.traces.storing import NewTrace, digest_of
from backend.traces.tokens import TokenCounts, token_counts
from workers.equivalence_pool import equivalence_pool
from workers.open_seed import OpenSeed
from workers.sample_writer import SampleWriter

# (revision, trace) -> that it gives a benchmark item away, None where it gives none.
FindCopies = Callable[[int, Trace], Rejection | None]


# Characters of an answer in what is said of it.
MOST_SHOWN = 200


class _Read(NamedTuple):
    """What a response says, read once."""

    trace: Trace
    tokens: TokenCounts
    rejection: Rejection | None
    key: AnswerKey | None


class Verified(NamedTuple):
    """What was found out about a response, and the response as it was read."""

    row: NewTrace
    trace: Trace


class TraceVerifier:
    """Verifies the traces of one job.

    Args:
        writer: stores pairs of answers that were compared.
        plan: the rules, and the guideline that the teacher was shown.
        find_copies: what of a text stands in benchmarks; runs in a thread.
    """

    def __init__(self, writer: SampleWriter, plan: TracePlan, find_copies: FindCopies) -> None:
        self._writer, self._plan, self._find_copies = writer, plan, find_copies

    async def verify(self, seed: OpenSeed, key: ReferenceKey | None, sample: NewSample) -> Verified:
        """What is found out about a response; the key is None under a guideline."""
        sample = sample._replace(
            response=storable(sample.response),
            reasoning=sample.reasoning and storable(sample.reasoning),
        )
        read = await asyncio.to_thread(self._read, seed, key, sample)
        if key is not None and key.origin == "tests":  # how the program did, not what the text says
            call = Call(sample.endpoint_id, sample.sample_index)
            read = read._replace(key=seed.answers.get(call))
        found = read.rejection
        if found is None and key is not None:
            found = await self._of_answer(seed, key, read.key)
        if found is None:
            found = await asyncio.to_thread(self._find_copies, sample.revision_id, read.trace)
        return Verified(self._row(sample, read, key, found), read.trace)

    def _row(
        self, sample: NewSample, read: _Read, key: ReferenceKey | None, found: Rejection | None
    ) -> NewTrace:
        return NewTrace(
            sample.identity,
            digest_of(sample.response, sample.reasoning),
            found.reason if found else None,
            stored_evidence(found.evidence) if found else {},
            read.tokens.thinking,
            read.tokens.answer,
            read.key and str(read.key),
            key.origin if key else "none",
            key.answer if key else "",
            str(key.key) if key else "",
            self._plan.guideline_version_id,
            "kept" if key else "unjudged",
        )

    def _read(self, seed: OpenSeed, key: ReferenceKey | None, sample: NewSample) -> _Read:
        trace = read_trace(sample.response, sample.reasoning, sample.finish_reason)
        tokens = token_counts(trace, sample)
        guided = self._plan.shard.guided
        context = TraceContext(
            seed.seed.prompt,
            guideline=guided.secret if guided else "",
            needs_value=key is not None and key.origin != "tests",
            thinking_tokens=tokens.thinking,
            answer_tokens=tokens.answer,
        )
        return _Read(
            trace,
            tokens,
            rejection(trace, context, self._plan.rules),
            canonical_key(extract_answer(trace.answer, sample.finish_reason)),
        )

    async def _of_answer(
        self, seed: OpenSeed, key: ReferenceKey, answer: AnswerKey | None
    ) -> Rejection | None:
        if answer is None:
            return Rejection("no_answer", Evidence("no final answer can be read"))
        if answer == key.key or answer in key.alike:
            return None
        same = key.origin != "tests" and await self._same(seed, answer, key.key)
        if same:
            return None
        # Unknown is not right: it could not be found out in time, or only a reader could tell.
        found = "could not be held against" if same is None else "differs from"
        said = f"{_shown(answer)} {found} {_shown(key.key)} ({key.origin})"
        return Rejection("wrong", Evidence(said))

    async def _same(self, seed: OpenSeed, answer: AnswerKey, key: AnswerKey) -> bool | None:
        """By rules, by what is stored, else by algebra, whose word is stored; None is unknown."""
        pair = ordered_pair(answer, key)
        if (by_rules := decided_by_rules(*pair)) is not None:
            return None if wants_judge(*pair) else by_rules
        if pair not in seed.known:
            same = await equivalence_pool().equivalent(*pair)
            seed.known[pair] = PairDecision(same, BY_ALGEBRA)
            found = NewEquivalence(seed.seed.revision_id, *pair, same, BY_ALGEBRA)
            self._writer.equivalence(found)
        return seed.known[pair].equivalent


def _shown(key: AnswerKey) -> str:
    return key.value if len(key.value) <= MOST_SHOWN else f"{key.value[:MOST_SHOWN]}…"


def stored_evidence(evidence: Evidence) -> Json:
    """Evidence as it is stored."""
    passages = [passage._asdict() for passage in evidence.passages]
    return {"found": evidence.found, "passages": passages}
