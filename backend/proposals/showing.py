"""What a run's replies came to: in numbers, and one by one."""

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from backend.paging import Page, decode_cursor, encode_cursor
from backend.proposals.schemas import OutcomeShare, ProposalSummary, ReplyOut, ReplyQuery
from backend.proposals.tables import MADE, ProposalReply
from backend.rewriting.tables import Rewrite
from backend.runs.service import get_run
from backend.scoring.tables import Sample
from backend.seeds.tables import Seed, SeedRevision

REPLY_SHOWN = 1000


def summarise(session: Session, run_id: int) -> ProposalSummary:
    """The outcomes, the most frequent first; NotFound where there is no such run."""
    get_run(session, run_id)
    counts = {
        row[0]: row[1]
        for row in session.execute(
            select(ProposalReply.outcome, func.count())
            .where(ProposalReply.run_id == run_id)
            .group_by(ProposalReply.outcome)
        )
    }
    total = sum(counts.values())
    asked = session.scalars(
        select(func.count(ProposalReply.revision_id.distinct())).where(*_made(run_id))
    ).one()
    return ProposalSummary(
        run_id=run_id,
        replies=total,
        made=counts.get(MADE, 0),
        seeds=asked,
        outcomes=[
            OutcomeShare.model_validate({"outcome": name, "count": n, "share": n / total})
            for name, n in sorted(counts.items(), key=lambda found: (-found[1], found[0]))
        ],
        standing=_standing(session, run_id),
    )


def _made(run_id: int) -> tuple[ColumnElement[bool], ...]:
    return (ProposalReply.run_id == run_id, ProposalReply.outcome == MADE)


def _standing(session: Session, run_id: int) -> dict[str, int]:
    rewrites = (
        select(Rewrite.state, func.count())
        .join(ProposalReply, ProposalReply.rewrite_id == Rewrite.id)
        .where(*_made(run_id))
        .group_by(Rewrite.state)
    )
    seeds = (
        select(Seed.status, func.count())
        .join(ProposalReply, ProposalReply.seed_id == Seed.id)
        .where(*_made(run_id), Seed.withdrawn_at.is_(None))
        .group_by(Seed.status)
    )
    return {row[0]: row[1] for wanted in (rewrites, seeds) for row in session.execute(wanted)}


def list_replies(session: Session, run_id: int, query: ReplyQuery) -> Page[ReplyOut]:
    """The run's replies, in the order of their samples; NotFound where there is no such run."""
    get_run(session, run_id)
    wanted = (
        select(
            ProposalReply.sample_id, SeedRevision.seed_id, ProposalReply.revision_id,
            ProposalReply.outcome, ProposalReply.said, ProposalReply.rewrite_id,
            ProposalReply.seed_id.label("made_seed_id"),
            func.left(Sample.response, REPLY_SHOWN).label("reply"), ProposalReply.created_at,
        )
        .join(Sample, Sample.id == ProposalReply.sample_id)
        .join(SeedRevision, SeedRevision.id == ProposalReply.revision_id)
        .where(ProposalReply.run_id == run_id)
        .order_by(ProposalReply.sample_id)
        .limit(query.limit + 1)
    )  # fmt: skip
    if query.outcome is not None:
        wanted = wanted.where(ProposalReply.outcome == query.outcome)
    if query.after is not None:
        wanted = wanted.where(ProposalReply.sample_id > decode_cursor(query.after, [(int,)])[0])
    rows = session.execute(wanted).all()
    shown = [ReplyOut.model_validate(row._asdict()) for row in rows[: query.limit]]
    more = len(rows) > query.limit
    return Page(items=shown, next=encode_cursor([shown[-1].sample_id]) if more else None)
