"""Groups as readers see them. What is decided of them is the fold of the decisions on their seeds.

Seeds that were withdrawn or reworded since they were compared are not shown; which groups are
undecided is said by `backend.duplicates.undecided`.
"""

from collections.abc import Sequence
from typing import Any, Final

from sqlalchemy import Row, text
from sqlalchemy.orm import Session

from backend.duplicates.schemas import GroupDetail, GroupRow, GroupsQuery, MemberOut
from backend.duplicates.undecided import DISMISSED, STATE
from backend.errors import NotFound
from backend.paging import Page, decode_cursor, encode_cursor
from backend.science.near_duplicates import numbers_in
from backend.science.word_changes import word_changes
from backend.seeds.lists import seed_rows
from backend.seeds.schemas import SeedRow

MEMBERS_SHOWN: Final = 100

# Which groups, and which of these by their state; each condition only where it is asked for.
_BY_ROW: Final = {
    "kind": "kind = :kind", "group_id": "id = :group_id", "before": "id < :before",
}  # fmt: skip
_BY_STATE: Final = {"undecided": "state.undecided = :undecided"}

# The state is worked out group by group, from the newest on, until there are enough.
_GROUPS: Final = f"""
    select listed.*, state.*
    from (select * from duplicate_group where {{by_row}} order by id desc) listed
    {STATE}
    where {{by_state}}
    order by listed.id desc
    limit :limit
"""

_MEMBERS: Final = text(f"""
    select member.seed_id, member.similarity, revision.prompt, {DISMISSED} as dismissed
    from duplicate_member member
    join duplicate_group on duplicate_group.id = member.group_id
    join seed leader on leader.id = duplicate_group.leader_id
    join seed on seed.id = member.seed_id and seed.withdrawn_at is null
    join duplicate_sketch sketch
        on sketch.seed_id = seed.id and sketch.revision_id = seed.revision_id
    join seed_revision revision on revision.id = seed.revision_id
    where member.group_id = :group_id
    order by member.similarity desc, member.seed_id
    limit :limit
""")

_PROMPT: Final = text("""
    select prompt from seed join seed_revision revision on revision.id = seed.revision_id
    where seed.id = :seed_id
""")


def list_groups(session: Session, query: GroupsQuery) -> Page[GroupRow]:
    """A page of the groups, the newest first."""
    before = None if query.after is None else decode_cursor(query.after, [(int,)])[0]
    found = _rows(
        session, kind=query.kind, undecided=query.undecided, before=before, limit=query.limit + 1
    )
    shown = found[: query.limit]
    more = len(found) > len(shown)
    return Page(items=_shown(session, shown), next=encode_cursor([shown[-1].id]) if more else None)


def group_detail(session: Session, group_id: int) -> GroupDetail:
    """A group with its most similar members, each held against the leader word by word.

    Raises:
        NotFound: there is no such group (any more).
    """
    found = _shown(session, _rows(session, group_id=group_id, limit=1))
    if not found:
        message = f"there is no group {group_id} any more: a leader that changes ends its group"
        raise NotFound(message)
    [row] = found
    leader_prompt = session.scalars(_PROMPT, {"seed_id": row.leader.id}).one()
    wanted = {"group_id": group_id, "limit": MEMBERS_SHOWN}
    members = session.execute(_MEMBERS, wanted).all()
    seeds = _seeds(session, [member.seed_id for member in members])
    return GroupDetail(
        **dict(row),
        leader_prompt=leader_prompt,
        members=[_member(member, seeds[member.seed_id], leader_prompt) for member in members],
        members_left=row.size - 1 - len(members),
    )


def _rows(session: Session, limit: int, **wanted: Any) -> Sequence[Row[Any]]:
    given = {name: value for name, value in wanted.items() if value is not None}
    by_row, by_state = (
        " and ".join(known[name] for name in known if name in given) or "true"
        for known in (_BY_ROW, _BY_STATE)
    )
    statement = text(_GROUPS.format(by_row=by_row, by_state=by_state))
    return session.execute(statement, {**given, "limit": limit}).all()


def _shown(session: Session, rows: Sequence[Row[Any]]) -> list[GroupRow]:
    leaders = _seeds(session, [row.leader_id for row in rows])
    return [
        GroupRow(
            id=row.id, kind=row.kind, leader=leaders[row.leader_id], size=row.size,
            similarity=row.similarity, left_out=row.left_out, undecided=row.undecided,
            created_at=row.created_at,
        )
        for row in rows
    ]  # fmt: skip


def _seeds(session: Session, seed_ids: Sequence[int]) -> dict[int, SeedRow]:
    return {seed.id: seed for seed in seed_rows(session, seed_ids)}


def _member(row: Row[Any], seed: SeedRow, leader_prompt: str) -> MemberOut:
    changes = word_changes(row.prompt, leader_prompt)
    return MemberOut(
        seed=seed, prompt=row.prompt, similarity=row.similarity, dismissed=row.dismissed,
        numbers_differ=numbers_in(row.prompt) != numbers_in(leader_prompt),
        changes=None if changes is None else changes.first,
        leader_changes=None if changes is None else changes.second,
    )  # fmt: skip
