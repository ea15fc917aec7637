"""Training: runs and checkpoints, one run live (`?run=ID`), the form of a new one (`?new=1`)."""

import streamlit as st

from dashboard import checkpoint_list, session, training_form, training_list, training_page
from dashboard.notices import explained

LISTS = ("Runs", "Checkpoints")


def _list() -> None:
    with st.container(horizontal=True, vertical_alignment="center"):
        st.title("Training", anchor=False, width="stretch")
        if session.may("curator") and st.button(
            "Export and train", icon=":material/model_training:", type="primary"
        ):
            st.query_params[training_form.NEW] = "1"
            st.rerun()
    shown = st.segmented_control(
        "Show", LISTS, default=LISTS[0], required=True, key="training_list",
        label_visibility="collapsed",
    )  # fmt: skip
    if shown == "Checkpoints":
        checkpoint_list.draw()
    else:
        training_list.draw()


with explained(whole_page=True):
    run_id = st.query_params.get("run", "")
    checkpoint_id = st.query_params.get("checkpoint", "")
    if training_form.NEW in st.query_params:
        training_form.draw()
    elif run_id.isdecimal():
        training_page.draw(int(run_id))
    elif checkpoint_id.isdecimal():
        checkpoint_list.draw_one(int(checkpoint_id))
    else:
        _list()
