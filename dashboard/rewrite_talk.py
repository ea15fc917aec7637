"""What people say of a rewrite, and the box to say something."""

from uuid import uuid4

import streamlit as st

from dashboard import session
from dashboard.notices import explained
from dashboard.rows import RewriteDetail
from dashboard.wording import ago, escaped

MOST_CHARACTERS = 5000


def draw(rewrite: RewriteDetail) -> None:
    """The comments, the oldest first, and the form of a new one."""
    if not rewrite["comments"] and not session.may("curator"):
        return
    st.subheader("Comments", anchor=False)
    for comment in rewrite["comments"]:
        st.caption(f"**{escaped(comment['user'])}**, {ago(comment['created_at'])}")
        st.text(comment["text"])
    if session.may("curator"):
        _new(rewrite)


def _new(rewrite: RewriteDetail) -> None:
    box = f"rewrite_comment_{rewrite['id']}"
    number = st.session_state.get(box, 0)
    with st.form(f"{box}_form", border=False):
        text = st.text_area(
            "Comment", key=f"{box}_{number}", max_chars=MOST_CHARACTERS, height=80
        ).strip()  # fmt: skip
        sent = st.form_submit_button("Comment", icon=":material/chat:")
    if sent and text:
        # Kept until it has worked, so that a second press says nothing twice.
        place = f"{box}_token_{hash(text)}"
        token = st.session_state.setdefault(place, str(uuid4()))
        with explained():
            session.api().comment_on_rewrite(rewrite["id"], text, token)
            del st.session_state[place]
            # An empty box comes next; what was not taken stays in its own.
            st.session_state[box] = number + 1
            st.rerun()
