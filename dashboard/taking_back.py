"""Undo and redo of single decisions and bulk actions, and why one was refused."""

from uuid import uuid4

import streamlit as st

from dashboard import session
from dashboard.api import ApiDown, ApiError, SignedOut
from dashboard.event_words import done, refusal
from dashboard.notices import explained
from dashboard.rows import BulkResult, Decision, DecisionBatch
from dashboard.wording import escaped, plural

REFUSED = "undo_refused"


def event_button(event: Decision) -> None:
    """Undo, or redo for what was an undo; nothing where it was taken back already."""
    if event["undone_by"] is not None or not session.may("curator"):
        return
    redoes = event["kind"] == "undo"
    label, icon = _label(redoes)
    what = "taken back" if redoes else done(event["kind"])
    advice = f"{label}: seed {event['seed_id']} {what}"
    if st.button(label, key=f"undo_{event['id']}", icon=icon, type="tertiary", help=advice):
        with explained():
            _take_back(event)


def batch_button(batch: DecisionBatch) -> None:
    """Undo or redo of all that still stands of a bulk action."""
    open_job = batch["job"] is not None and batch["job"]["state"] in ("queued", "running")
    nothing_left = batch["undone_count"] >= batch["count"] and not open_job
    if nothing_left or not session.may("curator"):
        return
    label, icon = _label(batch["kind"] == "undo")
    if open_job:
        label = "Stop and undo"
    if st.button(label, key=f"undo_{batch['batch']}", icon=icon, type="tertiary"):
        with explained():
            result = session.api().undo_batch(batch["batch"], str(uuid4()))
            st.session_state.pop(REFUSED, None)
            st.toast(taken_back(result), icon=icon)
            st.rerun()


def taken_back(result: BulkResult) -> str:
    """What the undo of a bulk action did."""
    if result["job_id"] is not None:
        return f"{plural(result['count'], 'seed')} are being changed."
    kept = f" {result['left_out']:,} were decided again since." if result["left_out"] else ""
    return f"{plural(result['count'], 'seed')} changed.{kept}"


def draw_refused() -> None:
    """Why the last undo was refused, with the way to the seed."""
    refused = st.session_state.get(REFUSED)
    if refused is None:
        return
    st.error(escaped(refused["words"]), icon=":material/block:")
    st.page_link(
        "app_pages/seeds.py",
        label=f"Seed {refused['seed_id']} and its history",
        icon=":material/grass:",
        query_params={"seed": str(refused["seed_id"])},
    )


def _label(redoes: bool) -> tuple[str, str]:
    return ("Redo", ":material/redo:") if redoes else ("Undo", ":material/undo:")


def _take_back(event: Decision) -> None:
    send = session.api().redo if event["kind"] == "undo" else session.api().undo
    try:
        send(str(uuid4()), event["id"])
    except (ApiDown, SignedOut):
        raise
    except ApiError as error:
        words = refusal(error.code, str(error))
        st.session_state[REFUSED] = {"words": words, "seed_id": event["seed_id"]}
    else:
        st.session_state.pop(REFUSED, None)
    st.rerun()
