"""Read the stored replies of a run that sorts by domain, once and for all."""

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from backend.domains.tables import NAMED, DomainSuggestion
from backend.row_sets import among
from backend.science.domain_questions import OTHER, DomainChoice, Unreadable, parse_domain
from backend.scoring.line_up import CUT_OFF, LineUpEntry, serving_samples
from backend.scoring.tables import Sample
from backend.seeds.tables import Seed, SeedRevision


def read_suggestions(
    session: Session,
    run_id: int,
    entry: LineUpEntry,
    revision_ids: Sequence[int],
    choices: Sequence[DomainChoice],
) -> None:
    """Make suggestions of the replies that the run has not read.

    Args:
        session: the one that has stored the replies; flushed, not committed.
        run_id: the run.
        entry: who was asked; replies that other runs have paid for count where they fit it.
        revision_ids: the wordings that were asked about.
        choices: what was offered.
    """
    for reply in _unread(session, run_id, entry, revision_ids):
        cut_off = reply.finish_reason == CUT_OFF
        said = parse_domain(reply.response, choices, cut_off=cut_off)
        session.add(_suggestion(run_id, reply, said))
    session.flush()


def _unread(
    session: Session, run_id: int, entry: LineUpEntry, revision_ids: Sequence[int]
) -> Iterable[Row[*tuple[Any, ...]]]:
    serving = serving_samples([entry]).where(
        among(Sample.revision_id, revision_ids), Sample.sample_index == 0
    )
    read = select(DomainSuggestion.run_id).where(
        DomainSuggestion.run_id == run_id, DomainSuggestion.revision_id == Sample.revision_id
    )
    wanted = (
        select(
            Sample.id, Sample.revision_id, Sample.response, Sample.finish_reason,
            Seed.domain.label("given"),
        )
        .join(SeedRevision, SeedRevision.id == Sample.revision_id)
        .join(Seed, Seed.id == SeedRevision.seed_id)
        .where(Sample.id.in_(serving), ~read.exists())
        .order_by(Sample.revision_id)
    )  # fmt: skip
    return session.execute(wanted).all()


def _suggestion(
    run_id: int, reply: Row[*tuple[Any, ...]], said: str | Unreadable
) -> DomainSuggestion:
    unreadable = said if isinstance(said, Unreadable) else None
    named = None if unreadable is not None or said == OTHER else str(said)
    outcome = unreadable.code if unreadable is not None else NAMED if named else OTHER
    return DomainSuggestion(
        run_id=run_id, revision_id=reply.revision_id, sample_id=reply.id, outcome=outcome,
        domain=named, said=unreadable and unreadable.reason, given=reply.given,
    )  # fmt: skip
