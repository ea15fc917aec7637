"""One batch of the search: what was sketched is compared, and takes its place in the tables.

Searches write one at a time, so that two seeds that come in at the same moment find each other.
"""

from collections import Counter
from typing import Any, Final

import numpy as np
from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from backend.duplicates.bands import Flags, add_leaders
from backend.duplicates.leaving import forget
from backend.duplicates.matching import Found, match
from backend.duplicates.sketching import RULE, Sketched
from backend.duplicates.tables import DuplicateMember, DuplicateSketch
from backend.row_sets import given_rows, insert_rows

_SEARCH_LOCK: Final = 7_217_733_003

_HOLD: Final = text("""
    select seed_id from duplicate_due
    where seed_id = any(cast(:seed_ids as bigint[])) order by seed_id for update
""")

_CURRENT: Final = text("""
    select id, case when withdrawn_at is null then revision_id end
    from seed where id = any(cast(:seed_ids as bigint[]))
""")

_DONE: Final = text("delete from duplicate_due where seed_id = any(cast(:seed_ids as bigint[]))")

_GROUPS: Final = text("""
    with wanted as (
        select * from unnest(cast(:leader_ids as bigint[]), cast(:kinds as text[]))
            as wanted (leader_id, kind)
    ), made as (
        insert into duplicate_group (leader_id, kind) select leader_id, kind from wanted
        on conflict do nothing returning id, leader_id, kind
    )
    select id, leader_id, kind, 0 as size from made
    union all
    select id, leader_id, kind,
        (select count(*) from duplicate_member where group_id = duplicate_group.id)
    from duplicate_group join wanted using (leader_id, kind)
""")

_LEFT_OUT: Final = text("""
    update duplicate_group set left_out = left_out + more.count
    from unnest(cast(:group_ids as bigint[]), cast(:counts as bigint[])) as more (id, count)
    where duplicate_group.id = more.id
""")


def keep_others_out(session: Session) -> None:
    """Wait until no other search writes, and keep it so until the transaction ends."""
    session.execute(select(func.pg_advisory_xact_lock(_SEARCH_LOCK)))


def store(session: Session, sketched: Sketched) -> int:
    """Give the seeds of a batch their places, but for those that changed since they were read.

    Args:
        session: the caller's, after `keep_others_out`; flushed, not committed.
        sketched: the batch.

    Returns:
        How many seeds are done; the others are still due.
    """
    unchanged, living = _current(session, sketched)
    done = [seed.id for seed, kept in zip(sketched.seeds, unchanged, strict=True) if kept]
    forget(session, done)
    found = match(session, sketched, living)
    left_out = _write_groups(session, found)
    _write_sketches(session, sketched, found, living, left_out)
    session.execute(_DONE, {"seed_ids": done})
    return len(done)


def _current(session: Session, sketched: Sketched) -> tuple[Flags, Flags]:
    """Which seeds are as they were read, and which of these live.

    Due rows are held first: whoever changes a seed touches its row afterwards, and waits for us.
    """
    numbers = {"seed_ids": [seed.id for seed in sketched.seeds]}
    held = set(session.scalars(_HOLD, numbers))
    current = {row[0]: row[1] for row in session.execute(_CURRENT, numbers)}
    unchanged = np.array(
        [seed.id in held and current[seed.id] == seed.revision_id for seed in sketched.seeds],
        dtype=bool,
    )
    withdrawn = np.array([seed.revision_id is None for seed in sketched.seeds], dtype=bool)
    return unchanged, unchanged & ~withdrawn


def _write_groups(session: Session, found: Found) -> set[int]:
    """Write the members; returns the places of those for which their group has no room."""
    seed_ids = found.seed_ids
    groups = sorted({(seed_ids[each.leader], each.kind) for each in found.memberships})
    wanted = {"leader_ids": [each[0] for each in groups], "kinds": [each[1] for each in groups]}
    known = {(row.leader_id, row.kind): row for row in session.execute(_GROUPS, wanted)}
    sizes = Counter({row.id: row.size for row in known.values()})
    left_out: Counter[int] = Counter()
    members: list[dict[str, Any]] = []
    without_room: set[int] = set()
    for each in found.memberships:
        group_id = known[seed_ids[each.leader], each.kind].id
        if sizes[group_id] >= RULE.group_limit:
            left_out[group_id] += 1
            without_room.add(each.text)
            continue
        sizes[group_id] += 1
        members.append(
            {"group_id": group_id, "seed_id": seed_ids[each.text], "similarity": each.similarity}
        )
    columns = ("group_id", "seed_id", "similarity")
    session.execute(insert_rows(DuplicateMember, columns), given_rows(members))
    more = {"group_ids": list(left_out), "counts": list(left_out.values())}
    session.execute(_LEFT_OUT, more)
    return without_room


def _write_sketches(
    session: Session, sketched: Sketched, found: Found, living: Flags, left_out: set[int]
) -> None:
    copied = {each.text: each for each in found.memberships if each.kind == "copies"}
    worded = sketched.worded()
    rows: list[dict[str, Any]] = []
    leading: list[int] = []
    for place in np.flatnonzero(living).tolist():
        standing = "leader" if worded[place] else "no_words"
        if place in copied:
            standing = "left_out" if place in left_out else "copy"
        if standing == "leader":
            leading.append(place)
        seed = sketched.seeds[place]
        rows.append({
            "seed_id": seed.id, "revision_id": seed.revision_id, "standing": standing,
            "leader_id": found.seed_ids[copied[place].leader] if place in copied else None,
            "crowded": standing == "leader" and bool(found.crowded[place]),
        })  # fmt: skip
    columns = ("seed_id", "revision_id", "standing", "leader_id", "crowded")
    session.execute(insert_rows(DuplicateSketch, columns), given_rows(rows))
    add_leaders(session, sketched.keys[leading], [found.seed_ids[place] for place in leading])
