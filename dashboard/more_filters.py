"""The filters that few need at once: a form behind a button, its values kept in the address."""

from collections.abc import Mapping
from datetime import date
from typing import Any, Final

import streamlit as st

from dashboard import session
from dashboard.filter_words import MARKS, MORE, RANGES, TEXTS, TIMES, Unreadable, read, written
from dashboard.wording import escaped

_WORDS: Final = {None: "any", True: "yes", False: "no"}


def choose() -> dict[str, Any]:
    """Draw the button, and the form while it is open; the values that the address holds."""
    values = _of_address()
    label = f"More filters ({len(values)})" if values else "More filters"
    # Drawn only while it is open: two dozen widgets would slow every other change.
    popover = st.popover(label, icon=":material/tune:", key="more_filters", on_change="rerun")
    if popover.open:
        with popover, st.form(f"more_filters_{_version()}", border=False):
            chosen = _form(values)
            if st.form_submit_button("Filter", type="primary", icon=":material/filter_alt:"):
                _keep(chosen)
                st.rerun()
    return values


def renew() -> None:
    """Let the form begin from the address again."""
    st.session_state["more_filters_version"] = _version() + 1


def _version() -> int:
    version: int = st.session_state.get("more_filters_version", 0)
    return version


def _of_address() -> dict[str, Any]:
    values = {}
    for field in MORE:
        text = st.query_params.get(field)
        if not text:
            continue
        try:
            values[field] = read(field, text)
        except Unreadable as error:
            st.warning(f"The address is not understood: {escaped(str(error))}. It filters nothing.")
    return values


def _keep(chosen: Mapping[str, Any]) -> None:
    for field in MORE:
        value = chosen.get(field)
        if value in (None, ""):
            st.query_params.pop(field, None)
        else:
            st.query_params[field] = written(value)
    renew()


def _form(values: Mapping[str, Any]) -> dict[str, Any]:
    left, right = st.columns([1, 1.4], gap="medium")
    with left:
        chosen: dict[str, Any] = {field: _mark(field, values) for field in MARKS}
        chosen |= _mine(values)
        for field in ("import_id", "seed_id", "parent"):  # as links give them
            chosen[field] = values.get(field)
    with right:
        for measure in RANGES:
            chosen |= _range(measure, values)
    for (field, label), column in zip((TEXTS | TIMES).items(), st.columns(5), strict=True):
        with column:
            chosen[field] = _text(field, label, values)
    return chosen


def _mark(field: str, values: Mapping[str, Any]) -> bool | None:
    options = list(_WORDS)
    return st.selectbox(
        MARKS[field].capitalize(), options, index=options.index(values.get(field)),
        format_func=lambda value: _WORDS[value], key=f"more_{field}_{_version()}",
    )  # fmt: skip


def _mine(values: Mapping[str, Any]) -> dict[str, Any]:
    me, other = session.user()["id"], values.get("decided_by")
    if other not in (None, me):
        return {"decided_by": other}
    mine = st.checkbox("Decided by me", value=other == me, key=f"more_mine_{_version()}")
    return {"decided_by": me if mine else None}


def _range(measure: str, values: Mapping[str, Any]) -> dict[str, Any]:
    found = {}
    for end, column in zip(("min", "max"), st.columns(2), strict=True):
        field = f"{end}_{measure}"
        whole = measure == "steps"
        label = f"{RANGES[measure]}, {'at least' if end == 'min' else 'at most'}"
        found[field] = column.number_input(
            label, value=values.get(field), step=1 if whole else 0.05, placeholder="any",
            key=f"more_{field}_{_version()}",
        )  # fmt: skip
    return found


def _text(field: str, label: str, values: Mapping[str, Any]) -> str | None:
    key, value = f"more_{field}_{_version()}", values.get(field)
    if field not in TIMES:
        return st.text_input(label, value=value or "", key=key, max_chars=500).strip() or None
    try:
        day = date.fromisoformat(str(value)[:10]) if value else None
    except ValueError:
        day = None
    chosen = st.date_input(label, value=day, key=key)
    return chosen.isoformat() if isinstance(chosen, date) else None
