"""One queue: where it stands, who did what in it, and how to change it."""

import streamlit as st

from dashboard import queue_form, session
from dashboard.heads import detail_head
from dashboard.people_table import draw_people
from dashboard.queue_words import about, assigned, done_share
from dashboard.rows import QueueProgress, ReviewQueue
from dashboard.wording import escaped, number


def draw(queue_id: int) -> None:
    """The page of one queue."""
    queue = session.api().review_queue(queue_id)
    progress = session.api().queue_progress(queue_id)
    detail_head(queue["name"], "All queues", "queue")
    st.markdown(escaped(about(queue)))
    st.caption(
        f"For {escaped(assigned(queue))}. Made by {escaped(queue['created_by'])}."
        + ("" if queue["open"] else " **Closed.**")
    )
    if queue["instructions"]:
        with st.container(border=True):
            st.text(queue["instructions"])
    st.progress(done_share(progress), text=f"{done_share(progress):.0%} done")
    _counts(progress)
    links(queue, progress)
    st.subheader("Who did what", anchor=False)
    draw_people(progress["people"])
    if session.may("curator") and may_change(queue):
        with st.expander("Change the queue", icon=":material/edit:"):
            queue_form.draw_change(queue)


def may_change(queue: ReviewQueue) -> bool:
    """Whether the API would let the user change it: its maker, or an admin."""
    return session.may() or queue["created_by"] == session.user()["name"]


def links(queue: ReviewQueue, progress: QueueProgress) -> None:
    """Where the work in the queue is done."""
    with st.container(horizontal=True, vertical_alignment="center"):
        address = {"queue": str(queue["id"])}
        if queue["mine"] and queue["open"]:
            st.page_link(
                "app_pages/triage.py", label="Open in triage", icon=":material/keyboard:",
                query_params=address,
            )  # fmt: skip
        if progress["in_adjudication"] and session.may("curator"):
            st.page_link(
                "app_pages/adjudication.py", label="Adjudicate", icon=":material/gavel:",
                query_params=address,
            )  # fmt: skip
        if queue["overlap"] > 1:
            st.page_link(
                "app_pages/agreement.py", label="Agreement", icon=":material/handshake:",
                query_params=address,
            )  # fmt: skip


def _counts(progress: QueueProgress) -> None:
    with st.container(horizontal=True):
        st.metric("Left", number(progress["left"]))
        st.metric("Decided", number(progress["decided"]))
        st.metric("In adjudication", number(progress["in_adjudication"]))
