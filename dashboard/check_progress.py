"""The check of all seeds against the benchmarks: what is due, the button, the progress."""

import streamlit as st

from dashboard import job_progress, session
from dashboard.notices import explained
from dashboard.rows import CheckState
from dashboard.wording import plural

JOB = "check_job"


def checked_in_words(state: CheckState) -> str:
    """How many seeds were checked against what, as a sentence."""
    checked = state["seeds"] - state["due"]
    return (
        f"{checked:,} of {plural(state['seeds'], 'seed')} "
        f"{'was' if checked == 1 else 'were'} checked against {plural(state['items'], 'item')} of "
        f"{plural(state['benchmarks'], 'benchmark')}."
    )


def draw(state: CheckState) -> None:
    """Say where the check stands, and begin or follow one."""
    with st.container(horizontal=True, vertical_alignment="center"):
        st.caption(
            f"{checked_in_words(state)} Imported and edited seeds are checked by themselves.",
            width="stretch",
        )
        if session.may("curator") and state["due"] and state["job"] is None:
            if st.button(f"Check {plural(state['due'], 'seed')} now", icon=":material/shield:"):
                with explained():
                    st.session_state[JOB] = session.api().check_contamination()["id"]
                    st.rerun()
    job_id = state["job"]["id"] if state["job"] else st.session_state.get(JOB)
    if job_id is not None:
        job_progress.follow(job_id, "Checking seeds")
