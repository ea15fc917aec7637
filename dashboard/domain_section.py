"""Suggested domains beside the clusters: the form, and the last run with what it says."""

import streamlit as st

from dashboard import domain_form, domain_outcome, run_page, session
from dashboard.notices import explained
from dashboard.rows import Run
from dashboard.wording import ago, escaped

KIND = "domains"


def draw() -> None:
    """The form for curators, and one run: the last, or another that is chosen."""
    if session.may("curator"):
        with st.expander("Have a model suggest domains", icon=":material/category:"):
            domain_form.draw()
    with explained():
        runs = session.api().runs(KIND)["items"]
        if runs:
            run_page.draw_live(_chosen(runs), _draw)


def _chosen(runs: list[Run]) -> Run:
    if len(runs) == 1:
        return runs[0]
    names = {run["id"]: f"run {run['id']}, {ago(run['created_at'])}" for run in runs}
    number = st.selectbox(
        "Suggestions of", list(names), format_func=names.__getitem__, key="domain_run_shown"
    )
    return next(run for run in runs if run["id"] == number)


def _draw(run: Run) -> None:
    with st.container(horizontal=True, vertical_alignment="center"):
        st.caption(escaped(f"{run['name']}, {run['state']}"), width="content")
        st.page_link(
            "app_pages/runs.py", label="Its budget, pause and resume",
            icon=":material/play_circle:", query_params={"run": str(run["id"])}, width="content",
        )  # fmt: skip
    if run["note"]:
        st.info(escaped(run["note"]), icon=":material/info:")
    run_page.draw_progress(run)
    domain_outcome.draw(run)
