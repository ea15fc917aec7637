"""Safety: guidelines, one of them (`?guideline=ID`), and a trace beside its own (`&trace=ID`)."""

import streamlit as st

from dashboard import guideline_list, guideline_page, trace_page
from dashboard.notices import explained


def _number(parameter: str) -> int | None:
    value = st.query_params.get(parameter, "")
    return int(value) if value.isdecimal() else None


with explained(whole_page=True):
    guideline_id, sample_id = _number("guideline"), _number("trace")
    if sample_id is not None:
        trace_page.draw(sample_id, "The guideline" if guideline_id else "All guidelines")
    elif guideline_id is not None:
        guideline_page.draw(guideline_id)
    else:
        guideline_list.draw()
