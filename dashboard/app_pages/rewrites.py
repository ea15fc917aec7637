"""Rewrites: those that wait, one (`?rewrite=ID`), the form (`?seed=ID`), and asking (`?ask`)."""

import streamlit as st

from dashboard import rewrite_asking, rewrite_form, rewrite_list, rewrite_page
from dashboard.notices import explained


def _number(parameter: str) -> int | None:
    value = st.query_params.get(parameter, "")
    return int(value) if value.isdecimal() else None


with explained(whole_page=True):
    rewrite_id, seed_id = _number("rewrite"), _number("seed")
    if rewrite_id is not None:
        rewrite_page.draw(rewrite_id)
    elif seed_id is not None:
        rewrite_form.draw(seed_id, _number("from"))
    elif "ask" in st.query_params:
        rewrite_asking.draw()
    else:
        rewrite_list.draw()
