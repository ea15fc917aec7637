"""Approving, rejecting, revising and withdrawing one rewrite."""

import streamlit as st

from dashboard import session
from dashboard.notices import explained
from dashboard.rewrite_places import show_form
from dashboard.rewrite_words import failed_names
from dashboard.rows import RewriteDetail

MOST_CHARACTERS = 2000


def draw(rewrite: RewriteDetail) -> None:
    """What the user may do about it now."""
    if not session.may("curator"):
        return
    if rewrite["state"] != "proposed":
        _afterwards(rewrite)
        return
    st.subheader("Decide", anchor=False)
    overrules = _overruling(rewrite)
    with st.container(horizontal=True, vertical_alignment="center"):
        if st.button(
            "Approve", type="primary", icon=":material/check:", shortcut="a",
            disabled=_refusal(rewrite, overrules) is not None,
        ):  # fmt: skip
            _approve(rewrite, overrules)
        _revise(rewrite, "Revise")
        if _is_mine(rewrite) and st.button("Withdraw", icon=":material/undo:"):
            with explained():
                session.api().withdraw_rewrite(rewrite["id"])
                st.rerun()
    if refusal := _refusal(rewrite, overrules):
        st.caption(refusal)
    _reject(rewrite)


def _is_mine(rewrite: RewriteDetail) -> bool:
    return session.may() or rewrite["author"] == session.user()["name"]


def _overruling(rewrite: RewriteDetail) -> str | None:
    """An admin's reason to take it though it failed checks."""
    if not rewrite["failed"] or rewrite["stale"] or not session.may():
        return None
    reason = st.text_input(
        "Reason to overrule the failed checks", key=f"rewrite_overrules_{rewrite['id']}",
        max_chars=MOST_CHARACTERS,
    )  # fmt: skip
    return reason.strip() or None


def _refusal(rewrite: RewriteDetail, overrules: str | None) -> str | None:
    """Why it cannot be approved as it stands."""
    me = session.user()["name"]
    if rewrite["stale"]:
        return "The seed reads otherwise by now: revise it from there."
    if rewrite["approvals_needed"] > 1 and rewrite["author"] == me:
        return "Others have to approve what you wrote."
    if me in rewrite["approvals"]:
        return "You have approved it; another curator has to, too."
    if rewrite["failed"] and overrules is None:
        who = "say why, to approve it all the same" if session.may() else "an admin may overrule it"
        return f"Failed: {failed_names(rewrite)}. Revise it, or {who}."
    return None


def _approve(rewrite: RewriteDetail, overrules: str | None) -> None:
    with explained():
        session.api().approve_rewrite(rewrite["id"], overrules)
        st.rerun()


def _reject(rewrite: RewriteDetail) -> None:
    with st.container(horizontal=True, vertical_alignment="bottom"):
        reason = st.text_input(
            "Reason to reject it", key=f"rewrite_reason_{rewrite['id']}",
            max_chars=MOST_CHARACTERS,
        ).strip()  # fmt: skip
        if st.button("Reject", icon=":material/close:", disabled=not reason):
            with explained():
                session.api().reject_rewrite(rewrite["id"], reason)
                st.rerun()


def _afterwards(rewrite: RewriteDetail) -> None:
    st.subheader("Go on", anchor=False)
    with st.container(horizontal=True, vertical_alignment="center"):
        if rewrite["state"] == "approved":
            st.page_link(
                "app_pages/seeds.py", label="Decide on the seed", icon=":material/grass:",
                query_params={"seed": str(rewrite["seed_id"])},
            )  # fmt: skip
            st.page_link("app_pages/triage.py", label="Triage", icon=":material/keyboard:")
        else:
            _revise(rewrite, "Write another")


def _revise(rewrite: RewriteDetail, label: str) -> None:
    if st.button(label, icon=":material/edit:"):
        show_form(rewrite["seed_id"], rewrite["id"])
