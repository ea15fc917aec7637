"""Asks the judges of a run over rewrites whether a rewrite's answer follows from the original."""

import asyncio
from collections.abc import Callable, Mapping, Sequence

from backend.rewriting.followed import follows_question
from backend.science import rewrite_judgments as science
from backend.science.plurality import plurality
from backend.science.rewrite_judgments import FollowsQuestion
from backend.scoring.line_up import LineUpEntry
from workers.judge_calls import JudgeCalls, JudgeQuestion, JudgeStopped
from workers.open_seed import OpenSeed

LoadReplies = Callable[[LineUpEntry, int], Mapping[tuple[str, int], str]]


class FollowsJudges:
    """All judges of a line-up; each is asked about each rewrite once, unless it proposed it.

    Args:
        judges: who is asked.
        reference: the endpoint whose votes stand where a rewrite has no answer of its own.
        load_replies: (judge, revision) -> its replies that are stored; runs in a thread.
    """

    def __init__(
        self, judges: Sequence[JudgeCalls], reference: int | None, load_replies: LoadReplies
    ) -> None:
        self._judges, self._reference, self._load_replies = judges, reference, load_replies

    async def ask(self, seed: OpenSeed) -> bool:
        """Have a rewrite judged; False where a judge may not be asked now: it has to wait.

        A judge that fails leaves the rewrite without its word.
        """
        asked = self._question(seed)
        if asked is None:
            return True
        said = await asyncio.gather(
            *(self._ask(judge, seed, asked) for judge in self._judges if self._may(judge, seed))
        )
        return all(said)

    async def _ask(self, judge: JudgeCalls, seed: OpenSeed, asked: FollowsQuestion) -> bool:
        revision_id, question_hash = seed.seed.revision_id, science.question_hash(asked)
        stored = await asyncio.to_thread(self._load_replies, judge.entry, revision_id)
        if (question_hash, 0) in stored:
            return True
        messages = science.messages(asked)
        try:
            await judge.ask(
                JudgeQuestion(revision_id, question_hash, 0, messages, science.json_schema())
            )
        except JudgeStopped as stop:
            return stop.failure is not None
        return True

    def _may(self, judge: JudgeCalls, seed: OpenSeed) -> bool:
        return seed.seed.rewrite is not None and seed.seed.rewrite.may_judge(judge.entry)

    def _question(self, seed: OpenSeed) -> FollowsQuestion | None:
        if seed.seed.rewrite is None:
            return None
        said = seed.said
        keys = said.keys.get(self._reference, ()) if self._reference is not None else ()
        winner = plurality(keys, said.equivalent).winner
        return follows_question(
            seed.seed.rewrite, winner, seed.texts.get(winner) if winner else None
        )
