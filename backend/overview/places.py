"""SQL: in which place each living seed is, and the decisions by which seeds got where they are."""

from collections.abc import Sequence
from typing import Any, Final

from sqlalchemy import Row, and_, case, func, select, text
from sqlalchemy.orm import Session

from backend.decontamination.standing import BLOCKING, STOPPING
from backend.decontamination.tables import DecontaminationHit
from backend.duplicates.tables import DuplicateSketch
from backend.seeds.tables import Seed, Source

# A seed that is too much like another, whether or not that one's group had room for it.
COPIES: Final = ("copy", "left_out")

_HITS: Final = (
    select(DecontaminationHit.revision_id, func.bool_or(BLOCKING).label("blocked"))
    .where(STOPPING)
    .group_by(DecontaminationHit.revision_id)
    .subquery()
)
_STOPPED: Final = _HITS.c.revision_id.is_not(None)
_PLACE: Final = case(
    (Seed.status != "pending", Seed.status),
    (_HITS.c.blocked, "in_benchmark"),
    (_STOPPED, "hits"),
    (Seed.checked_index.is_(None), "unchecked"),
    (Seed.verdict.is_(None), "unscored"),
    (Seed.verdict == "suspect", "suspect"),
    else_="undecided",
)
_GROUPS: Final = (
    Seed.source_id,
    _PLACE.label("place"),
    Seed.verdict,
    Seed.checked_index.is_not(None).label("checked"),
    _STOPPED.label("stopped"),
    DuplicateSketch.seed_id.is_not(None).label("compared"),
    func.coalesce(DuplicateSketch.standing.in_(COPIES), False).label("copy"),
)
_COUNTED: Final = (
    select(*_GROUPS, func.count().label("seeds"))
    .outerjoin(_HITS, _HITS.c.revision_id == Seed.revision_id)
    .outerjoin(
        DuplicateSketch,
        and_(DuplicateSketch.seed_id == Seed.id, DuplicateSketch.revision_id == Seed.revision_id),
    )
    .where(Seed.withdrawn_at.is_(None))
    .group_by(*(text(str(number + 1)) for number in range(len(_GROUPS))))
    .subquery()
)
_PLACES: Final = select(Source.name.label("source"), _COUNTED).join(
    Source, Source.id == _COUNTED.c.source_id
)

# The newest decision by which a seed got the status that it has, not counting what was undone. A
# decision that was taken back and restored has no reason of its own.
_OUTCOMES: Final = text("""
    select seed.status, decision.kind, date(timezone('UTC', decision.created_at)) as day,
        case when decision.undoes_id is null then decision.reason else (
            select original.reason from decision undo
            join decision original on original.id = undo.undoes_id
            where undo.id = decision.undoes_id
        ) end as reason,
        count(*) as seeds
    from (
        select max(standing.id) as id
        from decision standing
        where standing.kind <> 'undo' and standing.after ? 'status'
            and not exists (select from decision undo where undo.undoes_id = standing.id)
        group by standing.seed_id
    ) newest
    join decision using (id)
    join seed on seed.id = decision.seed_id
        and seed.status = decision.after ->> 'status' and seed.withdrawn_at is null
    group by 1, 2, 3, 4
""")

_RECEIVED: Final = text("""
    select coalesce(sum(duplicate_count), 0) as duplicates,
        coalesce(sum(rejected_count), 0) as refused
    from seed_import where undone_at is null
""")


def places(session: Session) -> Sequence[Row[Any]]:
    """Living seeds by source, place, verdict, and what is known of their hits and copies."""
    return session.execute(_PLACES).all()


def outcomes(session: Session) -> Sequence[Row[Any]]:
    """Decided seeds by status, kind of decision, reason and day."""
    return session.execute(_OUTCOMES).all()


def refused_rows(session: Session) -> dict[str, int]:
    """Rows of imports that became no seed: `duplicates`, and those `refused` as wrong."""
    duplicates, refused = session.execute(_RECEIVED).one()
    return {"duplicates": int(duplicates), "refused": int(refused)}
