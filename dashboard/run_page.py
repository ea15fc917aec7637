"""One run, live: progress, verdicts so far, budget, failures, and its controls."""

from collections.abc import Callable

import streamlit as st

from dashboard import (
    calibration_section,
    domain_outcome,
    proposal_outcome,
    run_batches,
    run_spend,
    session,
    trace_outcome,
)
from dashboard.drawing import draw_plot
from dashboard.filter_words import in_words
from dashboard.heads import detail_head
from dashboard.notices import explained
from dashboard.rows import Run
from dashboard.verdict_charts import verdict_counts, verdict_rows
from dashboard.wording import (
    ago,
    duration,
    escaped,
    money,
    number,
    plural,
    seconds_until,
)

EVERY_SECONDS = 2
ACTIVE = ("running", "paused")


def draw(run_id: int) -> None:
    """The page of one run; it renews itself while the run goes on."""
    run = session.api().run(run_id)
    detail_head(run["name"] or f"Run {run['id']}", "All runs", "run")
    draw_live(run, _draw)
    if run["kind"] == "scoring":
        calibration_section.draw(run_id)


def draw_outcome(run: Run) -> None:
    """How far a run for traces is and what they came to, on a page that is about more."""
    draw_live(run, _progress_and_traces)


def draw_live(run: Run, draw_run: Callable[[Run], None]) -> None:
    """Draw a run again and again while it goes on; the whole page anew once its state changes."""
    moves = run["state"] in ACTIVE or run_batches.any_open(run["batches"])
    every = EVERY_SECONDS if moves else None
    st.fragment(_live, run_every=every)(run["id"], run["state"], draw_run)


def _live(run_id: int, state_before: str, draw_run: Callable[[Run], None]) -> None:
    with explained():
        run = session.api().run(run_id)
        if run["state"] != state_before:
            st.rerun()
        draw_run(run)


def _progress_and_traces(run: Run) -> None:
    draw_progress(run)
    trace_outcome.draw(run["id"], wide=True)


def _draw(run: Run) -> None:
    begun = ago(run["created_at"])
    over = f"{_over(run)}, policy {run['policy']}"
    st.caption(escaped(f"Run {run['id']}, {run['state']}, {over}, begun {begun}"))
    if run["note"]:
        waits = f" (in {duration(seconds_until(run['resume_at']))})" if run["resume_at"] else ""
        st.info(escaped(run["note"] + waits), icon=":material/info:")
    _controls(run)
    draw_progress(run)
    if run["seeds_waiting"]:
        st.caption(
            f"{plural(run['seeds_waiting'], _noun(run))} more with a first verdict: under a "
            "budget, those that another call tells most about are asked further first."
        )
    left_column, right_column = st.columns([1, 1], gap="large")
    with left_column:
        _budget(run)
        _failures(run)
    with right_column:
        _outcome(run)
    run_batches.draw(run["batches"])
    run_spend.draw(run)


def _outcome(run: Run) -> None:
    """What it came to, by what it is for."""
    if run["kind"] == "scoring":
        _verdicts(run)
    elif run["kind"] == "domains":
        domain_outcome.draw(run)
    elif run["kind"] != "traces":
        proposal_outcome.draw(run)
    else:
        trace_outcome.draw(run["id"])
        st.page_link(
            "app_pages/traces.py", label="Read the traces", icon=":material/psychology:",
            query_params={"run": str(run["id"])},
        )  # fmt: skip


def _over(run: Run) -> str:
    if _noun(run) == "rewrite":
        return f"measures {plural(run['seeds_total'], 'rewrite')}"
    return f"over {in_words(run['filter'])}"


def _noun(run: Run) -> str:
    """What the run is over."""
    return "rewrite" if run["settings"].get("rewrites") else "seed"


def _verdicts(run: Run) -> None:
    st.subheader("Verdicts so far", anchor=False)
    if _noun(run) == "rewrite":
        st.page_link(
            "app_pages/rewrites.py", label="What was measured of each rewrite",
            icon=":material/edit_note:",
        )  # fmt: skip
    draw_plot(
        verdict_counts(run["verdicts"]), "Seeds of this run by verdict", "run_verdicts",
        verdict_rows(run["verdicts"]),
    )  # fmt: skip


def draw_progress(run: Run) -> None:
    """How many of the seeds are done, and how long the others will take."""
    done = run["seeds_scored"] + run["seeds_failed"]
    left = (
        f", about {duration(run['eta_seconds'])} left"
        if run["eta_seconds"] and run["state"] == "running"
        else ""
    )
    st.progress(
        done / run["seeds_total"] if run["seeds_total"] else 1.0,
        f"{done:,} of {plural(run['seeds_total'], _noun(run))} done{left}",
    )


def _budget(run: Run) -> None:
    st.subheader("Spent", anchor=False)
    with st.container(horizontal=True):
        _against("Calls", run["calls"], run["max_calls"], number)
        _against("Tokens", run["tokens"], run["max_tokens"], number)
        _against("Cost", run["cost"], run["max_cost"], money)
        st.metric("Calls per minute", number(run["rate"].get("calls_per_minute")))


def _against(label: str, spent: float, limit: float | None, write: object) -> None:
    assert callable(write)
    st.metric(label, write(spent), f"of {write(limit)}" if limit else "no limit",
              delta_color="off", delta_arrow="off")  # fmt: skip


def _failures(run: Run) -> None:
    if not run["failures"]:
        return
    st.subheader("Failed seeds", anchor=False)
    st.dataframe(
        run["failures"], hide_index=True, column_config={"reason": "Reason", "count": "Seeds"}
    )


def _controls(run: Run) -> None:
    if not session.may("curator"):
        return
    with st.container(horizontal=True, vertical_alignment="bottom"):
        if run["state"] == "running" and st.button("Pause", icon=":material/pause:"):
            _change(run, "pause")
        if run["state"] == "paused" and st.button(
            "Resume", icon=":material/play_arrow:", type="primary"
        ):
            _change(run, "resume")
        if (
            run["state"] == "paused"
            and run["resume_at"]
            and st.button(
                "Stay paused", icon=":material/pause_circle:", help="Do not go on by itself."
            )
        ):
            _change(run, "pause")
        if run["state"] in ACTIVE and st.button("Cancel", icon=":material/stop:"):
            _change(run, "cancel")
        failed = run["state"] == "finished" and run["seeds_failed"]
        if failed and st.button("Try failed seeds again", icon=":material/replay:"):
            _change(run, "resume")
    if run["state"] == "stopped":
        raise_budget(run)


def raise_budget(run: Run) -> None:
    """A run that its budget ended goes on under a higher one."""
    with st.form("budget"):
        st.write("The budget ended this run. Raise it to go on.")
        with st.container(horizontal=True, vertical_alignment="bottom"):
            calls = st.number_input("Most calls", min_value=1, value=run["max_calls"])
            tokens = st.number_input("Most tokens", min_value=1, value=run["max_tokens"])
            cost = st.number_input("Most money, in dollars", min_value=0.0, value=run["max_cost"])
            if st.form_submit_button("Resume", icon=":material/play_arrow:", type="primary"):
                _change(run, "resume", {"max_calls": calls, "max_tokens": tokens, "max_cost": cost})


def _change(run: Run, action: str, budget: dict[str, float | None] | None = None) -> None:
    with explained():
        session.api().change_run(run["id"], action, budget)
        st.rerun()
