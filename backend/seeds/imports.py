"""Imports after the fact: which there were, what they rejected, and how one is taken back."""

from typing import Final

from sqlalchemy import BigInteger, column, func, select, table, text
from sqlalchemy.orm import Session

from backend.accounts.tables import User
from backend.database import existing
from backend.decontamination.words import recount
from backend.errors import Forbidden
from backend.paging import Page, PageQuery, decode_cursor, encode_cursor, rows_by_number
from backend.seeds.merge import lock_imports
from backend.seeds.rechecks import enqueue_rechecks
from backend.seeds.schemas import ImportOut, RowResult, UndoResult
from backend.seeds.state import STATE
from backend.seeds.tables import SeedImport


def get_import(session: Session, import_id: int) -> SeedImport:
    """An import, or NotFound."""
    return existing(session, SeedImport, import_id, "import")


def list_imports(session: Session, page: PageQuery) -> Page[ImportOut]:
    """Imports, newest first."""
    shown, following = rows_by_number(
        session, select(SeedImport), SeedImport.id, page, newest_first=True
    )
    return Page(items=[ImportOut.model_validate(row) for row in shown], next=following)


def import_errors(session: Session, import_id: int, page: PageQuery) -> Page[RowResult]:
    """The rejected rows of an import, of which the first 10,000 are kept; `total` counts all."""
    found = get_import(session, import_id)
    after = -1 if page.after is None else decode_cursor(page.after, [(int,)])[0]
    rejected = [
        row for row in found.results or [] if row["status"] == "rejected" and row["index"] > after
    ]
    items = [RowResult.model_validate(row) for row in rejected[: page.limit]]
    more = len(rejected) > page.limit
    return Page(
        items=items,
        next=encode_cursor([items[-1].index]) if more else None,
        total=found.rejected_count,
    )


# What the import did to each living seed, and why that has to stay, if it has to. Whoever decided
# on a seed decided on it as the import left it; a skip decides nothing, nor does who found it to be
# no duplicate.
_DECIDE: Final = text("""
    create temporary table undoing on commit drop as
    with touched as (
        select id as seed_id, null::bigint as change_id, null::jsonb as before
        from seed where import_id = :import_id and withdrawn_at is null
        union all
        select seed_id, import_change.id, before
        from import_change join seed on seed.id = seed_id
        where import_change.import_id = :import_id and withdrawn_at is null
    )
    select seed_id, change_id, before, case
        when exists (
            select from decision
            where decision.seed_id = touched.seed_id
                and kind not in ('undo', 'skip', 'dismiss_duplicates')
                and decision.created_at >= :since
                and not exists (select from decision undo where undo.undoes_id = decision.id)
        ) then 'decided'
        when exists (
            select from import_change later
            where later.seed_id = touched.seed_id and later.id > coalesce(change_id, 0)
        ) then 'changed'
        when exists (
            select from seed_revision earlier join seed holder using (content_hash)
            where earlier.id = (before->>'revision_id')::bigint
                and holder.id <> touched.seed_id and holder.withdrawn_at is null
        ) then 'taken' end as kept
    from touched
""")

_LOCK: Final = text("""
    select count(*) from (
        select id from seed
        where id in (
            select id from seed where import_id = :import_id
            union all select seed_id from import_change where import_id = :import_id)
        order by id for update
    ) locked
""")

_WITHDRAW: Final = text("""
    update seed set withdrawn_at = now() from undoing
    where seed.id = seed_id and change_id is null and kept is null
""")

# What an import did not change stays as it is now.
_RETURN: Final = text(f"""
    update seed set
        {", ".join(f"{name} = earlier.{name}" for name in (*STATE, "metadata"))},
        content_hash = seed_revision.content_hash
    from undoing
    join seed today on today.id = undoing.seed_id
    cross join jsonb_populate_record(today, before) earlier
    join seed_revision on seed_revision.id = earlier.revision_id
    where seed.id = undoing.seed_id and change_id is not null and kept is null
""")

_RETURNED: Final = (
    select(column("seed_id", BigInteger))
    .select_from(table("undoing"))
    .where(column("change_id").is_not(None), column("kept").is_(None))
)

_FORGET: Final = text("""
    delete from import_change using undoing where import_change.id = change_id and kept is null
""")

_TOUCHED: Final = text("""
    select distinct seed_id from undoing where kept is null order by seed_id
""").columns(seed_id=BigInteger)

_COUNTS: Final = text("""
    select
        count(*) filter (where kept is null and change_id is null) as withdrawn,
        count(*) filter (where kept is null and change_id is not null) as returned,
        count(*) filter (where kept = 'decided') as kept_decided,
        count(*) filter (where kept = 'changed') as kept_changed,
        count(*) filter (where kept = 'taken') as kept_taken
    from undoing
""")


def undo_import(session: Session, user: User, import_id: int) -> UndoResult:
    """Withdraw the seeds that an import created, and return those it updated to what they were.

    Seeds that were decided on or changed again since are left alone. Once more undoes what could
    not be undone before.

    Raises:
        NotFound: there is no such import.
        Forbidden: it is another's, and the caller is no curator.
    """
    found = get_import(session, import_id)
    if found.created_by != user.id and user.role == "ingester":
        raise Forbidden("another user made this import; a curator can take it back")
    lock_imports(session)
    numbered = {"import_id": import_id}
    session.execute(text("drop table if exists pg_temp.undoing"))
    session.execute(_LOCK, numbered)
    session.execute(_DECIDE, {**numbered, "since": found.created_at})
    for statement in (_WITHDRAW, _RETURN, _FORGET):
        session.execute(statement)
    # Curators may have settled hits of the earlier wording meanwhile, in another seed.
    recount(session, _RETURNED)
    if found.undone_at is None:
        found.undone_at = session.scalar(select(func.now()))
    enqueue_rechecks(session, user, _TOUCHED)
    return UndoResult.model_validate(session.execute(_COUNTS).mappings().one())
