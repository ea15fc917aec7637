"""Keyset pages: a cursor holds the last row's sort values, so deep pages cost no more."""

import base64
import binascii
from collections.abc import Sequence
from typing import Annotated, Any, Final, Generic, TypeVar

import orjson
from fastapi import Depends, Query
from pydantic import BaseModel
from sqlalchemy import ColumnElement, Select, false, or_
from sqlalchemy.orm import InstrumentedAttribute, Session

from backend.errors import Invalid

T = TypeVar("T")
_LARGEST: Final = 2**63


class Page(BaseModel, Generic[T]):
    """One page; `next` is null on the last, `total` is null where counting would cost too much."""

    items: list[T]
    next: str | None
    total: int | None = None


class PageQuery(BaseModel):
    """What a caller says about paging."""

    after: str | None = None
    limit: int = 50


def _page_query(
    after: str | None = None, limit: Annotated[int, Query(ge=1, le=1000)] = 50
) -> PageQuery:
    return PageQuery(after=after, limit=limit)


def encode_cursor(values: Sequence[Any]) -> str:
    """An opaque cursor of JSON-able sort values."""
    return base64.urlsafe_b64encode(orjson.dumps(list(values))).decode().rstrip("=")


def decode_cursor(cursor: str, types: Sequence[tuple[type, ...]]) -> list[Any]:
    """The values of a cursor.

    Raises:
        Invalid: the cursor is not one of ours, or belongs to another sort order.
    """
    try:
        values: Any = orjson.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    except (ValueError, binascii.Error) as error:
        raise Invalid("the cursor cannot be read", field="after") from error
    if (
        not isinstance(values, list)
        or len(values) != len(types)
        or not all(_fits(value, kind) for value, kind in zip(values, types, strict=True))
    ):
        raise Invalid("the cursor belongs to another list", field="after")
    return values


def _fits(value: Any, kinds: tuple[type, ...]) -> bool:
    """Of one of these types as JSON has them; a number that no column holds is none of ours."""
    return type(value) in kinds and (type(value) is not int or -_LARGEST <= value < _LARGEST)


def rows_by_number(
    session: Session,
    wanted: Select[T],
    number: InstrumentedAttribute[int],
    page: PageQuery,
    *,
    newest_first: bool,
) -> tuple[Sequence[T], str | None]:
    """A page of a statement's rows in the order of a unique number, and the cursor of the next."""
    if page.after is not None:
        after = decode_cursor(page.after, [(int,)])[0]
        wanted = wanted.where(number < after if newest_first else number > after)
    order = number.desc() if newest_first else number.asc()
    rows = session.scalars(wanted.order_by(order).limit(page.limit + 1)).all()
    shown = rows[: page.limit]
    more = len(rows) > len(shown)
    return shown, encode_cursor([getattr(shown[-1], number.key)]) if more else None


def matches(
    typed: str, number: InstrumentedAttribute[int], *names: InstrumentedAttribute[str]
) -> ColumnElement[bool]:
    """Rows of this number, or whose name holds what was typed, in large or small letters."""
    found = [name.icontains(typed.strip(), autoescape=True) for name in names]
    digits = typed.strip()
    if digits.isascii() and digits.isdecimal() and int(digits) < _LARGEST:
        found.append(number == int(digits))
    return or_(false(), *found)


Matching = Annotated[
    str | None,
    Query(max_length=200, pattern=r"^[^\x00]*$", description="A part of the name, or the number."),
]
Paging = Annotated[PageQuery, Depends(_page_query)]
