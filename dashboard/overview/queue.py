"""What waits for curators, and how fast it is decided."""

import streamlit as st

from dashboard import session
from dashboard.drawing import draw_plot
from dashboard.notices import empty
from dashboard.overview import queue_charts as charts
from dashboard.overview.ages import draw_age
from dashboard.rows import Pace, QueueHealth
from dashboard.wording import ago, escaped, name, number, plural

JOBS = "Work that failed"


def draw() -> None:
    """Draw the queue's health."""
    found = session.api().overview_queue()
    st.subheader("Queue", anchor=False)
    with st.container(horizontal=True):
        st.metric("Pending", number(found["pending"]))
        st.metric("Days to empty", days_in_words(found["pace"]))
        st.metric("To be rewritten", number(found["needs_rewrite"]))
        st.metric("Hits to settle", number(found["hits"]))
        st.metric("Duplicate groups", number(found["duplicate_groups"]))
        st.metric("Oldest pending", ago(found["oldest_pending_at"]).removesuffix(" ago"))
    st.caption(pace_in_words(found["pace"]))
    _charts(found)
    left, right = st.columns(2, gap="large")
    with left:
        _leases(found)
    with right:
        _failures(found)
    draw_age(found)


def days_in_words(pace: Pace) -> str:
    """How long the queue lasts; a dash where that cannot be said."""
    days = pace["days_to_empty"]
    if days is None:
        return "–"
    return "0" if days == 0 else f"{days:,.1f}" if days < 10 else f"{days:,.0f}"


def pace_in_words(pace: Pace) -> str:
    """From what the days are reckoned, or why they are not."""
    rates = (
        f"{pace['decided']:,.1f} decided by hand and {pace['arrived']:,.1f} new a day, "
        f"over the last {plural(round(pace['days']), 'day')}"
    )
    if pace["reason"]:
        return f"When the queue will be empty cannot be said: {pace['reason']} ({rates})."
    return f"At the present pace: {rates}. Bulk decisions do not count."


def _charts(found: QueueHealth) -> None:
    if not found["days"]:
        empty("Nothing came in or was decided in the last 30 days", "Import seeds, or triage some.")
        return
    first, second, third = st.columns(3, gap="large")
    with first:
        rows = charts.age_rows(found["by_age"])
        draw_plot(
            charts.pending_by_age(found["by_age"]), "Pending seeds by age", "pending_by_age", rows
        )
    with second:
        decided = charts.decision_rows(found["days"])
        draw_plot(
            charts.decisions_by_day(found["days"]), "Decisions by day", "decisions_by_day", decided
        )
    with third:
        rates = charts.arrival_rows(found["days"])
        draw_plot(
            charts.arrivals_and_decisions(found["days"]), "New and decided seeds by day",
            "arrivals_and_decisions", rates,
        )  # fmt: skip


def _leases(found: QueueHealth) -> None:
    if not found["leases"]:
        st.caption("Nobody has a seed on the screen at this moment.")
        return
    screens = (f"{escaped(row['user'])} {row['seeds']:,}" for row in found["leases"])
    st.markdown(f"**On screens now**: {', '.join(screens)}")


def _failures(found: QueueHealth) -> None:
    if not found["failed"]:
        st.caption("No work has failed in the last seven days.")
        return
    st.markdown(f"**{JOBS}** in the last seven days: {found['failed']:,}")
    for job in found["failed_jobs"]:
        error = escaped((job["error"] or "no reason given")[:200])
        st.markdown(f"- {name(job['kind'].replace('.', ' '))}, {ago(job['finished_at'])}: {error}")
