"""Triage: one seed per screen, decided by a key."""

from urllib.parse import urlencode

import streamlit as st

from dashboard import pane_requests, session
from dashboard.api import SignedOut
from dashboard.components.triage import load_library, triage_pane
from dashboard.filters import choose_seeds
from dashboard.notices import explained_page
from dashboard.rows import SeedFilter


def _on_request() -> None:
    request = st.session_state["triage"].request
    if not request:
        return
    view, chosen = st.session_state["triage_view"]
    try:
        reply = pane_requests.answer(session.api(), view, chosen, request)
    except SignedOut:
        st.session_state["signed_out"] = True
        return
    st.session_state["triage_reply"] = reply


@st.fragment
def _pane(view: str, chosen: SeedFilter) -> None:
    if st.session_state.pop("signed_out", False):
        session.forget()
        st.rerun()
    data = {
        "user": session.user()["id"],
        "view": view,
        "reply": st.session_state["triage_reply"],
    }
    triage_pane(data, _on_request)


def _begin(view: str, chosen: SeedFilter) -> None:
    """Fetch the first seeds of a view, once."""
    if st.session_state.get("triage_view") == (view, chosen):
        return
    st.session_state["triage_reply"] = pane_requests.first_reply(session.api(), view, chosen)
    st.session_state["triage_view"] = (view, chosen)


with explained_page():
    st.title("Triage", anchor=False)
    facets = session.api().facets({})
    chosen = choose_seeds(facets, status="pending")
    view = urlencode(dict(chosen))
    _begin(view, chosen)
_pane(view, chosen)
load_library()
