"""The form that writes a rewrite, with its preview beside."""

from typing import Any
from uuid import uuid4

import streamlit as st

from dashboard import rewrite_asking, rewrite_candidates, session
from dashboard.components.triage import load_library, shown_text
from dashboard.heads import detail_head
from dashboard.notices import empty, explained
from dashboard.rewrite_places import ASKED, show_rewrite
from dashboard.rewrite_words import KINDS
from dashboard.rows import RewriteDetail, SeedDetail
from dashboard.wording import escaped, name

MOST_ANSWER = 2000
MOST_WHY = 5000


def draw(seed_id: int, start_id: int | None) -> None:
    """The form for a seed; `start_id` is the rewrite that it begins with."""
    if not session.may("curator"):
        empty("Rewriting is for curators", "Ask an admin for the role curator to write one.")
        return
    seed = session.api().seed(seed_id)
    start = None if start_id is None else session.api().rewrite(start_id)
    detail_head(f"Rewrite seed {seed_id}", "All rewrites", "seed", "from", ASKED)
    st.caption(
        "The seed stays as it is until your rewrite is approved. It should stand alone, ask for "
        "exactly one short answer, and not say it."
    )
    _original(seed)
    rewrite_asking.draw_for(seed)
    rewrite_candidates.draw(seed_id)
    st.subheader("Write one", anchor=False)
    wanted = _fields(seed, start)
    replaced = _replaced(start)
    missing = _missing(wanted)
    if st.button(
        "Propose the rewrite", type="primary", icon=":material/send:", disabled=bool(missing)
    ):
        _propose(seed, wanted, replaced)
    if missing:
        st.caption(missing)
    load_library()


def _original(seed: SeedDetail) -> None:
    with st.expander("The seed as it is", icon=":material/grass:", expanded=True):
        shown_text(seed["prompt"], key="rewrite_original")
        answer = f"Answer: {escaped(seed['answer'])}" if seed["answer"] else "No answer is given."
        st.caption(f"{answer} Status: {name(seed['status'])}.")


def _fields(seed: SeedDetail, start: RewriteDetail | None) -> dict[str, Any]:
    text: Any = start or seed
    key = f"{seed['id']}_{start['id'] if start else 0}"
    left, right = st.columns(2, gap="large")
    with left:
        kind = st.selectbox(
            "Kind", list(KINDS), format_func=KINDS.__getitem__, key=f"rewrite_kind_{key}",
            index=list(KINDS).index(start["kind"]) if start else 0,
        )  # fmt: skip
        prompt = st.text_area("New prompt", text["prompt"], height=240, key=f"rewrite_prompt_{key}")
        answer = st.text_input(
            "Its answer", text["answer"] or "", max_chars=MOST_ANSWER, key=f"rewrite_answer_{key}"
        )
        why = st.text_area(
            "What you changed, and why", start["why"] if start else "", height=90,
            max_chars=MOST_WHY, key=f"rewrite_why_{key}",
        )  # fmt: skip
    with right:
        st.caption("Preview (leave the text box to see it)")
        shown_text(prompt, key="rewrite_preview")
    return {"kind": kind, "prompt": prompt, "answer": answer.strip() or None, "why": why.strip()}


def _missing(wanted: dict[str, Any]) -> str:
    if not wanted["prompt"].strip():
        return "Write a prompt first."
    return "" if wanted["why"] else "Say what you changed and why, then it can be proposed."


def _replaced(start: RewriteDetail | None) -> int | None:
    """The user's own earlier rewrite, where the new one is to take its place."""
    mine = start is not None and start["author"] == session.user()["name"]
    if start is None or start["state"] != "proposed" or not mine:
        return None
    return start["id"] if st.checkbox(f"Withdraw rewrite {start['id']}", value=True) else None


def _propose(seed: SeedDetail, wanted: dict[str, Any], replaced: int | None) -> None:
    # Kept until it has worked, so that a second press makes no second rewrite.
    place = f"rewrite_token_{seed['id']}_{hash(tuple(wanted.items()))}"
    token = st.session_state.setdefault(place, str(uuid4()))
    with explained():
        api = session.api()
        made = api.propose_rewrite(
            {"token": token, "seed_id": seed["id"], "seen": seed["revision_id"], **wanted}
        )
        if replaced is not None:
            api.withdraw_rewrite(replaced)
        del st.session_state[place]
        show_rewrite(made["id"])
