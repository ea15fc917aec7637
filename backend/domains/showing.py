"""What a run suggests, counted and held against the domains that seeds had."""

from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from backend.domains.applying import domain_run, judge_of
from backend.domains.schemas import (
    Confusion,
    DomainCount,
    DomainSummary,
    OutcomeCount,
    SuggestionOut,
    SuggestionPage,
    SuggestionQuery,
)
from backend.domains.tables import NAMED, DomainApplied, DomainSuggestion
from backend.paging import decode_cursor, encode_cursor
from backend.review import batches
from backend.review.bulk_events import count
from backend.review.classifying import Classifying
from backend.review.results import BatchOut
from backend.review.tables import DecisionBatch
from backend.science.domain_questions import OTHER
from backend.seeds.tables import SeedRevision

READABLE = (NAMED, OTHER)


def summarise(session: Session, run_id: int) -> DomainSummary:
    """Counts by outcome, by domain, and by given and suggested domain.

    Raises:
        NotFound: there is no such run.
        Conflict: it is for something else.
    """
    run = domain_run(session, run_id)
    pairs = session.execute(
        select(
            DomainSuggestion.outcome, DomainSuggestion.given, DomainSuggestion.domain, func.count()
        )
        .where(DomainSuggestion.run_id == run_id)
        .group_by(DomainSuggestion.outcome, DomainSuggestion.given, DomainSuggestion.domain)
    ).all()
    readable = [(given, domain, many) for outcome, given, domain, many in pairs
                if outcome in READABLE]  # fmt: skip
    return DomainSummary(
        run_id=run_id, judge=judge_of(run), replies=sum(row[3] for row in pairs),
        outcomes=_outcomes(pairs), domains=_domains(readable), confusion=_confusion(readable),
        agreement=_agreement(readable), applicable=_changing(session, run_id, replace=False),
        replaceable=_changing(session, run_id, replace=True),
        applied=_applied(session, run_id),
    )  # fmt: skip


def list_suggestions(session: Session, run_id: int, query: SuggestionQuery) -> SuggestionPage:
    """What the run suggests seed by seed, in the order of the wordings."""
    domain_run(session, run_id)
    wanted = (
        select(DomainSuggestion, SeedRevision.seed_id)
        .join(SeedRevision, SeedRevision.id == DomainSuggestion.revision_id)
        .where(DomainSuggestion.run_id == run_id)
        .order_by(DomainSuggestion.revision_id)
        .limit(query.limit + 1)
    )
    if query.outcome is not None:
        wanted = wanted.where(DomainSuggestion.outcome == query.outcome)
    if query.domain is not None:
        wanted = wanted.where(DomainSuggestion.domain == query.domain)
    if query.after is not None:
        after = decode_cursor(query.after, [(int,)])[0]
        wanted = wanted.where(DomainSuggestion.revision_id > after)
    rows = session.execute(wanted).all()
    shown = [_out(*row) for row in rows[: query.limit]]
    more = len(rows) > query.limit
    return SuggestionPage(
        items=shown, next=encode_cursor([shown[-1].revision_id]) if more else None
    )


def _outcomes(pairs: Any) -> list[OutcomeCount]:
    counts: dict[str, int] = {}
    for outcome, _, _, many in pairs:
        counts[outcome] = counts.get(outcome, 0) + many
    total = sum(counts.values())
    return [
        OutcomeCount(outcome=outcome, count=many, share=many / total)
        for outcome, many in sorted(counts.items(), key=lambda one: (-one[1], one[0]))
    ]


def _domains(readable: Any) -> list[DomainCount]:
    counts: dict[str | None, tuple[int, int]] = {}
    for given, domain, many in readable:
        seeds, new = counts.get(domain, (0, 0))
        counts[domain] = (seeds + many, new + many * (given is None))
    largest = sorted(counts.items(), key=lambda one: (one[0] is None, -one[1][0], one[0] or ""))
    return [DomainCount(domain=domain, seeds=seeds, new=new) for domain, (seeds, new) in largest]


def _confusion(readable: Any) -> list[Confusion]:
    found = [
        Confusion(given=given, suggested=domain, seeds=many)
        for given, domain, many in readable
        if given is not None
    ]
    return sorted(found, key=lambda one: (one.given, -one.seeds, one.suggested or ""))


def _agreement(readable: Any) -> float | None:
    both = [(given == domain, many) for given, domain, many in readable if given is not None]
    total = sum(many for _, many in both)
    return sum(many for same, many in both if same) / total if total else None


def _changing(session: Session, run_id: int, *, replace: bool) -> int:
    return count(session, Classifying(run_id, replace).numbers())


def _applied(session: Session, run_id: int) -> list[BatchOut]:
    """The bulk actions, the newest first; those that changed nothing are left out."""
    tokens = select(DomainApplied.batch).where(DomainApplied.run_id == run_id)
    wanted = batches.wanted_batches().where(DecisionBatch.batch.in_(tokens))
    return [batches.shown(row) for row in session.execute(wanted.order_by(DecisionBatch.id.desc()))]


def _out(row: DomainSuggestion, seed_id: int) -> SuggestionOut:
    names = ("revision_id", "sample_id", "outcome", "domain", "given", "said")
    return SuggestionOut(seed_id=seed_id, **{name: getattr(row, name) for name in names})
