"""Runs: the list, one run live (`?run=ID`), and the forms that start one (`?augment`)."""

import streamlit as st

from dashboard import augmentation_form, run_form, run_page, session
from dashboard.augmentation_form import AUGMENT
from dashboard.notices import empty, explained
from dashboard.rows import Run
from dashboard.tables import Columns, choose_row
from dashboard.wording import ago, money

COLUMNS: Columns = {
    "id": "Run",
    "name": "Name",
    "kind": "For",
    "state": "State",
    "progress": st.column_config.ProgressColumn(
        "Progress", min_value=0, max_value=1, format="percent"
    ),
    "seeds": "Seeds",
    "failed": "Failed",
    "calls": "Calls",
    "cost": "Cost",
    "begun": "Begun",
}


def _row(run: Run) -> dict[str, object]:
    done = run["seeds_scored"] + run["seeds_failed"]
    return {
        **run,
        "progress": done / run["seeds_total"] if run["seeds_total"] else 1.0,
        "seeds": run["seeds_total"],
        "failed": run["seeds_failed"],
        "cost": money(run["cost"]),
        "begun": ago(run["created_at"]),
    }


def _table(runs: list[Run]) -> None:
    index = choose_row([_row(run) for run in runs], COLUMNS, key="run_table")
    if index is not None:
        st.query_params["run"] = str(runs[index]["id"])
        st.rerun()
    st.caption("Choose a row to see the run.")


def _list() -> None:
    with st.container(horizontal=True, vertical_alignment="center"):
        st.title("Runs", anchor=False, width="content")
        if session.may("curator") and st.button("Make new seeds", icon=":material/forest:"):
            st.query_params[AUGMENT] = "1"
            st.rerun()
    runs = session.api().runs()["items"]
    if runs:
        _table(runs)
    else:
        empty("No runs yet", "A run asks the models, and computes a verdict for each seed.")
    if session.may("curator"):
        with st.expander("Start a run", icon=":material/play_circle:", expanded=not runs):
            run_form.draw()


with explained(whole_page=True):
    run_id = st.query_params.get("run")
    if run_id and run_id.isdecimal():
        run_page.draw(int(run_id))
    elif AUGMENT in st.query_params:
        augmentation_form.draw()
    else:
        _list()
