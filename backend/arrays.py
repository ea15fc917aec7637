"""Many values as one parameter: the text of a statement is the same for any number of them.

Such a statement is compiled and prepared once. With a parameter for each value it would be written
anew for each number of values, which costs more than to execute it.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Insert, TableValuedAlias, any_, column, func, literal, select
from sqlalchemy.dialects.postgresql import ARRAY, insert
from sqlalchemy.orm import InstrumentedAttribute

from backend.database import Base


def among(attribute: InstrumentedAttribute[int], values: Iterable[int]) -> ColumnElement[bool]:
    """Whether a column holds one of the values."""
    return attribute == any_(_array(attribute, list(values)))


def unnested(
    name: str,
    columns: Mapping[str, InstrumentedAttribute[Any]],
    rows: Sequence[Mapping[str, Any]],
) -> TableValuedAlias:
    """The rows as a table of that name, whose columns have the types of these attributes."""
    arrays = [_array(like, [row[key] for row in rows]) for key, like in columns.items()]
    shape = (column(key, like.type) for key, like in columns.items())
    return func.unnest(*arrays).table_valued(*shape, name=name).render_derived()


def insert_rows(table: type[Base], rows: Sequence[Mapping[str, Any]]) -> Insert:
    """An insert of the rows, in their order; each has a value for the same columns."""
    columns = {name: getattr(table, name) for name in rows[0]}
    given = unnested("given", columns, rows)
    return insert(table).from_select(list(columns), select(given))


def _array(attribute: InstrumentedAttribute[Any], values: list[Any]) -> ColumnElement[Any]:
    # One dimension, whatever the values are: JSON may be a list itself.
    return literal(values, ARRAY(attribute.type, dimensions=1))
