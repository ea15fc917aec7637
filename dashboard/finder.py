"""Choose one thing of a long list: the newest are listed, others are found by what is typed."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final, Generic, NamedTuple, TypeVar

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from dashboard.rows import Page

# So many are listed at once; whoever wants another one types a part of its name.
LISTED: Final = 50
# Pages of the API that are looked through for them, where most cannot be chosen.
_PAGES: Final = 10

R = TypeVar("R", bound=Mapping[str, Any])


class Kind(NamedTuple, Generic[R]):
    """What is chosen from.

    Attributes:
        noun: what it is called.
        pages: a page of the list after a cursor, of what matches a text.
        one: the thing of a number.
        said: how one is listed.
        usable: whether it can be chosen; the one that the page's address names always can.
        by: by what one is found.
        label: of the widget, where it is not the noun.
    """

    noun: str
    pages: Callable[[str, str | None], Page[R]]
    one: Callable[[int], R]
    said: Callable[[R], str]
    usable: Callable[[R], bool] = lambda row: True
    by: str = "name or number"
    label: str | None = None


def choose(
    place: DeltaGenerator,
    kind: Kind[R],
    key: str,
    *,
    asked: int | None = None,
    begun: bool = True,
    placeholder: str | None = None,
    help: str | None = None,
) -> R | None:
    """The widgets, and what is chosen by them.

    Args:
        place: where they stand.
        kind: what is chosen from.
        key: of the widget; what is chosen stays chosen, whatever is typed afterwards.
        asked: the number of the one that is chosen at first.
        begun: whether the newest one is, where none is asked for.
        placeholder: what is said while none is chosen.
        help: of the widget.
    """
    above, typed_key = place.container(), f"{key}_typed"
    typed = str(st.session_state.get(typed_key, "")).strip()
    found, more = _listed(kind, typed)
    rows = {row["id"]: row for row in found}
    before = st.session_state.get(key, asked)
    if before is not None and before not in rows:
        rows = {before: kind.one(before), **rows}
    numbers, words = list(rows), _words(kind, key, rows)
    first = numbers.index(before) if before is not None else 0 if begun and numbers else None
    if more or typed:
        _find(place, kind, typed, typed_key, len(found), more)
    chosen = above.selectbox(
        kind.label or kind.noun.capitalize(), numbers, index=first, key=key,
        placeholder=placeholder or "none",
        format_func=words.__getitem__, disabled=not numbers, help=help,
    )  # fmt: skip
    return None if chosen is None else rows[chosen]


def _words(kind: Kind[R], key: str, rows: Mapping[int, R]) -> dict[int, str]:
    """How each is listed: as it was at first, since the browser knows what is chosen by that."""
    at_first = st.session_state.setdefault(f"{key}_words", {})
    return {number: at_first.setdefault(number, kind.said(row)) for number, row in rows.items()}


def _find(
    place: DeltaGenerator, kind: Kind[R], typed: str, key: str, count: int, more: bool
) -> None:
    place.text_input(f"Find another {kind.noun} by {kind.by}", key=key, max_chars=200)
    among = f" among the newest {_PAGES * LISTED}" if more else ""
    if not count:
        place.caption(f"None that can be chosen was found{among}.")
    elif more:
        place.caption(f"The newest {count} {'that match ' if typed else ''}are listed.")


def _listed(kind: Kind[R], typed: str) -> tuple[Sequence[R], bool]:
    """What can be chosen of the newest that match, and whether there are more."""
    found: list[R] = []
    cursor: str | None = None
    for _ in range(_PAGES):
        page = kind.pages(typed, cursor)
        found += [row for row in page["items"] if kind.usable(row)]
        cursor = page["next"]
        if cursor is None or len(found) >= LISTED:
            break
    return found[:LISTED], cursor is not None or len(found) > LISTED
