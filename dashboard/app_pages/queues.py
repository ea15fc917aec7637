"""Queues: named parts of the work, one of them (`?queue=ID`), and the form that makes one."""

import streamlit as st

from dashboard import queue_form, queue_page, session
from dashboard.notices import empty, explained
from dashboard.queue_words import about, assigned, done_share, pace, standing
from dashboard.rows import ReviewQueue
from dashboard.wording import escaped


def _list() -> None:
    st.title("Queues", anchor=False)
    queues = session.api().review_queues()
    if session.may("curator"):
        with st.expander("New queue", icon=":material/add:", expanded=not queues):
            queue_form.draw_new()
    if not queues:
        empty(
            "No queues yet",
            "A queue is a part of the work with a name: which seeds, in what order, and how many "
            "curators decide each. Without one, triage offers all pending seeds.",
        )
        return
    for queue in queues:
        _row(queue)


def _row(queue: ReviewQueue) -> None:
    progress = session.api().queue_progress(queue["id"])
    with st.container(border=True):
        with st.container(horizontal=True, vertical_alignment="center"):
            st.markdown(f"**{escaped(queue['name'])}**", width="content")
            if not queue["open"]:
                st.badge("closed", color="gray", icon=":material/lock:")
            if queue["overlap"] > 1:
                st.badge(f"{queue['overlap']} curators a seed", color="blue")
            if queue["curators"]:
                st.caption(f"for {escaped(assigned(queue))}", width="content")
        st.caption(escaped(about(queue)))
        st.progress(done_share(progress), text=f"{standing(progress)} · {pace(progress)}")
        with st.container(horizontal=True, vertical_alignment="center"):
            queue_page.links(queue, progress)
            if st.button(
                "Details", key=f"queue_{queue['id']}", icon=":material/chevron_right:",
                type="tertiary", help=f"Progress by person of {escaped(queue['name'])}",
            ):  # fmt: skip
                st.query_params["queue"] = str(queue["id"])
                st.rerun()


with explained(whole_page=True):
    queue_id = st.query_params.get("queue")
    if queue_id and queue_id.isdecimal():
        queue_page.draw(int(queue_id))
    else:
        _list()
