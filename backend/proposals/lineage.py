"""What synthetic seeds were made from, and which seeds were made from others."""

from collections import defaultdict
from collections.abc import Sequence

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from backend.endpoints.tables import Endpoint
from backend.proposals.schemas import ChildSeed, SyntheticOrigin
from backend.proposals.tables import SeedParent
from backend.seeds.tables import Seed

MOST_CHILDREN = 100


def origins_of(session: Session, seed_ids: Sequence[int]) -> dict[int, SyntheticOrigin]:
    """What those of the seeds were made from that are synthetic."""
    rows = session.execute(
        select(
            SeedParent.seed_id, SeedParent.parent_id, SeedParent.parent_revision_id,
            SeedParent.kind, Endpoint.name.label("endpoint"), SeedParent.template_hash,
            SeedParent.sample_id, SeedParent.answer.label("proposed_answer"), SeedParent.why,
        )
        .join(Endpoint, Endpoint.id == SeedParent.endpoint_id)
        .where(SeedParent.seed_id.in_(seed_ids))
    )  # fmt: skip
    return {row.seed_id: SyntheticOrigin.model_validate(row) for row in rows}


def children_of(session: Session, seed_ids: Sequence[int]) -> dict[int, list[ChildSeed]]:
    """The first living seeds that were made from each."""
    place = func.row_number().over(partition_by=SeedParent.parent_id, order_by=Seed.id)
    children = (
        select(SeedParent.parent_id, Seed.id, SeedParent.kind, Seed.status, place.label("place"))
        .join(Seed, Seed.id == SeedParent.seed_id)
        .where(SeedParent.parent_id.in_(seed_ids), Seed.withdrawn_at.is_(None))
        .subquery()
    )
    found: dict[int, list[ChildSeed]] = defaultdict(list)
    wanted = select(children).where(children.c.place <= MOST_CHILDREN).order_by(children.c.id)
    for row in session.execute(wanted):
        found[row.parent_id].append(ChildSeed.model_validate(row))
    return found
