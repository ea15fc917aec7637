"""What a scoring run over waiting rewrites tells of them: stored as checks when verdicts are.

Only rewrites that still wait are written: those that are decided keep what the deciders saw.
"""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from backend.rewriting.followed import judgments_of
from backend.rewriting.tables import RewriteCheck
from backend.rewriting.waiting import WaitingRewrite, waiting_rewrites
from backend.row_sets import among
from backend.science import rewrite_measures as science
from backend.science.answer_keys import AnswerKey
from backend.science.answers import canonical_key
from backend.science.code_tests import gold_key
from backend.science.judged_equivalence import wants_judge
from backend.science.known_equivalences import ordered_pair
from backend.science.plurality import plurality
from backend.science.rewrite_judgments import FollowsJudgment, follows
from backend.science.rewrite_measures import Agreement, Measured, OwnAnswer, Said
from backend.scoring.line_up import (
    LineUp,
    LineUpEntry,
    reference_of,
    second_reference_of,
    weak_of,
)
from backend.scoring.policies import policy_of
from backend.scoring.reference_keys import newest_verdicts
from backend.scoring.stored_evidence import read_evidence
from backend.scoring.tables import PolicyVersion, Teachability
from backend.scoring.verdicts import Evidence, texts_of


class Known(NamedTuple):
    """All that the checks of one rewrite rest on; `before` is the original's newest verdict."""

    evidence: Evidence
    verdict: Teachability
    before: Teachability | None
    judged: Mapping[str, FollowsJudgment]


def store_measured(
    session: Session, revision_ids: Sequence[int], line_up: LineUp, policy: PolicyVersion
) -> None:
    """Write what a line-up's answers say of waiting rewrites, whose verdicts are stored.

    Args:
        session: one transaction.
        revision_ids: of the rewrites.
        line_up: who answered.
        policy: under which their verdicts were computed.
    """
    rewrites = waiting_rewrites(session, revision_ids)
    threshold = policy_of(policy).threshold
    rows = [
        {
            "rewrite_id": rewrites[known.evidence.revision_id].rewrite_id, "name": name,
            "outcome": found.outcome,
            "evidence": {"text": found.evidence, "spans": [], "figures": dict(found.figures)},
        }
        for known in _known(session, rewrites, line_up, policy)
        for name, found in measure(known, line_up, threshold).items()
    ]  # fmt: skip
    if not rows:
        return
    written = insert(RewriteCheck)
    said = {name: written.excluded[name] for name in ("outcome", "evidence")}
    session.execute(
        written.on_conflict_do_update(
            index_elements=[RewriteCheck.rewrite_id, RewriteCheck.name],
            set_=said | {"created_at": func.clock_timestamp()},
        ),
        sorted(rows, key=lambda row: (row["rewrite_id"], row["name"])),
    )


def _known(
    session: Session,
    rewrites: Mapping[int, WaitingRewrite],
    line_up: LineUp,
    policy: PolicyVersion,
) -> list[Known]:
    of_policy = select(Teachability).where(
        Teachability.policy_id == policy.id, among(Teachability.revision_id, rewrites)
    )
    verdicts = {row.revision_id: row for row in session.scalars(of_policy)}
    originals = newest_verdicts(session, [row.base_revision_id for row in rewrites.values()])
    evidence = read_evidence(session, sorted(verdicts), line_up, votes_decide=True)
    judged = judgments_of(session, rewrites, evidence, line_up)
    return [
        Known(
            found,
            verdicts[found.revision_id],
            originals.get(rewrites[found.revision_id].base_revision_id),
            judged[found.revision_id],
        )
        for found in evidence
    ]


def measure(known: Known, line_up: LineUp, threshold: float) -> dict[str, Measured]:
    """What each check says of one rewrite.

    Args:
        known: what it rests on.
        line_up: who answered.
        threshold: the probability from which on a plurality is decisive.
    """
    evidence, verdict = known.evidence, known.verdict
    first = _said(evidence, reference_of(line_up))
    second = _said(evidence, second_reference_of(line_up))
    # Votes alone may settle it, and so may votes that a weak model's answers confirm.
    trust = max(verdict.reliability, 1 - verdict.suspect) if first and first.votes.winner else 0.0
    winner = first.votes.winner if first else None
    measured = {"follows": follows(known.judged)}
    if first is not None:
        own = _own_answer(evidence, winner)
        confirmed = second and _same(evidence, second.votes.winner, winner)
        measured["reference_decisive"] = science.reference_decisive(first, own, trust, threshold)
        measured["second_family_agrees"] = science.second_family_agrees(second, first, confirmed)
    return measured | {"difficulty_kept": _difficulty(known, weak_of(line_up)[0])}


def _said(evidence: Evidence, entry: LineUpEntry | None) -> Said | None:
    if entry is None:
        return None
    votes = plurality(evidence.keys(entry), evidence.equivalent)
    answer = texts_of(evidence, entry).get(votes.winner) if votes.winner else None
    return Said(entry.name, votes, answer)


def _own_answer(evidence: Evidence, winner: AnswerKey | None) -> OwnAnswer | None:
    """The answer that was proposed, or that all tests are passed."""
    if evidence.tests:
        return OwnAnswer("passes all tests", _same(evidence, gold_key(evidence.tests), winner))
    if evidence.given_answer is None:
        return None
    key = canonical_key(evidence.given_answer)
    same = None if key is None else _same(evidence, key, winner)
    return OwnAnswer(evidence.given_answer, same)


def _same(evidence: Evidence, first: AnswerKey | None, second: AnswerKey | None) -> bool | None:
    """Whether two answers say the same; None where nobody has found that out."""
    if first is None or second is None:
        return None
    if evidence.same(first, second):
        return True
    decided = evidence.known.get(ordered_pair(first, second))
    is_open = decided.equivalent is None if decided else wants_judge(first, second)
    return None if is_open else False


def _difficulty(known: Known, weak: LineUpEntry) -> Measured:
    before = None if known.before is None else _agreement(known.before, weak)
    return science.difficulty_kept(weak.name, before, _agreement(known.verdict, weak))


def _agreement(verdict: Teachability, weak: LineUpEntry) -> Agreement | None:
    """What the weak model's answers came to; None where it was another model, or had no key."""
    if verdict.key_origin == "none":
        return None
    return next(
        (
            Agreement(found["matching"], found["total"], verdict.verdict)
            for found in verdict.weak
            if found["model"] == weak.model
        ),
        None,
    )
