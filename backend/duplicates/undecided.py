"""Which groups of near-duplicates wait for a curator: for the list of groups and for filters.

A member is open while nobody rejected it and no standing dismissal tells it and the leader apart,
as they read now. A group is undecided while two of its seeds are open; its leader is so unless
rejected.
"""

from typing import Final

from sqlalchemy import Boolean, ColumnElement, literal_column

DISMISSED: Final = """
    exists (
        select from decision ours
        join decision theirs on theirs.batch = ours.batch
        where ours.seed_id = member.seed_id and ours.revision_id = seed.revision_id
            and theirs.seed_id = leader.id and theirs.revision_id = leader.revision_id
            and ours.kind = 'dismiss_duplicates' and theirs.kind = 'dismiss_duplicates'
            and not exists (select from decision undo where undo.undoes_id in (ours.id, theirs.id))
    )
"""
"""Whether `member` was told apart from `leader`, as `seed` and it read now."""

# `limit 1` keeps the planner from joining the state into all groups first.
STATE: Final = f"""cross join lateral (
        select counted.size + 1 as size, counted.similarity,
            counted.open + (leader.status <> 'rejected')::int >= 2 as undecided
        from seed leader
        join duplicate_sketch own
            on own.seed_id = leader.id and own.revision_id = leader.revision_id
        cross join lateral (
            select count(*) as size, min(member.similarity) as similarity,
                count(*) filter (where seed.status <> 'rejected' and not {DISMISSED}) as open
            from duplicate_member member
            join seed on seed.id = member.seed_id and seed.withdrawn_at is null
            join duplicate_sketch sketch
                on sketch.seed_id = seed.id and sketch.revision_id = seed.revision_id
            where member.group_id = listed.id
        ) counted
        where leader.id = listed.leader_id and leader.withdrawn_at is null and counted.size > 0
        limit 1
    ) state"""
"""The size of each group `listed`, its least similarity, and whether it is undecided."""

# The first part narrows a million seeds to those in any group, the second asks each of these.
_OF_SEED: Final = f"""seed.id in (
    select leader_id from duplicate_group union all select seed_id from duplicate_member
) and exists (
    select from (
        select id, leader_id from duplicate_group where leader_id = seed.id
        union all
        select joined.id, joined.leader_id from duplicate_member mine
        join duplicate_group joined on joined.id = mine.group_id where mine.seed_id = seed.id
    ) listed
    join duplicate_sketch sketched
        on sketched.seed_id = seed.id and sketched.revision_id = seed.revision_id
    {STATE}
    where state.undecided
)"""


def in_undecided_group() -> ColumnElement[bool]:
    """The row of `seed`, as it reads now, is in a group that is undecided."""
    return literal_column(f"({_OF_SEED})", Boolean)
