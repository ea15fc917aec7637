"""Have a model make new seeds from accepted ones."""

from typing import Final

import streamlit as st

from dashboard import proposal_form, session
from dashboard.heads import detail_head
from dashboard.notices import empty

AUGMENT: Final = "augment"
"""In the address of the page of runs: this form is open."""
KINDS: Final = {
    "variation": "A variation: the same topic, another problem",
    "harder": "A harder one: the same topic, more steps",
}


def draw() -> None:
    """The form over a filter of accepted seeds, and its start button."""
    detail_head("Make new seeds", "All runs", AUGMENT)
    if not session.may("curator"):
        empty("Making seeds is for curators", "Ask an admin for the role curator to start a run.")
        return
    st.caption(
        "New seeds come in pending, marked as synthetic, without an answer: they are checked, "
        "scored and decided on as all others are. Only accepted seeds are made more of."
    )
    api = session.api()
    proposal_form.draw(KINDS, None, api.forecast_augmentation_run, api.start_augmentation_run)
