"""Runs migrations one at a time: a second migrator waits for the advisory lock."""

from alembic import context
from sqlalchemy import Connection, MetaData, NullPool, create_engine, text
from sqlalchemy.sql.schema import SchemaItem

from backend.config import settings
from backend.tables import Base

MIGRATION_LOCK = 7_217_733_001
TARGET: MetaData = Base.metadata


def _ours(
    item: SchemaItem, name: str | None, kind: str, reflected: bool, compare_to: SchemaItem | None
) -> bool:
    """Leave alone the tables of others, such as a broker's, that stand in the same database."""
    return not (kind == "table" and reflected and compare_to is None and name not in TARGET.tables)


def _migrate(connection: Connection) -> None:
    context.configure(connection=connection, target_metadata=TARGET, include_object=_ours)
    with context.begin_transaction():
        connection.execute(text("select pg_advisory_xact_lock(:key)"), {"key": MIGRATION_LOCK})
        connection.execute(text("set local lock_timeout = '10s'"))
        context.run_migrations()


given = context.config.attributes.get("connection")
if given is not None:
    _migrate(given)
else:
    with create_engine(settings().database_url, poolclass=NullPool).connect() as connection:
        _migrate(connection)
