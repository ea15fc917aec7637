"""A curator's word on a trace: keep, reject, and take that back."""

from uuid import uuid4

import streamlit as st

from dashboard import guideline_traces, session
from dashboard.notices import explained
from dashboard.rows import TraceDetail
from dashboard.wording import escaped

MOST_REASON = 2000


def draw(trace: TraceDetail) -> None:
    """What a curator has said of it, and may say."""
    if trace["word"] is not None:
        _said(trace)
    if session.may("curator"):
        _form(trace)
    if trace["guideline_id"] is not None:
        _next(trace)


def _said(trace: TraceDetail) -> None:
    with st.container(horizontal=True, vertical_alignment="center"):
        who = escaped(trace["decided_by"] or "A curator")
        reason = escaped(trace["word_reason"] or "")
        st.markdown(f"{who} has **{trace['word']}** it: {reason}", width="content")
        if trace["decision_id"] is not None and session.may("curator") and st.button(
            "Undo", icon=":material/undo:", type="tertiary", key="trace_undo"
        ):  # fmt: skip
            with explained():
                session.api().undo(str(uuid4()), trace["decision_id"])
                st.rerun()


def _form(trace: TraceDetail) -> None:
    st.subheader("Decide", anchor=False)
    reason = st.text_input(
        "Reason", key=f"trace_reason_{trace['sample_id']}", max_chars=MOST_REASON
    ).strip()
    with st.container(horizontal=True, vertical_alignment="center"):
        _button(trace, "Keep", "kept", reason, possible=trace["can_keep"])
        _button(trace, "Reject", "rejected", reason, possible=True)
    if not trace["can_keep"]:
        st.caption("A rule has found a fault in it: it can be kept by nobody. Ask for another.")
    elif not reason:
        st.caption("Say why, then it can be kept or rejected.")


def _button(trace: TraceDetail, label: str, word: str, reason: str, *, possible: bool) -> None:
    icon = ":material/check:" if word == "kept" else ":material/close:"
    idle = not possible or not reason or trace["word"] == word
    if st.button(label, icon=icon, disabled=idle, key=f"trace_{word}"):
        # Kept until it has worked, so that a second press decides nothing twice.
        place = f"trace_token_{trace['sample_id']}_{word}_{hash(reason)}"
        token = st.session_state.setdefault(place, str(uuid4()))
        with explained():
            session.api().decide_on_trace(trace["sample_id"], word, reason, token)
            del st.session_state[place]
            st.rerun()


def _next(trace: TraceDetail) -> None:
    following = guideline_traces.next_unjudged(trace)
    if following is None:
        st.caption("No other trace under this guideline is unjudged.")
    elif st.button("Next unjudged", icon=":material/arrow_forward:", type="tertiary"):
        guideline_traces.show(following)
