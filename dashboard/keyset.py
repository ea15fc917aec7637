"""The way through a list by cursors, back and forth."""

from typing import Any

import streamlit as st


def cursors_of(name: str, chosen: Any) -> list[str | None]:
    """The cursors taken so far, the page's own last; another filter starts anew."""
    if st.session_state.get(f"{name}_filter") != chosen:
        st.session_state[f"{name}_filter"] = chosen
        st.session_state[f"{name}_cursors"] = [None]
    cursors: list[str | None] = st.session_state[f"{name}_cursors"]
    return cursors


def draw_pages(cursors: list[str | None], following: str | None, advice: str) -> None:
    """The buttons that lead to the page before and after."""
    with st.container(horizontal=True, vertical_alignment="center"):
        if st.button("Previous", icon=":material/chevron_left:", disabled=len(cursors) == 1):
            cursors.pop()
            st.rerun()
        if st.button("Next", icon=":material/chevron_right:", disabled=following is None):
            cursors.append(following)
            st.rerun()
        st.caption(f"Page {len(cursors)}. {advice}")
