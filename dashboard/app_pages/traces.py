"""Traces: what a run's came to, their list, and one with its thinking (`?trace=ID`)."""

from typing import cast

import streamlit as st

from dashboard import run_page, session, trace_form, trace_page
from dashboard.keyset import cursors_of, draw_pages
from dashboard.notices import empty, explained
from dashboard.rows import TRACE_REASONS, TRACE_STATES, Run, Trace, TraceFilter
from dashboard.tables import Columns, choose_row
from dashboard.trace_words import reason_words, why_words
from dashboard.wording import name

PAGE_SIZE = 50
REASON_WORDS = {reason: f"{reason_words(reason)} ({name(reason)})" for reason in TRACE_REASONS}
COLUMNS: Columns = {
    "sample_id": "Trace",
    "seed_id": "Seed",
    "state": "State",
    "why": st.column_config.TextColumn("Rejected for", help="The first reason that was found"),
    "thinking_tokens": st.column_config.NumberColumn("Thinking", format="localized"),
    "answer_tokens": st.column_config.NumberColumn("Answer", format="localized"),
    "endpoint": "Teacher",
    "prompt": st.column_config.TextColumn("Prompt", width="large"),
}


def _row(trace: Trace) -> dict[str, object]:
    prompt = " ".join(trace["prompt"].split())
    return {**trace, "why": why_words(trace), "prompt": prompt}


def _choose_run(runs: list[Run]) -> Run | None:
    names = {str(run["id"]): f"{run['id']}: {run['name']}, {run['state']}" for run in runs}
    asked = st.query_params.get("run")
    chosen = st.selectbox(
        "Run", list(names), index=list(names).index(asked) if asked in names else None,
        format_func=names.__getitem__, placeholder="all runs",
    )  # fmt: skip
    if chosen is None:
        st.query_params.pop("run", None)
        return None
    st.query_params["run"] = chosen
    return next(run for run in runs if str(run["id"]) == chosen)


def _choose(run: Run | None) -> TraceFilter:
    with st.container(horizontal=True, vertical_alignment="bottom"):
        seed = st.text_input(
            "Seed", key="trace_seed", placeholder="number", bind="query-params", width=120
        )
        state = st.selectbox(
            "State", TRACE_STATES, index=None, key="trace_state", placeholder="any",
            bind="query-params",
        )  # fmt: skip
        reason = st.selectbox(
            "Rejected for", TRACE_REASONS, index=None, key="trace_reason", placeholder="anything",
            format_func=lambda reason: REASON_WORDS[reason], bind="query-params",
        )  # fmt: skip
    if seed.strip() and not seed.strip().isdecimal():
        st.error("A seed is named by its number.", icon=":material/error:")
    number = int(seed) if seed.strip().isdecimal() else None
    values = {"run_id": run and run["id"], "seed_id": number, "state": state, "reason": reason}
    return cast(TraceFilter, {field: value for field, value in values.items() if value})


def _list(run: Run | None) -> None:
    chosen = _choose(run)
    cursors = cursors_of("traces", chosen)
    page = session.api().traces(chosen, after=cursors[-1], limit=PAGE_SIZE)
    if not page["items"]:
        empty("No traces here", "Remove a filter, or ask a teacher for traces below.")
        return
    index = choose_row([_row(trace) for trace in page["items"]], COLUMNS, key="trace_table")
    if index is not None:
        st.query_params["trace"] = str(page["items"][index]["sample_id"])
        st.rerun()
    draw_pages(cursors, page["next"], "Choose a row to read the trace.")


def _all() -> None:
    st.title("Traces", anchor=False)
    runs = session.api().runs(kind="traces")["items"]
    if runs:
        run = _choose_run(runs)
        if run is not None:
            run_page.draw_outcome(run)
            st.page_link(
                "app_pages/runs.py", label="The run: budget, pause, failures",
                icon=":material/play_circle:", query_params={"run": str(run["id"])},
            )  # fmt: skip
        _list(run)
    else:
        empty(
            "No traces yet",
            "A teacher answers each seed several times; what is right and well formed is kept.",
        )
    if session.may("curator"):
        with st.expander("Ask a teacher", icon=":material/school:", expanded=not runs):
            trace_form.draw()


with explained(whole_page=True):
    asked = st.query_params.get("trace", "")
    if asked.isdecimal():
        trace_page.draw(int(asked))
    else:
        _all()
