"""Counts over all seeds: made anew while that is quick, and kept for a stated time where it is not.

Up to `FRESH_UP_TO` seeds and decisions each reader gets counts of this moment. Beyond that counting
takes a second or more, so readers share one row of the database: it says when it was counted and
for how long it is good. Who reads it after that time gets it once more, at once, and has it counted
again in the background; one process counts at a time.
"""

import time
from collections.abc import Callable
from datetime import datetime
from typing import Any, Final, Generic, NamedTuple, TypeVar

from pydantic import BaseModel
from sqlalchemy import func, select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from backend.database import session_scope
from backend.overview.tables import OverviewSnapshot
from backend.review.tables import Decision
from backend.seeds.tables import Seed

FRESH_UP_TO: Final = 20_000
KEPT_SECONDS: Final = 30.0
# Counting must not take more than a twentieth of one core, however often it is asked for.
KEPT_FOR_EACH_SECOND: Final = 20.0

Body = TypeVar("Body", bound=BaseModel)


class Part(NamedTuple, Generic[Body]):
    """A part of the overview: its name, its form, and how it is counted."""

    name: str
    form: type[Body]
    make: Callable[[Session], Body]


class Taken(NamedTuple, Generic[Body]):
    """A part as it was counted; `kept_seconds` is 0 where each reader has it counted anew.

    `due`: it is older than it should be, and `renew` brings another.
    """

    body: Body
    as_of: datetime
    kept_seconds: float
    due: bool


def read(session: Session, part: Part[Body]) -> Taken[Body]:
    """The part: of this moment where there are few seeds, else as it was last counted."""
    if _are_few(session):
        return Taken(part.make(session), _now(session), 0.0, due=False)
    row = _stored(session, part) or _count_first(session, part)
    return Taken(part.form.model_validate(row.body), row.taken_at, row.kept_seconds, row.due)


def renew(part: Part[Any]) -> None:
    """Count the part again, unless another process is at it or has just done it."""
    with session_scope() as session:
        if session.scalar(select(func.pg_try_advisory_xact_lock(_lock_of(part)))):
            row = _stored(session, part)
            if row is None or row.due:
                _count(session, part)


def _are_few(session: Session) -> bool:
    for table in (Seed, Decision):
        some = select(table.id).limit(FRESH_UP_TO + 1).subquery()
        if session.scalars(select(func.count()).select_from(some)).one() > FRESH_UP_TO:
            return False
    return True


def _stored(session: Session, part: Part[Any]) -> Any:
    age = func.extract("epoch", func.now() - OverviewSnapshot.taken_at)
    wanted = select(
        OverviewSnapshot.body, OverviewSnapshot.taken_at, OverviewSnapshot.kept_seconds,
        (age > OverviewSnapshot.kept_seconds).label("due"),
    )  # fmt: skip
    return session.execute(wanted.where(OverviewSnapshot.part == part.name)).one_or_none()


def _count_first(session: Session, part: Part[Any]) -> Any:
    """Count a part that was never counted; of several readers one does it, and the others wait."""
    session.execute(select(func.pg_advisory_xact_lock(_lock_of(part))))
    if _stored(session, part) is None:
        _count(session, part)
    row = _stored(session, part)
    assert row is not None
    return row


def _count(session: Session, part: Part[Any]) -> None:
    # Compiling statements that run once in half a minute takes longer than it saves.
    session.execute(text("set local jit = off"))
    began, taken_at = time.monotonic(), _now(session)
    body = part.make(session).model_dump(mode="json")
    took = time.monotonic() - began
    values = {
        "body": body, "taken_at": taken_at,
        "kept_seconds": round(max(KEPT_SECONDS, KEPT_FOR_EACH_SECOND * took)),
    }  # fmt: skip
    statement = insert(OverviewSnapshot).values(part=part.name, **values)
    session.execute(statement.on_conflict_do_update(index_elements=["part"], set_=values))


def _now(session: Session) -> datetime:
    """The beginning of the transaction: what is counted in it is at least as new."""
    return session.scalars(select(func.now())).one()


def _lock_of(part: Part[Any]) -> Any:
    return func.hashtextextended(f"overview {part.name}", 0)
