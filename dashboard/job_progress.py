"""Follows a job on the page until it ends."""

import streamlit as st

from dashboard import session
from dashboard.notices import explained
from dashboard.wording import escaped, name

EVERY_SECONDS = 1
ENDED = ("done", "failed", "cancelled")


def follow(job_id: int, title: str) -> None:
    """A progress bar that renews itself while the job goes on."""
    with explained():
        ended = session.api().job(job_id)["state"] in ENDED
        st.fragment(_draw, run_every=None if ended else EVERY_SECONDS)(job_id, title, ended)


def _draw(job_id: int, title: str, ended_before: bool) -> None:
    with explained():
        job = session.api().job(job_id)
        if job["state"] in ENDED and not ended_before:
            st.rerun()
        if job["state"] == "failed":
            st.error(f"{title} failed: {escaped(str(job['error']))}", icon=":material/error:")
            return
        share = job["done_count"] / job["total_count"] if job["total_count"] else 0.0
        of = f" of {job['total_count']:,}" if job["total_count"] else ""
        done = job["state"] == "done"
        st.progress(
            1.0 if done else min(1.0, share),
            f"{title}: {name(job['state'])}, {job['done_count']:,}{of}",
        )
