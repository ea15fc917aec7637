"""One seed: evidence, decisions, edit with preview, samples and history."""

from uuid import uuid4

import streamlit as st

from dashboard import session
from dashboard.components.triage import load_library, seed_evidence, shown_text
from dashboard.notices import explained
from dashboard.pane_seed import pane_seed
from dashboard.rows import Decision, Hit, SeedDetail
from dashboard.wording import ago, money, name

DECISIONS = {
    "accept": ("Accept", ":material/check:"),
    "reject": ("Reject", ":material/close:"),
    "needs_rewrite": ("Needs a rewrite", ":material/edit_note:"),
}


def draw(seed_id: int) -> None:
    """The page of one seed."""
    if st.button("All seeds", icon=":material/arrow_back:", type="tertiary"):
        del st.query_params["seed"]
        st.rerun()
    seed = session.api().seed(seed_id)
    st.title(f"Seed {seed['id']}", anchor=False)
    if session.may("curator"):
        _actions(seed)
    seed_evidence(pane_seed(seed))
    load_library()
    if session.may("curator"):
        _edit(seed)
    _samples(seed)
    _revisions(seed)
    _history(seed["history"])


def _decide(seed: SeedDetail, kind: str, hit: Hit | None = None) -> None:
    decision = {
        "token": str(uuid4()),
        "seed_id": seed["id"],
        "revision_id": seed["revision_id"],
        "kind": kind,
    }
    if hit is not None:
        decision["hit_id"] = hit["id"]
    with explained():
        [result] = session.api().decide([decision])
        if result["status"] == "rejected":
            st.error(
                f"Not taken: {(result['error'] or {}).get('message')}", icon=":material/error:"
            )
        else:
            st.rerun()


def _actions(seed: SeedDetail) -> None:
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(f"Status: **{name(seed['status'])}**")
        for kind, (label, icon) in DECISIONS.items():
            if st.button(label, icon=icon, key=f"decide_{kind}"):
                _decide(seed, kind)
        flag = "unflag" if seed["flagged"] else "flag"
        if st.button(flag.capitalize(), icon=":material/flag:", key="decide_flag"):
            _decide(seed, flag)
    for hit in seed["evidence"]["hits"]:
        if hit["state"] == "open":
            _settle(seed, hit)


def _settle(seed: SeedDetail, hit: Hit) -> None:
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(f"Open hit in `{hit['benchmark']}`, item `{hit['item_id']}`:")
        if st.button("Confirm: contaminated", key=f"confirm_{hit['id']}"):
            _decide(seed, "confirm_hit", hit)
        if st.button("Dismiss: not the same", key=f"dismiss_{hit['id']}"):
            _decide(seed, "dismiss_hit", hit)


def _edit(seed: SeedDetail) -> None:
    with st.expander("Edit", icon=":material/edit:"):
        st.caption(
            "A new prompt or answer makes a new revision; what was measured stays with the old one."
        )
        left, right = st.columns(2, gap="large")
        with left:
            prompt = st.text_area("Prompt", seed["prompt"], height=260)
            answer = st.text_input("Answer", seed["answer"] or "")
            domain = st.text_input("Domain", seed["domain"] or "")
            licence = st.text_input("Licence", seed["licence"] or "")
        with right:
            st.caption("Preview (leave the text box to see it)")
            shown_text(prompt, key="preview")
        fields = {"prompt": prompt, "answer": answer, "domain": domain, "licence": licence}
        changes = {
            field: value or (None if field != "prompt" else "")
            for field, value in fields.items()
            if value != (seed.get(field) or "")
        }
        if st.button("Save", type="primary", disabled=not changes):
            with explained():
                session.api().edit_seed(seed["id"], changes)
                st.rerun()


def _samples(seed: SeedDetail) -> None:
    samples = seed["evidence"]["samples"]
    with st.expander(f"All {len(samples)} responses", icon=":material/forum:"):
        if not samples:
            st.caption("No model has answered this seed yet.")
            return
        columns = ("endpoint", "role", "sample_index", "answer", "response", "reasoning", "finish_reason",
                   "completion_tokens", "latency_ms", "cost")  # fmt: skip
        st.dataframe([{c: s.get(c) for c in columns} for s in samples], hide_index=True)
        st.caption(f"Cost so far: {money(seed['evidence']['cost'])}")


def _revisions(seed: SeedDetail) -> None:
    if len(seed["revisions"]) < 2:
        return
    with st.expander(f"{len(seed['revisions'])} revisions", icon=":material/history_edu:"):
        columns = ("number", "origin", "prompt", "answer", "created_at")
        st.dataframe([{c: r.get(c) for c in columns} for r in seed["revisions"]], hide_index=True)


def _history(history: list[Decision]) -> None:
    st.subheader("History", anchor=False)
    if not history:
        st.caption("Nothing has been decided yet.")
    for event in history:
        with st.container(horizontal=True, vertical_alignment="center"):
            st.text(_event_text(event))
            may_undo = event["undone_by"] is None and event["kind"] != "undo"
            if may_undo and session.may("curator"):
                _undo_button(event)


def _event_text(event: Decision) -> str:
    reason = f" ({event['reason']})" if event["reason"] else ""
    undone = ", undone" if event["undone_by"] is not None else ""
    return f"{ago(event['created_at'])}: {event['user']}, {name(event['kind'])}{reason}{undone}"


def _undo_button(event: Decision) -> None:
    if st.button("Undo", key=f"undo_{event['id']}", icon=":material/undo:", type="tertiary"):
        with explained():
            session.api().undo(str(uuid4()), event["id"])
            st.rerun()
