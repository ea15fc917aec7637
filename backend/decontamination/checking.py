"""Check seeds against the index, in batches that another worker may check at the same time.

A seed's `checked_index` is the index version that it was checked against, so a seed is due whenever
that is not today's: it is new, it was reworded, items came in, or the policy is another. Where only
items came in, it is compared with those alone; what was found in the others stays. Nothing is held
while texts are compared; a seed that changed meanwhile is left for the next pass.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Final, NamedTuple

from sqlalchemy import ColumnElement, case, func, select
from sqlalchemy.orm import Session

from backend.database import session_scope
from backend.decontamination.index import LoadedIndex, current_index, current_version
from backend.decontamination.recording import CheckedSeed, DueSeed, remove_lost, write_hits
from backend.decontamination.standing import waiting_hits
from backend.decontamination.tables import IndexVersion
from backend.decontamination.words import read_words
from backend.seeds.state import set_hits
from backend.seeds.tables import Seed, SeedRevision

BATCH: Final = 200
Conditions = Sequence[ColumnElement[bool]]


class Share(NamedTuple):
    """One of several disjoint parts of all seeds."""

    number: int
    of: int


ALL: Final = Share(0, 1)


class DueBatch(NamedTuple):
    """Seeds to check, and the index to check them against."""

    loaded: LoadedIndex
    seeds: list[DueSeed]


def count_due(session: Session, index_id: int, share: Share = ALL, only: Conditions = ()) -> int:
    """How many living seeds are not checked against an index version."""
    due = (
        select(func.count())
        .select_from(Seed)
        .join(SeedRevision, SeedRevision.id == Seed.revision_id)
        .where(*_due(index_id, share), *only)
    )
    return session.scalar(due) or 0


def due_seeds(
    session: Session,
    loaded: LoadedIndex,
    after: int,
    share: Share = ALL,
    only: Conditions = (),
) -> list[DueSeed]:
    """The next seeds to check, by number.

    Args:
        session: for one statement.
        loaded: today's index.
        after: the last seed of the batch before.
        share: the part of the seeds that is meant.
        only: further conditions on `Seed` and its current `SeedRevision`.
    """
    since = case((IndexVersion.policy_id == loaded.policy_id, IndexVersion.newest_item), else_=0)
    wanted = (
        select(
            Seed.id, Seed.revision_id, SeedRevision.content_hash, Seed.checked_index, since,
            SeedRevision.prompt,
        )
        .join(SeedRevision, SeedRevision.id == Seed.revision_id)
        .outerjoin(IndexVersion, IndexVersion.id == Seed.checked_index)
        .where(*_due(loaded.id, share), Seed.id > after, *only)
        .order_by(Seed.id)
        .limit(BATCH)
    )  # fmt: skip
    return [DueSeed(*row) for row in session.execute(wanted)]


def next_batch(after: int, share: Share = ALL, only: Conditions = ()) -> DueBatch | None:
    """The next seeds to check with today's index, in a transaction of their own."""
    with session_scope() as session:
        loaded = current_index(session)
        seeds = due_seeds(session, loaded, after, share, only)
    return DueBatch(loaded, seeds) if seeds else None


def find(loaded: LoadedIndex, seeds: Sequence[DueSeed]) -> list[CheckedSeed]:
    """Compare the texts; no session is needed, none should be held."""
    by_since: dict[int, list[DueSeed]] = defaultdict(list)
    for seed in seeds:
        by_since[seed.since].append(seed)
    return [
        CheckedSeed(seed, hits)
        for since, group in by_since.items()
        for seed, hits in zip(
            group, loaded.find([seed.prompt for seed in group], since), strict=True
        )
    ]


def store(
    session: Session,
    loaded: LoadedIndex,
    checked: Sequence[CheckedSeed],
    *,
    complete: bool = True,
) -> int:
    """Write what was found, for the seeds that are still as they were read.

    Curators' words on known pairs stay. Open hits that are found no longer go, but for those that
    the history speaks of. Where a stage is missing, so that seeds are not `complete`, all known
    hits stay, and so do the seeds due.

    Returns:
        How many seeds are checked now.
    """
    if current_version(session).id != loaded.id:
        return 0  # items came in: what was found is out of date before it is written
    read_words(session)
    unchanged = _locked_unchanged(session, [found.seed for found in checked])
    checked = [found for found in checked if found.seed.id in unchanged]
    write_hits(session, loaded, checked)
    if complete:
        remove_lost(session, loaded, checked)
    set_hits(session, _waiting(session, checked), loaded.id if complete else None)
    return len(checked) if complete else 0


def _due(index_id: int, share: Share) -> list[ColumnElement[bool]]:
    due = [Seed.withdrawn_at.is_(None), Seed.checked_index.is_distinct_from(index_id)]
    return due if share.of == 1 else [*due, Seed.id % share.of == share.number]


def _locked_unchanged(session: Session, seeds: Iterable[DueSeed]) -> set[int]:
    read = {seed.id: (seed.revision_id, seed.checked_index) for seed in seeds}
    wanted = select(Seed.id, Seed.revision_id, Seed.checked_index).where(Seed.id.in_(read))
    locked = session.execute(wanted.order_by(Seed.id).with_for_update())
    # Another worker may have checked it against newer benchmarks: that must not be overwritten.
    return {seed_id for seed_id, *state in locked if tuple(state) == read[seed_id]}


def _waiting(session: Session, checked: Sequence[CheckedSeed]) -> Mapping[int, int]:
    counted = select(Seed.id, waiting_hits(Seed.revision_id.expression)).where(
        Seed.id.in_([found.seed.id for found in checked])
    )
    return {row[0]: row[1] for row in session.execute(counted)}
