"""One decision for many seeds: action, reason, exact count, confirmation, progress and undo."""

from collections.abc import Mapping, Sequence
from typing import Any, TypedDict
from uuid import uuid4

import streamlit as st

from dashboard import bulk_edit_form, job_progress, session
from dashboard.event_words import batch_title, done
from dashboard.filter_words import without_sort
from dashboard.notices import explained
from dashboard.rows import BulkResult, DecisionBatch, SeedFilter
from dashboard.taking_back import taken_back
from dashboard.wording import escaped, plural

ACTIONS = {
    "accept": "Accept",
    "reject": "Reject",
    "needs_rewrite": "Send for a rewrite",
    "flag": "Flag",
    "unflag": "Unflag",
    "edit": "Edit tags and domain",
}
WHY_LEFT = {
    "accept": " because hits stop them or several curators are deciding them",
    "edit": ": they would have more than 50 tags",
    "reject": ", which several curators are deciding",
    "needs_rewrite": ", which several curators are deciding",
}
LAST = "bulk_last"
ORDER = "bulk_order"
MOST_CHARACTERS = 2000


class _Order(TypedDict):
    """What was counted; the token goes with the confirmation of just this."""

    kind: str
    meant: dict[str, Any]
    token: str


def draw(meant: SeedFilter | Sequence[int]) -> None:
    """Draw the bar for the seeds of a filter, or those named, and what it did last."""
    if not session.may("curator"):
        return
    if ORDER in st.session_state and st.session_state[ORDER] is None:
        # The next action is chosen anew: a second click must not confirm what nobody read.
        st.session_state["bulk_kind"], st.session_state["bulk_reason"] = None, ""
        bulk_edit_form.forget()
        del st.session_state[ORDER]
    with st.container(border=True):
        _last()
        with st.container(horizontal=True, vertical_alignment="bottom"):
            kind = st.selectbox(
                "Action", list(ACTIONS), index=None, key="bulk_kind", width=220,
                format_func=ACTIONS.__getitem__, placeholder="for all of them",
            )  # fmt: skip
            reason = st.text_input(
                "Reason (required)", key="bulk_reason", max_chars=MOST_CHARACTERS,
                placeholder="for example: too easy for the weak model",
            ).strip()  # fmt: skip
        if kind is not None:
            with explained():
                changes = bulk_edit_form.draw() if kind == "edit" else {}
                if kind == "edit" and not changes:
                    st.caption("Say what changes: tags, the domain, or both.")
                else:
                    _confirm(_order(kind, meant, changes), reason)


def _order(kind: str, meant: SeedFilter | Sequence[int], changes: Mapping[str, Any]) -> _Order:
    which: dict[str, Any] = (
        {"filter": without_sort(meant)} if isinstance(meant, Mapping) else {"seed_ids": list(meant)}
    )
    which |= changes
    known: _Order | None = st.session_state.get(ORDER)
    if known is None or (known["kind"], known["meant"]) != (kind, which):
        known = st.session_state[ORDER] = _Order(kind=kind, meant=which, token=str(uuid4()))
    return known


def _confirm(order: _Order, reason: str) -> None:
    body = {"token": order["token"], **order["meant"]}
    counted = _send(order["kind"], body | {"reason": reason or "counting", "dry_run": True})
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(count_in_words(order["kind"], counted), width="stretch")
        label = f"{ACTIONS[order['kind']]}: {plural(counted['count'], 'seed')}"
        missing = None if reason else "Give a reason first."
        if st.button(
            label, type="primary", key="bulk_confirm", disabled=not (reason and counted["count"]),
            help=missing,
        ):  # fmt: skip
            st.session_state[LAST] = _send(order["kind"], body | {"reason": reason})
            st.session_state[ORDER] = None
            st.rerun()


def _send(kind: str, order: dict[str, Any]) -> BulkResult:
    if kind == "edit":
        return session.api().edit_many(order)
    return session.api().decide_in_bulk(order | {"kind": kind})


def count_in_words(kind: str, counted: BulkResult) -> str:
    """What would become of the seeds."""
    verb = "will be" if counted["count"] != 1 else "seed will be"
    words = f"**{counted['count']:,}** {verb} {done(kind)}"
    if counted["left_out"]:
        words += f", **{counted['left_out']:,}** left alone{WHY_LEFT.get(kind, '')}"
    return f"{words}."


def _last() -> None:
    """The last bulk action: how far it is, what it did, and its undo."""
    last: BulkResult | None = st.session_state.get(LAST)
    if last is None:
        return
    with explained():
        batch = session.api().batch(last["batch"])
        with st.container(horizontal=True, vertical_alignment="center"):
            with st.container():
                _progress(batch)
            _buttons(batch)


def _progress(batch: DecisionBatch) -> None:
    if batch["job"] is not None and batch["job"]["state"] != "done":
        job_progress.follow(batch["job"]["id"], "Bulk action")
        return
    left = f", {batch['left_out']:,} left alone" if batch["left_out"] else ""
    st.markdown(f"{escaped(batch_title(batch))}{left}.")


def _buttons(batch: DecisionBatch) -> None:
    if st.button("Undo", icon=":material/undo:", key="bulk_undo"):
        undone = session.api().undo_batch(batch["batch"], str(uuid4()))
        st.toast(taken_back(undone), icon=":material/undo:")
        if undone["job_id"] is None:
            del st.session_state[LAST]
        else:
            st.session_state[LAST] = undone
        st.rerun()
    if st.button("Close", icon=":material/close:", key="bulk_close", type="tertiary"):
        del st.session_state[LAST]
        st.rerun()
