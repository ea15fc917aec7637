"""What a seed has gone into, as a table, and whether that is to be looked at again."""

from typing import Any

import streamlit as st

from dashboard.notices import empty
from dashboard.rows.lineage_uses import LineageUses
from dashboard.tables import Columns, choose_row
from dashboard.wording import ago, escaped, name, plural

COLUMNS: Columns = {
    "kind": "What",
    "title": st.column_config.TextColumn("Name", width="medium"),
    "rows": st.column_config.NumberColumn("Rows", help="How many of its rows are of this seed"),
    "where": st.column_config.TextColumn("Positions", help="The first of them, from 0"),
    "said": "How",
    "by": "By",
    "when": "When",
    "again": "Look again",
}
SHOWN = 6


def use_rows(uses: LineageUses) -> list[dict[str, Any]]:
    """Versions, exports and checkpoints alike; `opens` is the address of the row in it."""
    rows: list[dict[str, Any]] = []
    for version in uses["versions"]:
        rows.append(
            _held(version)
            | {
                "kind": "Version", "title": f"{version['mixture']}, version {version['number']}",
                "said": f"{version['split']}, weight {version['weight']:g}",
                "when": ago(version["frozen_at"]),
                "opens": _address("version", version["version_id"], version["positions"]),
            }
        )  # fmt: skip
    for export in uses["exports"]:
        of = "a filter" if export["version_id"] is None else f"version {export['version_id']}"
        rows.append(
            _held(export)
            | {
                "kind": "Export", "title": export["name"], "said": f"of {of}",
                "when": ago(export["finished_at"]),
                "opens": _address("export", export["export_id"], export["positions"]),
            }
        )  # fmt: skip
    for one in uses["checkpoints"]:
        rows.append(
            {
                "kind": "Checkpoint" if one["checkpoint"] else "Training run",
                "title": f"{one['training_run']} {one['checkpoint'] or ''}".strip(),
                "said": one["state"] if one["step"] is None else f"step {one['step']:,}",
                "when": ago(one["at"]), "again": "yes" if one["look_again"] else "", "opens": None,
            }
        )  # fmt: skip
    return rows


def _address(kind: str, number: int, positions: list[int]) -> dict[str, str]:
    return {kind: str(number), "row": str(positions[0])}


def _held(use: Any) -> dict[str, Any]:
    first = ", ".join(map(str, use["positions"][:SHOWN]))
    more = ", …" if use["rows"] > SHOWN else ""
    return {
        "rows": use["rows"], "where": first + more, "by": use["by"],
        "again": "yes" if use["look_again"] else "",
    }  # fmt: skip


def draw(uses: LineageUses) -> None:
    """The table; a row that is chosen opens the seed's first row in it."""
    st.subheader("Gone into", anchor=False)
    if (gone := uses["withdrawal"]) is not None:
        why = f": {gone['reason']}" if gone["reason"] else ""
        what = "All of the following is to be looked at again." if uses["look_again"] else ""
        st.error(
            f"This seed must not be used any more ({name(gone['why'])}{why}), since "
            f"{ago(gone['since'])}. {what}",
            icon=":material/block:",
        )
    rows = use_rows(uses)
    if not rows:
        empty("In nothing yet", "No frozen version and no export holds this seed.")
    else:
        here = st.query_params.to_dict()
        # A key for each address: what was chosen at one is not chosen at the next.
        index = choose_row(rows, COLUMNS, key=f"lineage_uses_{sorted(here.items())}")
        st.caption("Choose a version or an export to see the seed's first row there.")
        opens = None if index is None else rows[index]["opens"]
        if opens is not None and opens != here:
            st.query_params.from_dict(opens)
            st.rerun()
    if old := uses["unrecorded_exports"]:
        numbers = escaped(", ".join(map(str, old)))
        st.caption(
            f"Not known of {plural(len(old), 'export')} ({numbers}): written before exports kept "
            "their rows. Their files tell."
        )
