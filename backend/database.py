"""The engine, sessions and the base class of all tables.

One request or job step is one transaction, committed at the edge: services flush, never commit.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from functools import lru_cache
from typing import Annotated, Any, ClassVar, TypeVar

from fastapi import Depends
from sqlalchemy import BigInteger, DateTime, Engine, Identity, MetaData, create_engine, func
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import DeclarativeBase, Session, mapped_column, sessionmaker

from backend.config import settings
from backend.errors import NotFound

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}

Json = dict[str, Any]
Table = TypeVar("Table", bound="Base")
Identifier = Annotated[int, mapped_column(BigInteger, Identity(), primary_key=True)]
CreatedAt = Annotated[
    datetime, mapped_column(DateTime(timezone=True), server_default=func.now(), nullable=False)
]


class Base(DeclarativeBase):
    """Base of all tables: 64-bit keys, JSONB, times with a zone, named constraints."""

    metadata = MetaData(naming_convention=NAMING)
    type_annotation_map: ClassVar[dict[Any, Any]] = {
        int: BigInteger,
        datetime: DateTime(timezone=True),
        Json: JSONB,
        list[Any]: JSONB,
    }


@lru_cache
def engine() -> Engine:
    """The process's connection pool; a forked worker disposes it and makes its own."""
    return create_engine(
        settings().database_url,
        pool_size=settings().database_pool_size,
        max_overflow=settings().database_pool_size,
        pool_pre_ping=True,
    )


@lru_cache
def _sessions() -> sessionmaker[Session]:
    return sessionmaker(engine(), expire_on_commit=False)


@contextmanager
def session_scope() -> Iterator[Session]:
    """A session that commits at the end and rolls back on any exception."""
    with _sessions()() as session:
        try:
            yield session
            session.commit()
        except BaseException:
            session.rollback()
            raise


def existing(session: Session, table: type[Table], number: int, noun: str) -> Table:
    """The row of a number.

    Raises:
        NotFound: there is none; `noun` says of what.
    """
    row = session.get(table, number) if number < 2**63 else None  # Postgres has no larger ones
    if row is None:
        raise NotFound(f"there is no {noun} {number}")
    return row


def request_session() -> Iterator[Session]:
    """The request's session; `session_scope` is looked up late, so that tests can replace it."""
    with session_scope() as session:
        yield session


# scope="function": commit before the response is sent, so that a failing commit fails the request.
SessionDep = Annotated[Session, Depends(request_session, scope="function")]
