"""Caps of sources and licences as a table of widgets: what each may be at most, a row for each."""

import math
from collections.abc import Mapping, Sequence
from typing import Any, Final, NamedTuple

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from dashboard.optional_number import optional_number
from dashboard.rows.mixtures import Amount, MixtureFigures, Recipe
from dashboard.wording import escaped

EVERY: Final = "*"
SUGGESTED_PERCENT: Final = 30
"""Where a mixture is warned of one source."""
WIDTHS: Final = (1.7, 1.4, 1.8, 0.6)
Cap = dict[str, Any]


class Kind(NamedTuple):
    """What is capped: `field` of the part, a word for one of them, and what has no name."""

    field: str
    word: str
    nameless: str


SOURCES: Final = Kind("source_caps", "source", "no source")
LICENCES: Final = Kind("licence_caps", "licence", "unknown licence")


class Row(NamedTuple):
    """A row that is drawn: its path as the API names it, and the places for what is told later."""

    path: str
    kind: Kind
    name: str
    title: DeltaGenerator
    problem: DeltaGenerator


Rows = list[Row]


def draw(
    part: Recipe, path: str, kind: Kind, known: Sequence[Amount], prefix: str, names: Sequence[str]
) -> Rows:
    """The table of one kind; what it says is written into the part.

    Args:
        part: whose caps they are.
        path: of the part in the recipe, as the API names it.
        kind: sources or licences.
        known: what the mixture takes now, to suggest shares from.
        prefix: of the widgets' keys.
        names: what else there is to choose from.

    Returns:
        The rows, to say in them later what is wrong with a cap, and what a share comes to.
    """
    _head(kind)
    rows = [
        _row(part, path, kind, name, prefix)
        for name in [EVERY, *(name for name in part[kind.field] if name != EVERY)]
    ]
    _add(part, kind, _shares(known), names, prefix)
    return rows


def show_shares(rows: Rows, figures: MixtureFigures) -> None:
    """Say in each row what share its source or licence comes to."""
    shares = {
        SOURCES.field: _shares(figures["sources"]), LICENCES.field: _shares(figures["licences"])
    }  # fmt: skip
    for row in rows:
        if row.name != EVERY:
            share = shares[row.kind.field].get(row.name, 0.0)
            row.title.markdown(escaped(_called(row.kind, row.name) + _now(share)))


def tell(rows: Rows, problems: Mapping[str, str]) -> None:
    """Say at its row what the API found wrong with a cap."""
    for field, message in problems.items():
        for row in rows:
            if field in (row.path, f"{row.path}.share", f"{row.path}.examples"):
                row.problem.error(escaped(message), icon=":material/error:")


def suggested(share: float | None) -> Cap:
    """What a new cap begins with: the present share in whole percent, 30% where that is more."""
    percent = SUGGESTED_PERCENT if share is None else max(1, math.ceil(100 * share))
    return {"share": min(percent, SUGGESTED_PERCENT) / 100}


def _head(kind: Kind) -> None:
    heads = (f"Caps of {kind.word}s", "% of tokens", "Examples", "")
    for column, head in zip(st.columns(WIDTHS), heads, strict=True):
        column.caption(head)


def _row(part: Recipe, path: str, kind: Kind, name: str, prefix: str) -> Row:
    cap, key = dict(part[kind.field].get(name, {})), f"{prefix}_{kind.word}_cap_{name}"
    what = f"one {kind.word}" if name == EVERY else _called(kind, name)
    with st.container(gap="small"):
        columns = st.columns(WIDTHS, vertical_alignment="center")
        title = columns[0].empty()
        every = f"Each other {kind.word}"
        title.markdown(every if name == EVERY else escaped(_called(kind, name)))
        percent = optional_number(
            columns[1], f"Most of {what}, in %", 0.01, 100.0, _percent(cap), f"{key}_share",
            step=1.0, format="%.4g", placeholder="no limit", label_visibility="collapsed",
        )  # fmt: skip
        examples = optional_number(
            columns[2], f"Most examples of {what}", 1, 2**53 - 1, cap.get("examples"),
            f"{key}_examples", placeholder="no limit", label_visibility="collapsed",
        )  # fmt: skip
        if percent != _percent(cap):
            _put(cap, "share", None if percent is None else percent / 100)
        _put(cap, "examples", examples)
        _keep(part, kind, name, cap)
        if name != EVERY:
            columns[3].button(
                "", icon=":material/delete:", key=f"{key}_remove", type="tertiary",
                help=f"No cap of its own for {what}", on_click=_remove,
                args=(part, kind, name, key),
            )  # fmt: skip
            if not cap:
                st.caption(f"No limit, not even that of each other {kind.word}.")
        return Row(f"{path}.{kind.field}.{name}", kind, name, title, st.empty())


def _keep(part: Recipe, kind: Kind, name: str, cap: Cap) -> None:
    """As the API's document has it; the cap of all others is absent where it says nothing."""
    if cap or name != EVERY:
        part[kind.field][name] = cap
    else:
        part[kind.field].pop(EVERY, None)


def _remove(part: Recipe, kind: Kind, name: str, key: str) -> None:
    part[kind.field].pop(name, None)
    for field in ("share", "examples"):  # so that one that is added again begins anew
        st.session_state.pop(f"{key}_{field}", None)


def _add(
    part: Recipe, kind: Kind, shares: Mapping[str, float], names: Sequence[str], prefix: str
) -> None:
    key = f"{prefix}_add_{kind.word}"
    largest = sorted(shares, key=lambda name: -shares[name])
    free = [name for name in dict.fromkeys([*largest, *names]) if name not in part[kind.field]]

    def chosen() -> None:
        name = st.session_state[key]
        if name is not None and name.strip() != EVERY and name not in part[kind.field]:
            part[kind.field][name] = suggested(shares.get(name))
        st.session_state[key] = None

    st.selectbox(
        f"Cap a {kind.word}", free, index=None, key=key, on_change=chosen,
        format_func=lambda name: _called(kind, name) + _now(shares.get(name)),
        placeholder=f"add a {kind.word}", accept_new_options=True, label_visibility="collapsed",
    )  # fmt: skip


def _shares(amounts: Sequence[Amount]) -> dict[str, float]:
    return {one["name"] or "": one["share"] for one in amounts}


def _called(kind: Kind, name: str) -> str:
    return name or kind.nameless


def _now(share: float | None) -> str:
    return "" if share is None else f" (now {share:.0%})"


def _percent(cap: Cap) -> float | None:
    return round(100 * cap["share"], 6) if cap.get("share") is not None else None


def _put(cap: Cap, field: str, value: Any) -> None:
    cap.pop(field, None)
    if value is not None:
        cap[field] = value
