"""Triage: one seed per screen, decided by a key."""

from urllib.parse import urlencode

import streamlit as st

from dashboard import pane_leases, pane_requests, session, triage_queue, views_menu
from dashboard.api import SignedOut
from dashboard.components.triage import load_library, triage_pane
from dashboard.filters import choose_seeds
from dashboard.notices import empty, explained
from dashboard.rows import SeedFilter, UserSettings


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
        pane_leases.remember(request, reply)


def _fetch_first(view: str, chosen: SeedFilter) -> None:
    """Fetch the first seeds of another view at once, so that the pane need not ask for them."""
    if st.session_state.get("triage_view") == view:
        return
    st.session_state["triage_view"] = view
    reply = pane_requests.first_seeds(session.api(), chosen)
    if reply is not None:
        st.session_state["triage_first"] = {"view": view, "reply": reply}
        pane_leases.remember({"holding": [], "release": []}, reply)


@st.fragment
def _pane(view: str, chosen: SeedFilter, settings: UserSettings) -> None:
    if st.session_state.pop("signed_out", False):
        session.forget()
        st.rerun()
    reply = st.session_state.get("triage_reply") or pane_requests.empty_reply()
    who = session.user()
    user = {"id": who["id"], "name": who["name"]}
    data = {
        "user": user, "settings": settings, "view": view, "queue": chosen.get("queue_id"),
        "reply": reply, "first": st.session_state.pop("triage_first", None),
    }  # fmt: skip
    triage_pane(data, lambda: _answer(view, chosen))


with explained(whole_page=True):
    head = st.container(horizontal=True, vertical_alignment="center")
    head.title("Triage", anchor=False)
    if session.may("curator"):
        queue_id = triage_queue.asked_for()
        # Whatever it holds, the pane stays the next element, and so the same one.
        with st.container():
            if queue_id is None:
                chosen = choose_seeds(session.api().values(), status="pending", sort="attention")
                with head:
                    views_menu.draw(chosen)
            else:
                triage_queue.draw_head(queue_id)
                chosen = SeedFilter(queue_id=queue_id)
        view = urlencode(dict(chosen))
        _fetch_first(view, chosen)
        _pane(view, chosen, session.api().settings())
        load_library()
    else:
        empty("Triage is for curators", "Ask an admin for the role curator to decide on seeds.")
