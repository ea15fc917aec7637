"""The head of a page that shows one thing: the way back, and its title."""

import streamlit as st

from dashboard.wording import escaped


def detail_head(title: str, back: str, *parameters: str) -> None:
    """Draw it; going back takes the thing out of the page's address."""
    with st.container(horizontal=True, vertical_alignment="center"):
        st.title(escaped(title), anchor=False, width="content")
        if st.button(back, icon=":material/arrow_back:", type="tertiary"):
            for parameter in parameters:
                st.query_params.pop(parameter, None)
            st.rerun()
