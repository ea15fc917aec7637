"""Seeds leave: their sketch, their places in groups, and the groups that they led."""

from collections.abc import Sequence
from typing import Final

from sqlalchemy import text
from sqlalchemy.orm import Session

# Who had a leader that leaves is looked at again; a row that is there stays, whoever holds it.
_BEREAVED: Final = text("""
    insert into duplicate_due
    select seed_id from duplicate_member member join duplicate_group on id = group_id
    where duplicate_group.leader_id = any(cast(:seed_ids as bigint[]))
    union
    select seed_id from duplicate_sketch where leader_id = any(cast(:seed_ids as bigint[]))
    order by seed_id
    on conflict do nothing
""")

_STATEMENTS: Final = tuple(
    text(statement)
    for statement in (
        """
        delete from duplicate_member using duplicate_group
        where id = group_id and leader_id = any(cast(:seed_ids as bigint[]))
        """,
        "delete from duplicate_group where leader_id = any(cast(:seed_ids as bigint[]))",
        """
        with gone as (
            delete from duplicate_member where seed_id = any(cast(:seed_ids as bigint[]))
            returning group_id, seed_id
        )
        delete from duplicate_group
        where id in (select group_id from gone) and not exists (
            select from duplicate_member member
            where member.group_id = duplicate_group.id
                and (member.group_id, member.seed_id) not in (select group_id, seed_id from gone)
        )
        """,
        "delete from duplicate_band where seed_id = any(cast(:seed_ids as bigint[]))",
        "delete from duplicate_sketch where seed_id = any(cast(:seed_ids as bigint[]))",
    )
)

_KNOWN: Final = text("""
    select seed_id from duplicate_sketch where seed_id = any(cast(:seed_ids as bigint[]))
""")


def forget(session: Session, seed_ids: Sequence[int]) -> None:
    """Take seeds out of bands and groups; the groups that they led end, their members are due."""
    known = session.scalars(_KNOWN, {"seed_ids": list(seed_ids)}).all()
    if not known:
        return
    gone = {"seed_ids": list(known)}
    session.execute(_BEREAVED, gone)
    for statement in _STATEMENTS:
        session.execute(statement, gone)
