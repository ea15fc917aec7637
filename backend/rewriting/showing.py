"""Rewrites as readers see them: in lists by doubt, and one beside its original."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row, Select, func, or_, select, tuple_
from sqlalchemy.orm import Session

from backend.accounts.tables import User
from backend.config import settings
from backend.decontamination.hits import hits_of
from backend.endpoints.tables import Endpoint
from backend.paging import Page, decode_cursor, encode_cursor
from backend.proposals.tables import MADE, ProposalReply
from backend.review.history import history_of
from backend.review.schemas import DecisionOut
from backend.rewriting.checks import checks_of, doubt, names_with
from backend.rewriting.schemas import (
    CheckOut,
    CommentOut,
    PieceOut,
    RewriteDetail,
    RewriteListQuery,
    RewriteRow,
)
from backend.rewriting.service import comments_on, get_rewrite
from backend.rewriting.tables import Rewrite, RewriteApproval
from backend.science.word_difference import word_difference
from backend.seeds.schemas import PROMPT_START
from backend.seeds.tables import Seed, SeedRevision

_Approvals = dict[int, list[str]]


def list_rewrites(session: Session, query: RewriteListQuery) -> Page[RewriteRow]:
    """A page of the rewrites of living seeds, those with the most doubt first, then the newest."""
    rank = doubt(session)
    wanted = _rows(func.left(SeedRevision.prompt, PROMPT_START)).add_columns(rank.label("doubt"))
    wanted = _matching(wanted, query).where(Seed.withdrawn_at.is_(None))
    total = None
    if query.after is None:
        total = session.scalar(select(func.count()).select_from(wanted.subquery()))
    else:
        most, number = decode_cursor(query.after, [(int,), (int,)])
        wanted = wanted.where(tuple_(rank, Rewrite.id) < (most, number))
    ordered = wanted.order_by(rank.desc(), Rewrite.id.desc()).limit(query.limit + 1)
    found = session.execute(ordered).all()
    shown = found[: query.limit]
    more = len(found) > len(shown)
    return Page(
        items=_shown(session, shown),
        next=encode_cursor([int(shown[-1].doubt), shown[-1].Rewrite.id]) if more else None,
        total=total,
    )


def rewrite_detail(session: Session, viewer: User, rewrite_id: int) -> RewriteDetail:
    """One rewrite with all that is known about it, of a withdrawn seed too.

    Raises:
        NotFound: there is none of this number.
    """
    rewrite = get_rewrite(session, rewrite_id)
    row = session.execute(_rows(SeedRevision.prompt).where(Rewrite.id == rewrite_id)).one()
    checks = checks_of(session, [rewrite_id])
    original = session.get_one(SeedRevision, rewrite.base_revision_id)
    pieces = word_difference(original.prompt, row.prompt)
    decider = None if rewrite.decided_by is None else session.get_one(User, rewrite.decided_by)
    return RewriteDetail(
        **_row(row, checks[rewrite_id], _approvals(session, [rewrite_id])).model_dump(),
        original_prompt=original.prompt,
        original_answer=original.answer,
        seed_revision_id=row.Seed.revision_id,
        seed_status=row.Seed.status,
        difference=[PieceOut(kind=piece.kind, text=piece.text) for piece in pieces],
        checks=checks[rewrite_id],
        hits=hits_of(session, [rewrite.revision_id])[rewrite.revision_id],
        comments=[
            CommentOut(id=said.id, user=name, text=said.text, created_at=said.created_at)
            for said, name in comments_on(session, rewrite_id)
        ],
        reason=rewrite.reason,
        decided_by=decider and decider.name,
        decision_id=rewrite.decision_id,
        history=_history(session, viewer, rewrite),
    )


def _rows(prompt: Any) -> Select[*tuple[Any, ...]]:
    rows: Select[*tuple[Any, ...]] = select(
        Rewrite, Seed, prompt.label("prompt"), SeedRevision.answer,
        User.name.label("author"), Endpoint.name.label("endpoint"), ProposalReply.run_id,
    )  # fmt: skip
    return (
        rows.join(Seed, Seed.id == Rewrite.seed_id)
        .join(SeedRevision, SeedRevision.id == Rewrite.revision_id)
        .outerjoin(User, User.id == Rewrite.author_id)
        .outerjoin(Endpoint, Endpoint.id == Rewrite.endpoint_id)
        .outerjoin(
            ProposalReply,
            (ProposalReply.rewrite_id == Rewrite.id) & (ProposalReply.outcome == MADE),
        )
        .execution_options(populate_existing=True)
    )


def _matching(
    wanted: Select[*tuple[Any, ...]], query: RewriteListQuery
) -> Select[*tuple[Any, ...]]:
    for column, value in (
        (Rewrite.state, query.state), (Rewrite.kind, query.kind), (Rewrite.seed_id, query.seed_id),
    ):  # fmt: skip
        if value is not None:
            wanted = wanted.where(column == value)
    if query.author is not None:
        wanted = wanted.where(or_(User.name == query.author, Endpoint.name == query.author))
    if query.by_model is not None:
        wanted = wanted.where(Rewrite.endpoint_id.is_not(None) == query.by_model)
    if query.run_id is not None:
        proposed = select(ProposalReply.rewrite_id).where(ProposalReply.run_id == query.run_id)
        wanted = wanted.where(Rewrite.id.in_(proposed))
    return wanted


def _shown(session: Session, rows: Sequence[Row[*tuple[Any, ...]]]) -> list[RewriteRow]:
    numbers = [row.Rewrite.id for row in rows]
    checks, approvals = checks_of(session, numbers), _approvals(session, numbers)
    return [_row(row, checks[row.Rewrite.id], approvals) for row in rows]


def _row(
    row: Row[*tuple[Any, ...]], checks: Sequence[CheckOut], approvals: _Approvals
) -> RewriteRow:
    rewrite: Rewrite = row.Rewrite
    return RewriteRow(
        id=rewrite.id, seed_id=rewrite.seed_id, base_revision_id=rewrite.base_revision_id,
        revision_id=rewrite.revision_id, kind=rewrite.kind, state=rewrite.state, why=rewrite.why,
        author=row.author or row.endpoint, by_model=row.endpoint is not None, run_id=row.run_id,
        prompt=row.prompt, answer=row.answer, failed=names_with(checks, "failed"),
        unknown=names_with(checks, "unknown"),
        stale=rewrite.state == "proposed" and row.Seed.revision_id != rewrite.base_revision_id,
        approvals=approvals.get(rewrite.id, []), approvals_needed=settings().rewrite_approvals,
        created_at=rewrite.created_at, decided_at=rewrite.decided_at,
    )  # fmt: skip


def _approvals(session: Session, rewrite_ids: Sequence[int]) -> _Approvals:
    wanted = (
        select(RewriteApproval.rewrite_id, User.name)
        .join(User, User.id == RewriteApproval.user_id)
        .where(RewriteApproval.rewrite_id.in_(rewrite_ids), RewriteApproval.taken_back_at.is_(None))
        .order_by(RewriteApproval.id)
    )
    names: _Approvals = defaultdict(list)
    for rewrite_id, name in session.execute(wanted):
        names[rewrite_id].append(name)
    return names


def _history(session: Session, viewer: User, rewrite: Rewrite) -> list[DecisionOut]:
    """The approvals of this rewrite and what took them back, newest first."""
    events = history_of(session, viewer, [rewrite.seed_id])[rewrite.seed_id]
    about = {
        event.id
        for event in events
        if event.kind == "rewrite" and event.revision_id == rewrite.revision_id
    }
    return [event for event in events if event.id in about or event.undoes_id in about]
