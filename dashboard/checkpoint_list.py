"""All checkpoints, newest first: which run and export they are of, and how good they are."""

import streamlit as st

from dashboard import checkpoint_card, session
from dashboard.heads import detail_head
from dashboard.keyset import cursors_of, draw_pages
from dashboard.notices import empty
from dashboard.rows.training import Checkpoint
from dashboard.tables import Columns, choose_row
from dashboard.training_words import KINDS, main_metric, size_words
from dashboard.wording import ago, plural

COLUMNS: Columns = {
    "id": st.column_config.NumberColumn("Checkpoint", width=90),
    "run_name": "Run",
    "export_name": "Export",
    "kind": st.column_config.TextColumn("Kind", width=60),
    "step": st.column_config.NumberColumn("Step", format="localized"),
    "value": "Metrics",
    "amount": "Files",
    "is_there": st.column_config.CheckboxColumn("There", help="Runs remove old ones for newer"),
    "written": "Written",
}


def draw() -> None:
    """A page of checkpoints."""
    cursors = cursors_of("checkpoints", "all")
    page = session.api().checkpoints(after=cursors[-1])
    if not page["items"]:
        empty("No checkpoints yet", "A run writes them as it goes on, and one at its end.")
        return
    rows = [_row(checkpoint) for checkpoint in page["items"]]
    index = choose_row(rows, COLUMNS, key=f"checkpoint_table_{cursors[-1]}")
    draw_pages(cursors, page["next"], "Choose a row to see what made it, or to train on from it.")
    if index is not None:
        st.query_params["checkpoint"] = str(page["items"][index]["id"])
        st.rerun()


def draw_one(checkpoint_id: int) -> None:
    """The page of one."""
    checkpoint = session.api().checkpoint(checkpoint_id)
    detail_head(checkpoint["name"], "All checkpoints", "checkpoint")
    checkpoint_card.draw(checkpoint, to_run=True)


def _row(checkpoint: Checkpoint) -> dict[str, object]:
    whole = sum(file["bytes"] for file in checkpoint["files"])
    return {
        **checkpoint,
        "kind": KINDS.get(checkpoint["kind"], checkpoint["kind"]),
        "value": main_metric(checkpoint["kind"], checkpoint["metrics"]),
        "amount": f"{plural(len(checkpoint['files']), 'file')}, {size_words(whole)}",
        "written": ago(checkpoint["created_at"]),
    }
