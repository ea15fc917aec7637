"""What a run has logged, kept in the reader's session: each time only what is new is asked for."""

import streamlit as st

from dashboard import session
from dashboard.training_series import Logged


def logged_of(run_id: int) -> Logged:
    """All that the run has logged until now."""
    known: dict[int, Logged] = st.session_state.setdefault("training_logged", {})
    logged = known.setdefault(run_id, Logged())
    part = session.api().training_metrics(run_id, logged.next)
    if not logged.goes_on_with(part):
        logged = known[run_id] = Logged()
        part = session.api().training_metrics(run_id, 0)
    logged.add(part)
    return logged
