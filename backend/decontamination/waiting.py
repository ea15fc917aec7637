"""Wordings that wait to become their seeds': checked like seeds, without a word on the seeds."""

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Select, case, func, select, update
from sqlalchemy.orm import Session

from backend.accounts.tables import User
from backend.database import session_scope
from backend.decontamination.checking import ALL, BATCH, DueBatch, Share
from backend.decontamination.index import LoadedIndex, current_index, current_version
from backend.decontamination.recording import CheckedSeed, DueSeed, remove_lost, write_hits
from backend.decontamination.service import enqueue_check
from backend.decontamination.tables import IndexVersion, WaitingWording
from backend.decontamination.words import read_words
from backend.seeds.tables import Seed, SeedRevision


def await_check(session: Session, user: User | None, revision_id: int) -> None:
    """Have a wording checked that is not its seed's."""
    session.add(WaitingWording(revision_id=revision_id))
    session.flush()
    enqueue_check(session, user)


def want_check(session: Session, revision_id: int, wanted: bool) -> None:
    """Say whether a wording is to be kept up to date with the benchmarks."""
    session.execute(
        update(WaitingWording)
        .where(WaitingWording.revision_id == revision_id)
        .values(wanted=wanted)
    )


def checked_against(session: Session, revision_id: int) -> int | None:
    """The index version that a waiting wording was checked against; no check ends meanwhile."""
    row = session.get(
        WaitingWording, revision_id, with_for_update=True, populate_existing=True
    )  # fmt: skip
    return None if row is None else row.index_id


def count_waiting(session: Session, index_id: int) -> int:
    """How many waiting wordings are not checked against an index version."""
    due = _joined(select(func.count())).where(*_due(index_id, ALL))
    return session.scalar(due) or 0


def next_batch(after: int, share: Share = ALL) -> DueBatch | None:
    """The next wordings to check, by their seeds' numbers, in a transaction of their own.

    Where a seed has more of them than the batch takes, the next pass takes the others.
    """
    with session_scope() as session:
        loaded = current_index(session)
        wordings = _due_wordings(session, loaded, after, share)
    return DueBatch(loaded, wordings) if wordings else None


def store(
    session: Session,
    loaded: LoadedIndex,
    checked: Sequence[CheckedSeed],
    *,
    complete: bool = True,
) -> int:
    """Write what was found, as `checking.store` does for seeds.

    Returns:
        How many wordings are checked now.
    """
    if current_version(session).id != loaded.id:
        return 0
    read_words(session)
    unchanged = _locked_unchanged(session, [found.seed for found in checked])
    checked = [found for found in checked if found.seed.revision_id in unchanged]
    write_hits(session, loaded, checked)
    if not complete:
        return 0
    remove_lost(session, loaded, checked)
    session.execute(
        update(WaitingWording)
        .where(WaitingWording.revision_id.in_([row.seed.revision_id for row in checked]))
        .values(index_id=loaded.id)
    )
    return len(checked)


def _due_wordings(session: Session, loaded: LoadedIndex, after: int, share: Share) -> list[DueSeed]:
    since = case((IndexVersion.policy_id == loaded.policy_id, IndexVersion.newest_item), else_=0)
    wanted = (
        _joined(
            select(
                Seed.id, SeedRevision.id, SeedRevision.content_hash, WaitingWording.index_id,
                since, SeedRevision.prompt,
            )
        )
        .outerjoin(IndexVersion, IndexVersion.id == WaitingWording.index_id)
        .where(*_due(loaded.id, share), Seed.id > after)
        .order_by(Seed.id, SeedRevision.id)
        .limit(BATCH)
    )  # fmt: skip
    return [DueSeed(*row) for row in session.execute(wanted)]


def _joined(statement: Select[Any]) -> Select[Any]:
    return (
        statement.select_from(WaitingWording)
        .join(SeedRevision, SeedRevision.id == WaitingWording.revision_id)
        .join(Seed, Seed.id == SeedRevision.seed_id)
    )


def _due(index_id: int, share: Share) -> list[ColumnElement[bool]]:
    return [
        WaitingWording.wanted.is_(True),
        WaitingWording.index_id.is_distinct_from(index_id),
        Seed.withdrawn_at.is_(None),
        Seed.id % share.of == share.number,
    ]


def _locked_unchanged(session: Session, wordings: Iterable[DueSeed]) -> set[int]:
    read = {row.revision_id: row.checked_index for row in wordings}
    wanted = (
        select(WaitingWording.revision_id, WaitingWording.index_id)
        .where(WaitingWording.revision_id.in_(read), WaitingWording.wanted)
        .order_by(WaitingWording.revision_id)
        .with_for_update()
    )
    return {
        revision_id
        for revision_id, index_id in session.execute(wanted)
        if index_id == read[revision_id]
    }
