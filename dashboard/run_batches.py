"""The batches of a run: what lies with providers, and what came back."""

import streamlit as st

from dashboard.rows import Batch
from dashboard.tables import Columns, pick
from dashboard.wording import ago, number

STATES = {
    "preparing": "being sent",
    "sent": "with the provider",
    "collected": "collected",
    "failed": "failed",
    "cancelled": "cancelled",
}
OPEN = ("preparing", "sent")
COLUMNS: Columns = {
    "endpoint": "Model",
    "state": "State",
    "answered": st.column_config.ProgressColumn(
        "Answered", min_value=0, max_value=1, format="percent"
    ),
    "samples": "Samples",
    "failed": "Failed",
    "sent": "Sent",
    "provider_id": st.column_config.TextColumn("Batch", help="Its name at the provider."),
    "note": "Note",
}


def any_open(batches: list[Batch]) -> bool:
    """Whether one of them may still bring something."""
    return any(batch["state"] in OPEN for batch in batches)


def draw(batches: list[Batch]) -> None:
    """A table of them, where there are any."""
    if not batches:
        return
    st.subheader("Batches", anchor=False)
    if any_open(batches):
        st.caption("Providers take up to a day. Cancelling the run cancels its batches too.")
    st.dataframe(
        pick([_row(batch) for batch in batches], COLUMNS),
        hide_index=True,
        column_config=COLUMNS,
        placeholder="",
    )


def _row(batch: Batch) -> dict[str, object]:
    return {
        **batch,
        "state": STATES.get(batch["state"], batch["state"]),
        "answered": batch["answered"] / batch["samples"] if batch["samples"] else 1.0,
        "samples": number(batch["samples"]),
        "sent": ago(batch["created_at"]),
    }
