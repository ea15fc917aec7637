"""Triage: one seed per screen, decided by a key."""

from urllib.parse import urlencode

import streamlit as st

from dashboard import pane_requests, session
from dashboard.api import SignedOut
from dashboard.components.triage import load_library, triage_pane
from dashboard.filters import choose_seeds
from dashboard.notices import empty, explained
from dashboard.rows import SeedFilter


def _answer(view: str, chosen: SeedFilter) -> None:
    request = st.session_state["triage"].request
    if not request:
        return
    try:
        reply = pane_requests.answer(session.api(), view, chosen, request)
    except SignedOut:
        # The pane keeps what is not saved, and sends it after the next sign-in.
        st.session_state["signed_out"] = True
    else:
        st.session_state["triage_reply"] = reply


@st.fragment
def _pane(view: str, chosen: SeedFilter) -> None:
    if st.session_state.pop("signed_out", False):
        session.forget()
        st.rerun()
    reply = st.session_state.get("triage_reply") or pane_requests.empty_reply()
    data = {"user": session.user()["id"], "view": view, "reply": reply}
    triage_pane(data, lambda: _answer(view, chosen))


with explained(whole_page=True):
    st.title("Triage", anchor=False)
    if session.may("curator"):
        chosen = choose_seeds(session.api().facets({}), status="pending")
        _pane(urlencode(dict(chosen)), chosen)
        load_library()
    else:
        empty("Triage is for curators", "Ask an admin for the role curator to decide on seeds.")
