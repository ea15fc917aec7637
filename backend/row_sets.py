"""Many rows as one parameter: a statement is the same, whatever the number of its rows.

So it is made, compiled and prepared once. With a parameter for each value it would be written anew
for each number of rows, which costs more time than to execute it.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any, TypeVar

import orjson
from sqlalchemy import (
    JSON,
    ColumnElement,
    TableValuedAlias,
    Text,
    any_,
    bindparam,
    cast,
    column,
    func,
    literal,
    select,
)
from sqlalchemy.dialects.postgresql import ARRAY, Insert, insert
from sqlalchemy.orm import InstrumentedAttribute

import backend.tables  # noqa: F401 - columns take their types from the tables they refer to
from backend.database import Base

Value = TypeVar("Value")


def among(attribute: InstrumentedAttribute[int], values: Iterable[int]) -> ColumnElement[bool]:
    """Whether a column holds one of the values."""
    return attribute == any_(literal(list(values), ARRAY(attribute.type)))


def parts(values: Sequence[Value], size: int) -> Iterator[Sequence[Value]]:
    """Values in the order given, at most so many at a time."""
    for start in range(0, len(values), size):
        yield values[start : start + size]


def row_set(name: str, columns: Mapping[str, InstrumentedAttribute[Any]]) -> TableValuedAlias:
    """A table of that name, its columns of these attributes' types; `given_rows` fills it."""
    shape = (column(key, like.type) for key, like in columns.items())
    rows = cast(bindparam("rows", type_=Text), JSON)
    return func.json_to_recordset(rows).table_valued(*shape, name=name).render_derived(
        with_types=True
    )  # fmt: skip


def insert_rows(
    table: type[Base],
    columns: Sequence[str],
    computed: Mapping[str, ColumnElement[Any]] | None = None,
) -> Insert:
    """An insert of rows with these columns, in their order; `given_rows` fills it.

    What the database works out itself, the same for all rows, is `computed`.
    """
    given = row_set("given", {name: getattr(table, name) for name in columns})
    computed = computed or {}
    target = table.metadata.tables[table.__tablename__]  # not through the ORM: nothing to track
    return insert(target).from_select([*columns, *computed], select(given, *computed.values()))


def given_rows(rows: Sequence[Mapping[str, Any]]) -> dict[str, str]:
    """The parameters of a statement over a row set."""
    return {"rows": orjson.dumps(rows, default=_in_json).decode()}


def _in_json(value: object) -> str:
    if isinstance(value, Decimal):
        return str(value)  # exact, unlike a JSON number
    raise TypeError(f"no column takes a {type(value).__name__}")
