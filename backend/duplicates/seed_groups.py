"""A seed's groups of near-duplicates as its own page shows them: the leader and the nearest few.

It imports nothing of the seeds' domain, which composes it into their details.
"""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any, Final

from pydantic import BaseModel
from sqlalchemy import Row, text
from sqlalchemy.orm import Session

from backend.science.near_duplicates import Kind

OTHERS_SHOWN: Final = 5
START_SHOWN: Final = 160  # characters of another seed's prompt


class NearDuplicate(BaseModel):
    """Another seed of a group, by the start of its prompt; `similarity` is that to the leader."""

    id: int
    prompt: str
    status: str
    similarity: float
    is_leader: bool


class SeedGroup(BaseModel):
    """A group that a seed belongs to: `size` counts its seeds, `others` are the leader and those
    most like it.
    """

    id: int
    kind: Kind
    leader_id: int
    size: int
    others: list[NearDuplicate]


# Which of the seeds is in which group, and of each group its leader and most similar members, as
# they read now: a seed that was withdrawn or reworded since it was compared is in no group.
_STATEMENT: Final = text("""
    with mine as (
        select id as group_id, leader_id as seed_id from duplicate_group
        where leader_id = any(:seed_ids)
        union all
        select group_id, seed_id from duplicate_member where seed_id = any(:seed_ids)
    ), compared as not materialized (
        select seed.id, seed.status, seed.revision_id from seed
        join duplicate_sketch sketch
            on sketch.seed_id = seed.id and sketch.revision_id = seed.revision_id
        where seed.withdrawn_at is null
    )
    select found.id, found.kind, found.leader_id, found.seed_ids, shown.seed_id, shown.status,
        shown.similarity, shown.size, left(revision.prompt, :start) as prompt
    from (
        select duplicate_group.id, kind, leader_id, array_agg(own.id) as seed_ids
        from mine
        join duplicate_group on duplicate_group.id = mine.group_id
        join compared own on own.id = mine.seed_id
        group by duplicate_group.id
    ) found
    join compared leader on leader.id = found.leader_id
    cross join lateral (
        select leader.id as seed_id, leader.status, leader.revision_id,
            1::float as similarity, null::bigint as size
        union all (
            select member.seed_id, compared.status, compared.revision_id,
                member.similarity, count(*) over () + 1
            from duplicate_member member
            join compared on compared.id = member.seed_id
            where member.group_id = found.id
            order by member.similarity desc, member.seed_id
            limit :limit
        )
    ) shown
    join seed_revision revision on revision.id = shown.revision_id
    order by found.id, shown.size nulls first, shown.similarity desc, shown.seed_id
""")


def groups_of(session: Session, seed_ids: Sequence[int]) -> dict[int, list[SeedGroup]]:
    """The groups of each of these seeds, in one query however many seeds there are."""
    # One more than shown: the seed itself may be among them.
    wanted = {"seed_ids": list(seed_ids), "limit": OTHERS_SHOWN + 1, "start": START_SHOWN}
    by_group: dict[int, list[Row[Any]]] = defaultdict(list)
    for row in session.execute(_STATEMENT, wanted):
        by_group[row.id].append(row)
    found: dict[int, list[SeedGroup]] = defaultdict(list)
    for rows in by_group.values():
        # A leader without a member is no group.
        for seed_id in rows[0].seed_ids if len(rows) > 1 else ():
            found[seed_id].append(_group(rows, seed_id))
    return found


def _group(rows: Sequence[Row[Any]], seed_id: int) -> SeedGroup:
    others = [_near(row) for row in rows if row.seed_id != seed_id]
    first = rows[0]
    return SeedGroup(
        id=first.id, kind=first.kind, leader_id=first.leader_id, size=rows[1].size,
        others=others[:OTHERS_SHOWN],
    )  # fmt: skip


def _near(row: Row[Any]) -> NearDuplicate:
    return NearDuplicate(
        id=row.seed_id, prompt=row.prompt, status=row.status, similarity=row.similarity,
        is_leader=row.seed_id == row.leader_id,
    )  # fmt: skip
