"""Adjudication: seeds on which curators do not agree, their opinions side by side."""

from typing import Literal

import streamlit as st

from dashboard import dispute_settling, session
from dashboard.components.triage import load_library, seed_evidence
from dashboard.notices import empty, explained
from dashboard.pane_seed import pane_seed
from dashboard.queue_choice import choose_queue
from dashboard.queue_words import VOTES
from dashboard.rows import Dispute, Opinion
from dashboard.wording import ago, escaped, plural

COLOURS: dict[str, Literal["green", "red", "orange"]] = {
    "accept": "green",
    "reject": "red",
    "needs_rewrite": "orange",
}


def _next(disputes: list[Dispute]) -> Dispute:
    """The first that was not passed over; after the last the first again."""
    passed = st.session_state.setdefault(dispute_settling.PASSED, [])
    for dispute in disputes:
        if [dispute["queue_id"], dispute["seed"]["id"]] not in passed:
            return dispute
    passed.clear()
    return disputes[0]


def _opinion(opinion: Opinion) -> None:
    kind = opinion["kind"] or ""
    st.markdown(f"**{escaped(opinion['user'])}**")
    with st.container(horizontal=True):
        st.badge(VOTES.get(kind, "No decision"), color=COLOURS.get(kind, "gray"))
        if opinion["flagged"]:
            st.badge("flagged", color="gray", icon=":material/flag:")
    if opinion["reason"]:
        st.text(opinion["reason"])
    else:
        st.caption("No reason given.")
    st.caption(ago(opinion["created_at"]))


def _dispute(dispute: Dispute, total: int) -> None:
    seed = session.api().seed(dispute["seed"]["id"])
    st.subheader(f"Seed {seed['id']}", anchor=False)
    st.caption(f"In {escaped(dispute['queue'])}. {plural(total, 'seed')} to adjudicate.")
    columns = st.columns(len(dispute["opinions"]), border=True)
    for column, opinion in zip(columns, dispute["opinions"], strict=True):
        with column:
            _opinion(opinion)
    dispute_settling.draw(dispute, more=total > 1)
    st.page_link(
        "app_pages/seeds.py", label="The seed's page, where hits are settled",
        icon=":material/grass:", query_params={"seed": str(seed["id"])},
    )  # fmt: skip
    seed_evidence(pane_seed(seed), session.user()["name"])
    load_library()


def _nothing() -> None:
    empty(
        "Nothing to adjudicate",
        "Seeds come here when the curators of a queue do not agree on them. Those on which you "
        "gave an opinion yourself wait for somebody else.",
    )
    with st.container(horizontal=True, horizontal_alignment="center"):
        st.page_link("app_pages/queues.py", label="Queues", icon=":material/view_list:")


with explained(whole_page=True):
    st.title("Adjudication", anchor=False)
    if session.may("curator"):
        queues = session.api().review_queues()
        queue_id = choose_queue([queue for queue in queues if queue["overlap"] > 1])
        dispute_settling.draw_last()
        page = session.api().disputes(queue_id)
        if page["items"]:
            _dispute(_next(page["items"]), page["total"] or len(page["items"]))
        else:
            _nothing()
    else:
        empty("Adjudication is for curators", "Ask an admin for the role curator to decide.")
