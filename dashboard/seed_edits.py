"""Edits in the table of seeds: gathered, saved together, each row reported, all taken back at once.

A new answer is a new wording: the seed is pending again and is measured anew.
"""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import uuid4

import streamlit as st

from dashboard import session
from dashboard.api import ApiError
from dashboard.notices import explained
from dashboard.rows import EditResult, SeedRow
from dashboard.seed_columns import EDITABLE, EDITED
from dashboard.tables import pick
from dashboard.wording import escaped, plural


def changed_rows(
    rows: Sequence[SeedRow], edited: Mapping[int, Mapping[str, Any]]
) -> list[dict[str, Any]]:
    """What the editor holds, as the API takes it; cells that say what they said are left out."""
    found = []
    for index, cells in edited.items():
        row = rows[index]
        changes = {
            field: _emptied(value)
            for field, value in cells.items()
            if field in EDITABLE and _emptied(value) != _emptied(row.get(field))
        }
        if "tags" in changes:
            changes["tags"] = changes["tags"] or []
        if changes:
            seen: dict[str, Any] = {
                name: row[name] for name in ("domain", "tags") if name in changes
            }
            found.append(
                {"id": row["id"], "revision_id": row["revision_id"], "seen": seen, **changes}
            )
    return found


def _emptied(value: Any) -> Any:
    return value.strip() or None if isinstance(value, str) else value or None


def draw(rows: Sequence[SeedRow]) -> None:
    """The editor of a page of seeds, with its buttons and what came of the last save."""
    key = f"seed_editor_{st.session_state.get('seed_editor', 0)}_{rows[0]['id']}_{len(rows)}"
    st.data_editor(
        pick(rows, EDITED), hide_index=True, column_config=EDITED, key=key, height=560,
        disabled=[name for name in EDITED if name not in EDITABLE],
    )  # fmt: skip
    edits = changed_rows(rows, st.session_state[key]["edited_rows"])
    with st.container(horizontal=True, vertical_alignment="center"):
        st.button(
            f"Save {plural(len(edits), 'change')}" if edits else "Save", type="primary",
            icon=":material/save:", disabled=not edits, on_click=_save, args=(edits,),
        )  # fmt: skip
        st.button("Drop changes", icon=":material/close:", disabled=not edits, on_click=_renew)
        st.caption("A new answer makes the seed pending again, to be measured anew.")
    _report()


def _renew() -> None:
    st.session_state["seed_editor"] = st.session_state.get("seed_editor", 0) + 1


def _save(edits: list[dict[str, Any]]) -> None:
    with explained():
        st.session_state["seed_edits"] = session.api().edit_seeds(edits)
        _renew()


def _report() -> None:
    results: list[EditResult] = st.session_state.get("seed_edits", [])
    if not results:
        return
    saved = [row for row in results if row["status"] == "saved"]
    refused = [row for row in results if row["status"] == "refused"]
    with st.container(border=True):
        st.markdown(f"Saved {plural(len(saved), 'seed')}, {len(refused)} refused.")
        for row in refused:
            error = row["error"] or {}
            field = f", {error['field']}" if error.get("field") else ""
            st.error(f"Seed {row['id']}{field}: {escaped(str(error.get('message', '')))}")
        if saved:
            st.button("Undo these edits", icon=":material/undo:", on_click=_undo, args=(saved,))


def _undo(saved: Sequence[EditResult]) -> None:
    """Take the edits back, the last first; what cannot be taken back is said and stays."""
    left: list[EditResult] = []
    for row in reversed(saved):
        try:
            session.api().undo(str(uuid4()), row["decision_id"])
        except ApiError as error:
            wrong = {"code": error.code, "field": None, "message": str(error)}
            refused = row.copy()
            refused.update(status="refused", error=wrong)
            left.append(refused)
    st.session_state["seed_edits"] = left
    _renew()
