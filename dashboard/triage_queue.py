"""The head of the triage page while it works through a named queue (`?queue=ID`)."""

import streamlit as st

from dashboard import session
from dashboard.queue_words import about, done_share, standing
from dashboard.wording import escaped


def asked_for() -> int | None:
    """The queue that the address names."""
    asked = st.query_params.get("queue", "")
    return int(asked) if asked.isdecimal() else None


def draw_head(queue_id: int) -> None:
    """The queue's name, instructions and progress, and the way back to all seeds."""
    queue = session.api().review_queue(queue_id)
    progress = session.api().queue_progress(queue_id)
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(f"**{escaped(queue['name'])}**", width="content")
        if queue["overlap"] > 1:
            st.badge(f"{queue['overlap']} curators a seed", color="blue")
        st.caption(escaped(about(queue)), width="stretch")
        if st.button("All seeds", icon=":material/close:", type="tertiary"):
            del st.query_params["queue"]
            st.rerun()
    if queue["instructions"]:
        with st.expander("Instructions", icon=":material/menu_book:", expanded=True):
            st.text(queue["instructions"])
    st.progress(done_share(progress), text=standing(progress))
