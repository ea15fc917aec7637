"""The rows of an upload on their way in: checked, and copied into a temporary table."""

from collections.abc import Iterable
from typing import Any, Final

import psycopg
from sqlalchemy import text
from sqlalchemy.orm import Session

from backend.seeds.rows import MAX_EXTERNAL_ID, RowRejected, check_row, check_text

# The fields of a `CheckedRow`, or else what is wrong with the row.
_TYPES: Final = {
    "index": "int8", "source": "text", "external_id": "text", "content_hash": "bytea",
    "prompt": "text", "answer": "text", "domain": "text", "licence": "text", "metadata": "text",
    "code": "text", "field": "text", "message": "text",
}  # fmt: skip
_NO_ERROR: Final = (None, None, None)
_NO_FIELDS: Final = (None,) * 6


def stage(session: Session, rows: Iterable[Any], max_prompt: int) -> None:
    """Create the temporary table `staged` and fill it; rejected rows stand in it with their error.

    Args:
        session: the transaction that `staged` lives in.
        rows: JSON values, and the `RowRejected` of what could not be read as one.
        max_prompt: the longest prompt allowed, in characters.
    """
    columns = ", ".join(f"{name} {type_}" for name, type_ in _TYPES.items())
    session.execute(text(f"create temporary table staged ({columns}) on commit drop"))
    driver: Any = session.connection().connection.driver_connection
    assert isinstance(driver, psycopg.Connection)
    command = f"copy staged ({', '.join(_TYPES)}) from stdin (format binary)"
    with driver.cursor() as cursor, cursor.copy(command.encode()) as copy:
        copy.set_types(list(_TYPES.values()))
        for index, row in enumerate(rows):
            copy.write_row((index, *_staged(row, max_prompt)))
    session.execute(text("analyze staged (index, source, external_id, content_hash, code)"))


def _staged(row: Any, max_prompt: int) -> tuple[Any, ...]:
    if isinstance(row, RowRejected):
        return _rejected(row, None)
    try:
        return check_row(row, max_prompt) + _NO_ERROR
    except RowRejected as error:
        return _rejected(error, _external_id(row))


def _rejected(error: RowRejected, external_id: str | None) -> tuple[Any, ...]:
    return (None, external_id, *_NO_FIELDS, error.code, error.field, error.message)


def _external_id(row: Any) -> str | None:
    """What the caller calls the row, if that much can be read."""
    try:
        return check_text(row.get("external_id"), "external_id", MAX_EXTERNAL_ID)
    except (AttributeError, RowRejected):
        return None
