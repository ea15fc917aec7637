"""The orders in which seeds are listed and queued: one place says what each name means."""

from typing import Any, Final, Literal, NamedTuple, get_args

from sqlalchemy import ColumnElement
from sqlalchemy.orm import InstrumentedAttribute
from sqlalchemy.sql.base import ReadOnlyColumnCollection

from backend.seeds.tables import Seed

Sort = Literal["newest", "score", "attention", "margin", "interval", "judge_gap"]
SORTS: Final[tuple[Sort, ...]] = get_args(Sort)


Columns = ReadOnlyColumnCollection[str, Any]


class Key(NamedTuple):
    """What a sort goes by; seeds without a value come last, equal ones newest first."""

    name: str
    smallest_first: bool = False

    @property
    def column(self) -> ColumnElement[float | None]:
        """The column of `Seed`."""
        attribute: InstrumentedAttribute[float | None] = getattr(Seed, self.name)
        return attribute.expression

    @property
    def order(self) -> list[ColumnElement[Any]]:
        """The ORDER BY, as the indexes of `Seed` have it behind the status."""
        return self.order_of(Seed.__table__.c)

    def order_of(self, columns: Columns) -> list[ColumnElement[Any]]:
        """The same order of rows that have the column and `id`."""
        column = columns[self.name]
        way = column.asc() if self.smallest_first else column.desc()
        return [way.nulls_last(), columns["id"].desc()]


KEYS: Final[dict[Sort, Key]] = {
    "score": Key("score"),
    "attention": Key("attention"),
    "margin": Key("margin", smallest_first=True),
    "interval": Key("interval_width"),
    "judge_gap": Key("judge_gap"),
}
"""Every sort but `newest`, which goes by the number alone."""


def queue_order(sort: Sort, columns: Columns = Seed.__table__.c) -> list[ColumnElement[Any]]:
    """The ORDER BY of a sort, over `Seed` or rows that have its columns."""
    return KEYS[sort].order_of(columns) if sort in KEYS else [columns["id"].desc()]
