"""A database of its own, at any revision of the schema."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, NullPool, create_engine, make_url, text

CONFIG = Path(__file__).resolve().parent.parent.parent / "alembic.ini"


class Database:
    """A database whose schema is moved up and down."""

    def __init__(self, connection: Connection) -> None:
        self._config = Config(CONFIG)
        self._config.attributes["connection"] = connection
        self._connection = connection

    def up(self, revision: str) -> None:
        command.upgrade(self._config, revision)
        self._connection.commit()

    def down(self, revision: str) -> None:
        command.downgrade(self._config, revision)
        self._connection.commit()

    def run(self, statement: str, **values: Any) -> list[tuple[Any, ...]]:
        result = self._connection.execute(text(statement), values)
        rows = [tuple(row) for row in result] if result.returns_rows else []
        self._connection.commit()
        return rows


@pytest.fixture
def empty_database(database_url: str) -> Iterator[Database]:
    """One without any table."""
    url = make_url(database_url)
    server = create_engine(url, poolclass=NullPool, isolation_level="AUTOCOMMIT")
    with server.connect() as connection:
        connection.execute(text("drop database if exists migrated"))
        connection.execute(text("create database migrated"))
    own = create_engine(url.set(database="migrated"), poolclass=NullPool)
    with own.connect() as connection:
        yield Database(connection)
    with server.connect() as connection:
        connection.execute(text("drop database migrated"))
