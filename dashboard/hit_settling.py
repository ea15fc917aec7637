"""Confirming and dismissing a hit with a reason, and taking the last word back."""

from uuid import uuid4

import streamlit as st

from dashboard import hit_queue, last_word, session
from dashboard.notices import explained
from dashboard.rows import Hit, HitFilter, SeedDetail
from dashboard.wording import escaped

LAST = "hit_settled"
REASONS = (
    "Same problem, reworded",
    "Same problem, other numbers",
    "Translated",
    "Another question",
    "Only boilerplate is shared",
    "Common knowledge",
)
MOST_CHARACTERS = 1000


def draw(seed: SeedDetail, hit: Hit, chosen: HitFilter) -> None:
    """The reason and the buttons; after a decision the next open hit is shown."""
    _common_reasons(hit)
    with st.container(horizontal=True, vertical_alignment="center"):
        reason = st.text_input(
            "Reason", key=_typed(hit), max_chars=MOST_CHARACTERS, label_visibility="collapsed",
            placeholder="Reason (may stay empty)",
        ).strip()  # fmt: skip
        if st.button(
            f"Confirm: {hit['verdict']}", icon=":material/check:", shortcut="h",
            disabled=hit["state"] == "confirmed", help="What it was called is right.",
        ):  # fmt: skip
            _settle(seed, hit, "confirm_hit", reason, chosen)
        if st.button(
            "Dismiss", icon=":material/close:", shortcut="d",
            disabled=hit["state"] == "dismissed", help="It stops nothing any more.",
        ):  # fmt: skip
            _settle(seed, hit, "dismiss_hit", reason, chosen)
        if st.button("Next open hit", icon=":material/skip_next:", shortcut="n"):
            with explained():
                hit_queue.show(hit_queue.following(chosen, hit["id"]))


def draw_last() -> None:
    """What was said last, and its undo, which shows that hit again."""
    last_word.draw(LAST, lambda last: hit_queue.show_pair(last["seed_id"], last["hit_id"]))


def _typed(hit: Hit) -> str:
    return f"hit_reason_{hit['id']}"


def _common_reasons(hit: Hit) -> None:
    """Reasons to pick; one that is picked stands in the text box."""
    picked = f"hit_common_reason_{hit['id']}"

    def take_over() -> None:
        st.session_state[_typed(hit)] = st.session_state[picked] or ""

    st.pills(
        "Common reasons", REASONS, key=picked, on_change=take_over, label_visibility="collapsed"
    )


def _settle(seed: SeedDetail, hit: Hit, kind: str, reason: str, chosen: HitFilter) -> None:
    decision = {
        "token": str(uuid4()), "seed_id": seed["id"], "revision_id": seed["revision_id"],
        "kind": kind, "hit_id": hit["id"],
    }  # fmt: skip
    with explained():
        [result] = session.api().decide([decision | ({"reason": reason} if reason else {})])
        if result["error"] is not None:
            message = escaped(str(result["error"].get("message")))
            st.error(f"Not taken: {message}", icon=":material/error:")
            return
        said = "confirmed" if kind == "confirm_hit" else "dismissed"
        because = f" Reason: {escaped(reason)}." if reason else ""
        st.session_state[LAST] = {
            "words": f"Hit {hit['id']} was {said}.{because}",
            "decision_id": result["decision_id"], "seed_id": seed["id"], "hit_id": hit["id"],
        }  # fmt: skip
        hit_queue.show(hit_queue.following(chosen, hit["id"]))
