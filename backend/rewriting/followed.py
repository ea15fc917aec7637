"""Whether a rewrite's answer follows: the question to a judge, and the replies that are stored."""

from collections.abc import Mapping, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from backend.rewriting.waiting import WaitingRewrite
from backend.row_sets import among
from backend.science.answer_keys import AnswerKey
from backend.science.answers import canonical_key
from backend.science.plurality import plurality
from backend.science.rewrite_judgments import (
    FollowsJudgment,
    FollowsQuestion,
    parse_reply,
    question_hash,
)
from backend.scoring.line_up import LineUp, LineUpEntry, reference_of
from backend.scoring.tables import Sample
from backend.scoring.verdicts import Evidence, texts_of

_PROPOSED_IT = FollowsJudgment("unknown", "was not asked: the rewrite is its own")
_UNASKED = FollowsJudgment("unknown", "has not been asked yet, or did not answer")


def follows_question(
    rewrite: WaitingRewrite, winner: AnswerKey | None, text: str | None
) -> FollowsQuestion | None:
    """What a judge is asked: of the rewrite's own answer, else of that on which votes settle.

    Args:
        rewrite: what is asked about.
        winner: the plurality of the reference.
        text: how that was first written.
    """
    prompt, own = rewrite.proposed
    if own is not None:
        return FollowsQuestion(rewrite.original, prompt, own, str(canonical_key(own) or own))
    if winner is None:
        return None
    return FollowsQuestion(rewrite.original, prompt, text or winner.value, str(winner))


def judgments_of(
    session: Session,
    rewrites: Mapping[int, WaitingRewrite],
    evidence: Sequence[Evidence],
    line_up: LineUp,
) -> dict[int, dict[str, FollowsJudgment]]:
    """What each judge of the line-up said of each rewrite, or why it said nothing.

    Args:
        session: for reading.
        rewrites: by revision.
        evidence: what is stored about their revisions.
        line_up: who was asked.
    """
    judges = [entry for entry in line_up if entry.role == "judge"]
    hashes = {found.revision_id: _hash(rewrites[found.revision_id], found, line_up)
              for found in evidence}  # fmt: skip
    said: dict[int, dict[str, FollowsJudgment]] = {number: {} for number in hashes}
    for judge in judges:
        replies = _replies(session, judge, hashes)
        for revision_id in hashes:
            missing = _UNASKED if rewrites[revision_id].may_judge(judge) else _PROPOSED_IT
            said[revision_id][judge.name] = replies.get(revision_id, missing)
    return said


def _hash(rewrite: WaitingRewrite, evidence: Evidence, line_up: LineUp) -> str | None:
    reference = reference_of(line_up)
    votes = plurality(evidence.keys(reference), evidence.equivalent)
    text = texts_of(evidence, reference).get(votes.winner) if votes.winner else None
    asked = follows_question(rewrite, votes.winner, text)
    return asked and question_hash(asked)


def _replies(
    session: Session, judge: LineUpEntry, hashes: Mapping[int, str | None]
) -> dict[int, FollowsJudgment]:
    rows = session.execute(
        select(
            Sample.revision_id, Sample.template_hash, Sample.response, Sample.finish_reason
        ).where(
            among(Sample.revision_id, hashes),
            Sample.endpoint_id == judge.endpoint_id,
            Sample.settings_hash == judge.settings_hash,
            Sample.max_tokens == judge.sampling.max_tokens,
            Sample.sample_index == 0,
        )
    )
    return {
        row.revision_id: parse_reply(row.response, row.finish_reason)
        for row in rows
        if row.template_hash == hashes[row.revision_id]
    }
