"""What other tables say of a seed, as conditions of the filter over `Seed`."""

from typing import Final

from sqlalchemy import ColumnElement, or_, select, tuple_, union
from sqlalchemy.orm import aliased

from backend.decontamination.standing import CONTAMINATING
from backend.decontamination.tables import DecontaminationHit
from backend.proposals.tables import SeedParent
from backend.review.tables import Decision
from backend.seeds.tables import Seed, SeedRevision, Source

# What settles a seed; flags, edits and skips do not.
DECIDING: Final = ("accept", "reject", "needs_rewrite")


def of_source(name: str) -> ColumnElement[bool]:
    """The source has this name."""
    return Seed.source_id == select(Source.id).where(Source.name == name).scalar_subquery()


def touched_by(import_id: int) -> ColumnElement[bool]:
    """The import created the seed or gave it a wording."""
    # A union of two index look-ups; an OR over both tables would read them whole.
    return Seed.id.in_(
        union(
            select(Seed.id).where(Seed.import_id == import_id),
            select(SeedRevision.seed_id).where(SeedRevision.import_id == import_id),
        )
    )


def is_synthetic() -> ColumnElement[bool]:
    """A model has made it from another seed."""
    return Seed.id.in_(select(SeedParent.seed_id))


def made_from(seed_id: int) -> ColumnElement[bool]:
    """A model has made it from this seed."""
    return Seed.id.in_(select(SeedParent.seed_id).where(SeedParent.parent_id == seed_id))


def decided_by(user_id: int) -> ColumnElement[bool]:
    """The user accepted, rejected or sent it to rewriting, and nobody took that back."""
    undoing = aliased(Decision)
    return Seed.id.in_(
        select(Decision.seed_id).where(
            Decision.user_id == user_id,
            Decision.kind.in_(DECIDING),
            ~select(undoing.id).where(undoing.undoes_id == Decision.id).exists(),
        )
    )


def was_current(revision: type[SeedRevision]) -> ColumnElement[bool]:
    """The seed reads so, or has read so: a rewrite that nobody has approved is a mere proposal."""
    now = select(Seed.id).where(Seed.id == revision.seed_id, Seed.revision_id == revision.id)
    approved = select(Decision.id).where(
        Decision.seed_id == revision.seed_id,
        Decision.kind == "rewrite",
        Decision.revision_id == revision.id,
    )
    return or_(revision.origin != "rewrite", now.exists(), approved.exists())


def is_contaminated() -> ColumnElement[bool]:
    """The wording as it stands has a hit that blocks and that nobody has dismissed."""
    # By both numbers: hits lead to seeds through their revision, seeds have no index on it.
    return tuple_(Seed.id, Seed.revision_id).in_(
        select(SeedRevision.seed_id, SeedRevision.id)
        .join(DecontaminationHit, DecontaminationHit.revision_id == SeedRevision.id)
        .where(CONTAMINATING)
    )
