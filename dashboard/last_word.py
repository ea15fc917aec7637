"""What was decided last, and its undo."""

from collections.abc import Callable
from uuid import uuid4

import streamlit as st

from dashboard import session
from dashboard.notices import explained


def draw(key: str, after: Callable[[dict[str, int]], None]) -> None:
    """Say what was decided, with a button that takes it back.

    key: where the session keeps it: its `words`, its `decision_id`, and what it was about.
    after: gets what was taken back, to show it again.
    """
    last = st.session_state.get(key)
    if last is None:
        return
    with st.container(border=True, horizontal=True, vertical_alignment="center"):
        st.markdown(last["words"], width="stretch")
        if st.button("Undo", icon=":material/undo:", shortcut="u"):
            with explained():
                session.api().undo(str(uuid4()), last["decision_id"])
                del st.session_state[key]
                after(last)
