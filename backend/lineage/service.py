"""Lineage of a seed and of a row, composed from all the domains that know a part of it."""

from collections.abc import Callable
from importlib.metadata import version
from typing import Any

from sqlalchemy.orm import Session

from backend.accounts.tables import User
from backend.lineage import evidence, origin
from backend.lineage.finding import Subject, find_row, find_seed
from backend.lineage.money import money_of, share_of
from backend.lineage.places import export_place, version_place
from backend.lineage.schemas import LineageQuery, RowLineage, SeedLineage
from backend.lineage.traced import trace_proof
from backend.lineage.uses import uses_of
from backend.review.history import history_of
from backend.takedowns.schemas import TakedownQuery
from backend.takedowns.service import list_takedowns


def seed_lineage(session: Session, viewer: User, seed_id: int) -> SeedLineage:
    """What a seed, as it reads now, comes from, and what it has gone into.

    A constant number of queries, by keys and indexes alone.

    Raises:
        NotFound: there is no such seed.
    """
    return SeedLineage.model_validate(_parts(session, viewer, find_seed(session, seed_id)))


def row_lineage(
    session: Session, viewer: User, query: LineageQuery, later: Callable[..., None]
) -> RowLineage:
    """The same of a row, with its place, its response and its share; raises as `find_row`.

    `later` is given what to do after the answer.
    """
    subject = find_row(session, query)
    parts = _parts(session, viewer, subject)
    place = version_place(session, subject, later)
    written = export_place(session, subject, query.position)
    samples = parts["samples"]
    return RowLineage.model_validate(
        parts
        | {
            "version": place,
            "export": written,
            "as_of": place.frozen_at if place else written and written.finished_at,
            "response": samples[0] if subject.sample_id is not None else None,
            "trace": trace_proof(session, subject.sample_id),
            "share": share_of(session, subject, parts["money"]),
        }
    )


def _parts(session: Session, viewer: User, subject: Subject) -> dict[str, Any]:
    seed, revision_id = subject.seed, subject.revision_id
    wordings = origin.wordings_of(session, seed.id)
    ancestors = origin.ancestors_of(session, seed.id)
    uses = uses_of(session, seed)
    return {
        "seed_id": seed.id, "status": seed.status, "tags": seed.tags,
        "withdrawn_at": seed.withdrawn_at, "must_not_be_used": uses.withdrawal is not None,
        "source": origin.source_of(session, seed),
        "imports": origin.imports_of(session, seed, wordings),
        "wording": next(one for one in wordings if one.id == revision_id),
        "is_current": revision_id == seed.revision_id,
        "wordings": wordings, "ancestors": ancestors,
        "rewrites": origin.rewrites_of(session, seed.id),
        "samples": evidence.samples_of(
            session, [one.id for one in wordings], revision_id, subject.sample_id
        ),
        "most_samples": evidence.MOST_SAMPLES,
        "verdicts": evidence.verdicts_of(session, revision_id),
        "judgments": evidence.judgments_of(session, revision_id),
        "ratings": evidence.ratings_of(session, viewer, revision_id),
        "checked": evidence.checked_of(session, seed, revision_id),
        "hits": evidence.hits_on(session, revision_id),
        "decisions": history_of(session, viewer, [seed.id])[seed.id][::-1],
        "takedowns": list_takedowns(session, TakedownQuery(seed_id=seed.id, limit=1000)).items,
        "money": money_of(session, wordings, ancestors),
        "uses": uses, "seedbed": version("seedbed"),
    }  # fmt: skip
