"""Texts are read for the full text search by workers: who is due, and one batch of it."""

from typing import Any, Final

from sqlalchemy import Select, TextualSelect, func, null, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from backend.accounts.tables import User
from backend.jobs.service import enqueue_once
from backend.jobs.tables import Job
from backend.seeds.full_text import pieces_of, words_of
from backend.seeds.tables import Seed, SeedRevision, SeedText

READ: Final = "seeds.read_texts"
BATCH: Final = 2000


def enqueue_reading(
    session: Session, user: User | None, changed: Select[int] | TextualSelect
) -> Job:
    """Have the texts of seeds read; until then they are searched as they stand.

    Args:
        session: the caller's.
        user: who changed them.
        changed: a statement for their numbers, in ascending order, as everybody writes them.
    """
    due: Any = insert(SeedText).from_select(["seed_id"], changed)
    session.execute(
        due.on_conflict_do_update(
            index_elements=[SeedText.seed_id], set_={"words": null(), "pieces": null()}
        )
    )
    return enqueue_once(session, READ, user)


def count_unread(session: Session) -> int:
    """How many texts are still to be read."""
    return session.scalar(select(func.count()).where(SeedText.words.is_(None))) or 0


def read_texts(session: Session, after: int = 0) -> list[int]:
    """Read the texts of the next seeds by number, some thousands; returns their numbers.

    Rows that somebody else holds are left out: whoever changes a seed has it read again afterwards.

    Args:
        session: the caller's; flushed, not committed.
        after: the last seed of the batch before, so that what it has done is not walked through.
    """
    due = (
        select(SeedText.seed_id)
        .where(SeedText.words.is_(None), SeedText.seed_id > after)
        .order_by(SeedText.seed_id)
        .limit(BATCH)
        .with_for_update(skip_locked=True)
        .cte("due")
    )
    read = session.scalars(
        update(SeedText)
        .where(
            SeedText.seed_id == due.c.seed_id,
            Seed.id == due.c.seed_id,
            SeedRevision.id == Seed.revision_id,
        )
        .values(words=words_of(SeedRevision), pieces=pieces_of(Seed, SeedRevision))
        .returning(SeedText.seed_id)
        .execution_options(synchronize_session=False)
    )
    return sorted(read)
