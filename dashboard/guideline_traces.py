"""The traces that were made under a guideline, those first that nobody has judged."""

from typing import cast

import streamlit as st

from dashboard import session
from dashboard.keyset import cursors_of, draw_pages
from dashboard.notices import empty
from dashboard.rows import TRACE_STATES, GuidelineDetail, Trace, TraceFilter
from dashboard.tables import Columns, choose_row
from dashboard.trace_words import why_words
from dashboard.wording import share

PAGE_SIZE = 50
COLUMNS: Columns = {
    "sample_id": st.column_config.NumberColumn("Trace", width="small"),
    "state": "State",
    "why": "Why",
    "guideline_version": st.column_config.NumberColumn("Version", width="small"),
    "score": "Judges' score",
    "endpoint": "Teacher",
    "prompt": st.column_config.TextColumn("Prompt", width="large"),
}


def draw(guideline: GuidelineDetail) -> None:
    """The list, and the way to each."""
    st.subheader("Traces made under it", anchor=False)
    state = st.segmented_control(
        "State", TRACE_STATES, default=None, key="safety_state", bind="query-params"
    )
    chosen = cast(
        TraceFilter, {"guideline_id": guideline["id"], **({"state": state} if state else {})}
    )
    cursors = cursors_of("guideline_traces", chosen)
    page = session.api().traces(chosen, after=cursors[-1], limit=PAGE_SIZE)
    if not page["items"]:
        empty(
            "No traces here",
            "Ask a teacher on the page Traces and choose this guideline there, with a judge.",
        )
        return
    index = choose_row([_row(trace) for trace in page["items"]], COLUMNS, key="safety_table")
    if index is not None:
        show(page["items"][index]["sample_id"])
    draw_pages(cursors, page["next"], "Choose a row to read the trace beside the guideline.")


def show(sample_id: int) -> None:
    """Open a trace beside its guideline."""
    st.query_params["trace"] = str(sample_id)
    st.rerun()


def next_unjudged(trace: Trace) -> int | None:
    """Another trace under the same guideline that nobody has judged."""
    assert trace["guideline_id"] is not None
    waiting: TraceFilter = {"guideline_id": trace["guideline_id"], "state": "unjudged"}
    found = session.api().traces(waiting, limit=2)["items"]
    others = (each["sample_id"] for each in found if each["sample_id"] != trace["sample_id"])
    return next(others, None)


def _row(trace: Trace) -> dict[str, object]:
    return {
        **trace,
        "why": why_words(trace),
        "score": share(trace["judge_score"]),
        "prompt": " ".join(trace["prompt"].split()),
    }
