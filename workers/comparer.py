"""Finds out which of a seed's answers say the same: by algebra, and in free words by a judge."""

import asyncio
from collections.abc import Callable, Mapping
from itertools import chain

from backend.scoring.equivalences import BY_ALGEBRA, NewEquivalence
from workers.equivalence_judge import EquivalenceJudge, JudgedSeed
from workers.equivalence_pool import equivalence_pool
from workers.open_seed import OpenSeed
from workers.sample_writer import SampleWriter

LoadReplies = Callable[[int], Mapping[tuple[str, int], str]]


class Comparer:
    """Compares a run's answers and has what it found stored.

    Args:
        writer: stores decisions.
        judge: for answers in free words; None leaves them different.
        load_replies: revision -> the judge's replies that are stored; runs in a thread.
    """

    def __init__(
        self, writer: SampleWriter, judge: EquivalenceJudge | None, load_replies: LoadReplies
    ) -> None:
        self._writer, self._judge, self._load_replies = writer, judge, load_replies

    async def compare(self, seed: OpenSeed) -> bool:
        """Compare what is new; False where the judge may not be asked now: the seed has to wait."""
        for_algebra, for_judge = seed.undecided()
        if for_algebra:
            verdicts = await equivalence_pool().decisions(for_algebra)
            seed.decide(for_algebra, verdicts, BY_ALGEBRA)
            for pair, verdict in zip(for_algebra, verdicts, strict=True):
                found = NewEquivalence(seed.seed.revision_id, *pair, verdict, BY_ALGEBRA)
                self._writer.equivalence(found)
        if for_judge and self._judge is not None:
            return await self._ask(self._judge, seed)
        return True

    async def _ask(self, judge: EquivalenceJudge, seed: OpenSeed) -> bool:
        said = seed.said
        judged = await judge.judge(
            JudgedSeed(
                seed.seed.revision_id,
                seed.seed.prompt,
                list(chain.from_iterable(said.keys.values())),
                seed.texts,
                seed.given,
                seed.known,
                await asyncio.to_thread(self._load_replies, seed.seed.revision_id),
            )
        )
        seed.known.update(judged.known)
        # A judge that fails leaves answers different; one that may not speak now is waited for.
        return judged.complete or judged.failure is not None
