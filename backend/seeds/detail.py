"""Everything known about seeds, composed from all the domains that know something."""

from collections import defaultdict
from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from backend.accounts.tables import User
from backend.decontamination.hits import hits_of
from backend.duplicates.seed_groups import groups_of
from backend.errors import NotFound
from backend.proposals.lineage import children_of, origins_of
from backend.review.history import history_of
from backend.review.reviewers import reviewers_of
from backend.scoring.evidence import evidence_of
from backend.seeds.lists import seed_rows
from backend.seeds.related import was_current
from backend.seeds.schemas import Evidence, RevisionOut, SeedDetail
from backend.seeds.tables import Seed, SeedRevision


def seed_details(session: Session, viewer: User, seed_ids: Sequence[int]) -> list[SeedDetail]:
    """The seeds in the order asked, each with text, evidence and the history that the viewer may
    see; unknown ones left out.

    A constant number of queries, however many seeds.
    """
    rows = seed_rows(session, seed_ids)
    revisions = _revisions(session, seed_ids)
    current = [row.revision_id for row in rows]
    evidence, hits = evidence_of(session, current), hits_of(session, current)
    history = history_of(session, viewer, seed_ids)
    groups, reviewers = groups_of(session, seed_ids), reviewers_of(session, seed_ids)
    origins, children = origins_of(session, seed_ids), children_of(session, seed_ids)
    seeds = {seed.id: seed for seed in session.scalars(select(Seed).where(Seed.id.in_(seed_ids)))}
    return [
        SeedDetail(
            **{**row.model_dump(), "prompt": _current(revisions[row.id], row.revision_id).prompt},
            reviewed_by=reviewers.get(row.id),
            synthetic=origins.get(row.id),
            children=children.get(row.id, []),
            duplicates=groups.get(row.id, []),
            metadata=seeds[row.id].extra,
            withdrawn_at=seeds[row.id].withdrawn_at,
            revisions=revisions[row.id],
            evidence=Evidence(**dict(evidence[row.revision_id]), hits=hits[row.revision_id]),
            history=history[row.id],
        )
        for row in rows
    ]


def seed_detail(session: Session, viewer: User, seed_id: int) -> SeedDetail:
    """One seed, a withdrawn one too: its history stays readable.

    Raises:
        NotFound: there is none of this number.
    """
    found = seed_details(session, viewer, [seed_id])
    if not found:
        raise NotFound(f"there is no seed {seed_id}")
    return found[0]


def _revisions(session: Session, seed_ids: Sequence[int]) -> dict[int, list[RevisionOut]]:
    found: dict[int, list[RevisionOut]] = defaultdict(list)
    wanted = select(SeedRevision).where(
        SeedRevision.seed_id.in_(seed_ids), was_current(SeedRevision)
    )
    for revision in session.scalars(wanted.order_by(SeedRevision.number.desc())):
        found[revision.seed_id].append(RevisionOut.model_validate(revision))
    return found


def _current(revisions: Sequence[RevisionOut], revision_id: int) -> RevisionOut:
    return next(revision for revision in revisions if revision.id == revision_id)
