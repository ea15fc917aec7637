"""Training runs as a list that renews itself while one goes on; up to four of them in one plot."""

from collections.abc import Sequence

import streamlit as st

from dashboard import session, training_comparison
from dashboard.keyset import cursors_of, draw_pages
from dashboard.notices import empty, explained
from dashboard.rows.training import TrainingRun
from dashboard.tables import Columns, pick
from dashboard.training_words import KINDS, OVER, main_value, state_words
from dashboard.wording import ago

EVERY_SECONDS = 5
MOST_COMPARED = 4
COLUMNS: Columns = {
    "id": st.column_config.NumberColumn("Run", width=50),
    "name": "Name",
    "state": "State",
    "kind": st.column_config.TextColumn("Kind", width=60),
    "export_name": "Export",
    "progress": st.column_config.ProgressColumn(
        "Progress", min_value=0, max_value=1, format="percent"
    ),
    "steps": "Steps",
    "value": "Last",
    "begun": "Begun",
    "created_by": "By",
}


def draw() -> None:
    """A page of runs, and the plot of those that are chosen."""
    cursors = cursors_of("training_runs", "all")
    page = session.api().training_runs(after=cursors[-1])
    if not page["items"]:
        empty(
            "No training runs yet",
            "Export accepted seeds or a version of a mixture, and train on that: press Export and "
            "train above.",
        )
        return
    moves = any(run["state"] not in OVER for run in page["items"])
    st.fragment(_table, run_every=EVERY_SECONDS if moves else None)(cursors[-1], moves)
    draw_pages(
        cursors, page["next"],
        f"A cell opens its run; the boxes in front compare up to {MOST_COMPARED} of them.",
    )  # fmt: skip
    numbers: list[int] = st.session_state.get("training_compared", [])
    if numbers:
        training_comparison.draw(numbers)


def _table(cursor: str | None, moved_before: bool) -> None:
    with explained():
        runs = session.api().training_runs(after=cursor)["items"]
        if moved_before and all(run["state"] in OVER for run in runs):
            st.rerun()
        event = st.dataframe(
            pick([_row(run) for run in runs], COLUMNS), hide_index=True, column_config=COLUMNS,
            placeholder="", key=f"training_table_{cursor}_{len(runs)}", on_select="rerun",
            selection_mode=["multi-row", "single-cell"],
        )  # fmt: skip
        if cells := event.selection.cells:
            st.query_params["run"] = str(runs[int(cells[0][0])]["id"])
            st.rerun()
        _choose(runs, event.selection.rows)


def _choose(runs: Sequence[TrainingRun], rows: Sequence[int]) -> None:
    """The page is drawn anew where other runs are to be compared."""
    if len(rows) > MOST_COMPARED:
        st.warning(f"Compare at most {MOST_COMPARED}: the first {MOST_COMPARED} are shown.")
    numbers = [runs[index]["id"] for index in rows if index < len(runs)][:MOST_COMPARED]
    if numbers != st.session_state.get("training_compared", []):
        st.session_state["training_compared"] = numbers
        st.rerun()


def _row(run: TrainingRun) -> dict[str, object]:
    return {
        **run,
        "kind": KINDS.get(run["kind"], run["kind"]),
        "state": state_words(run),
        "progress": run["step"] / run["steps"] if run["steps"] else 0.0,
        "steps": f"{run['step']:,} of {run['steps']:,}",
        "value": main_value(run),
        "begun": ago(run["created_at"]),
    }
