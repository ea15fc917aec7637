"""Versions that a takedown blocks."""

from typing import Final
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from backend.mixtures.schemas import VersionOut
from backend.mixtures.tables import MixtureRow, MixtureVersion
from backend.mixtures.versions import named
from backend.takedowns.tables import SeedTakedown

LISTED: Final = 200


def blocked_by(session: Session, batch: UUID) -> list[VersionOut]:
    """Frozen versions that hold seeds of a takedown that stand, the newest first.

    At most the newest 200; nothing where the takedown is unknown or was lifted.
    """
    taken = (
        select(SeedTakedown.id)
        .join(MixtureRow, MixtureRow.seed_id == SeedTakedown.seed_id)
        .where(SeedTakedown.batch == batch, SeedTakedown.lifted_at.is_(None))
        .where(MixtureRow.version_id == MixtureVersion.id)
    )
    wanted = (
        select(MixtureVersion.id)
        .where(MixtureVersion.frozen_at.is_not(None), taken.exists())
        .order_by(MixtureVersion.id.desc())
        .limit(LISTED)
    )
    return named(session, session.scalars(wanted).all())
