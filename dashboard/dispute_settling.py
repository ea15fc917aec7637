"""The last word on a disputed seed, by keys or buttons, and taking it back."""

from uuid import uuid4

import streamlit as st

from dashboard import last_word, session
from dashboard.notices import explained
from dashboard.queue_words import VOTES
from dashboard.rows import Dispute
from dashboard.wording import escaped, name

LAST = "adjudicated"
PASSED = "disputes_passed"
MOST_CHARACTERS = 2000
BUTTONS = {
    "accept": (":material/check:", "a"),
    "reject": (":material/close:", "x"),
    "needs_rewrite": (":material/edit_note:", "e"),
}


def draw(dispute: Dispute, *, more: bool) -> None:
    """The reason and the buttons; `more`: there is another seed to go on to."""
    key = f"{dispute['queue_id']}_{dispute['seed']['id']}"
    reason = st.text_input(
        "Reason", key=f"dispute_reason_{key}", max_chars=MOST_CHARACTERS,
        placeholder="Reason (may stay empty)", label_visibility="collapsed",
    ).strip()  # fmt: skip
    with st.container(horizontal=True, vertical_alignment="center"):
        for kind, (icon, shortcut) in BUTTONS.items():
            if st.button(VOTES[kind], icon=icon, shortcut=shortcut):
                _settle(dispute, kind, reason, key)
        if st.button("Next", icon=":material/skip_next:", shortcut="n", disabled=not more):
            passed = st.session_state.setdefault(PASSED, [])
            passed.append([dispute["queue_id"], dispute["seed"]["id"]])
            st.rerun()


def draw_last() -> None:
    """What was decided last, and its undo."""
    last_word.draw(LAST, lambda _: st.rerun())


def _settle(dispute: Dispute, kind: str, reason: str, key: str) -> None:
    # The same token until it has worked, so that a second press decides nothing twice.
    token = st.session_state.setdefault(f"dispute_token_{key}_{kind}", str(uuid4()))
    seed = dispute["seed"]
    decision = {
        "token": token, "queue_id": dispute["queue_id"], "seed_id": seed["id"],
        "revision_id": seed["revision_id"], "kind": kind,
    }  # fmt: skip
    with explained():
        found = session.api().adjudicate(decision | ({"reason": reason} if reason else {}))
        del st.session_state[f"dispute_token_{key}_{kind}"]
        because = f" Reason: {escaped(reason)}." if reason else ""
        status = name(found["seed"]["status"])
        st.session_state[LAST] = {
            "words": f"Seed {seed['id']} is {status} now.{because}",
            "decision_id": found["decision"]["id"],
        }
        st.rerun()
