"""One seed: evidence, decisions, ratings, edit with preview, samples and history."""

from uuid import uuid4

import streamlit as st

from dashboard import seed_lineage, seed_quality, seed_ratings, session
from dashboard.components.triage import load_library, seed_evidence, shown_text
from dashboard.heads import detail_head
from dashboard.notices import explained
from dashboard.pane_seed import pane_seed
from dashboard.rows import Decision, DecisionResult, Hit, SeedDetail
from dashboard.tables import Columns, pick
from dashboard.tested_programs import program_rows
from dashboard.wording import ago, escaped, money, name, plural

DECISIONS = {
    "accept": ("Accept", ":material/check:"),
    "reject": ("Reject", ":material/close:"),
    "needs_rewrite": ("Needs a rewrite", ":material/edit_note:"),
}
SAMPLES: Columns = {
    "endpoint": "Endpoint",
    "role": "Role",
    "sample_index": "Number",
    "answer": "Answer",
    "response": st.column_config.TextColumn("Response", width="large"),
    "reasoning": "Reasoning",
    "finish_reason": "Ended by",
    "completion_tokens": "Tokens",
    "reasoning_tokens": st.column_config.NumberColumn(
        "of them thinking", help="As far as the server says or shows it."
    ),
    "max_tokens": st.column_config.NumberColumn("Limit", help="The token limit of this answer."),
    "latency_ms": "Milliseconds",
    "cost": st.column_config.NumberColumn("Cost", format="dollar"),
}
PROGRAMS: Columns = {
    "endpoint": "Endpoint",
    "role": "Role",
    "all_passed": st.column_config.TextColumn(
        "Passed all tests", help="Responses whose program passed every test of the seed"
    ),
    "passed": st.column_config.NumberColumn(
        "Tests passed", format="percent", help="Over all programs of the endpoint"
    ),
    "tests": st.column_config.TextColumn(
        "By program", help="Tests passed by each program, in the order of the responses"
    ),
    "failures": st.column_config.TextColumn("Most frequent failures", width="large"),
}
REVISIONS: Columns = {
    "number": "Number",
    "origin": "Origin",
    "prompt": st.column_config.TextColumn("Prompt", width="large"),
    "answer": "Answer",
    "created_at": st.column_config.DatetimeColumn("Made"),
}


def draw(seed_id: int) -> None:
    """The page of one seed."""
    seed = session.api().seed(seed_id)
    detail_head(f"Seed {seed['id']}", "All seeds", "seed")
    if session.may("curator"):
        _actions(seed)
    seed_lineage.draw(seed)
    ratings, pane = session.api().ratings(seed_id), pane_seed(seed)
    shown = seed_ratings.blinded(pane) if seed_ratings.is_blind(ratings) else pane
    seed_evidence(shown, session.user()["name"])
    load_library()
    seed_quality.draw(seed_id)
    seed_ratings.draw(seed, ratings)
    if session.may("curator"):
        _edit(seed)
    _programs(seed)
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
            st.error(f"Not taken: {_message(result)}", icon=":material/error:")
        else:
            st.rerun()


def _message(result: DecisionResult) -> str:
    return escaped(str((result["error"] or {}).get("message")))


def _actions(seed: SeedDetail) -> None:
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(f"Status: **{name(seed['status'])}**")
        for kind, (label, icon) in DECISIONS.items():
            if st.button(label, icon=icon, key=f"decide_{kind}"):
                _decide(seed, kind)
        flag = "unflag" if seed["flagged"] else "flag"
        if st.button(flag.capitalize(), icon=":material/flag:", key="decide_flag"):
            _decide(seed, flag)
        if seed["status"] == "needs_rewrite":
            st.page_link(
                "app_pages/rewrites.py", label="Write a rewrite", icon=":material/edit_note:",
                query_params={"seed": str(seed["id"])},
            )  # fmt: skip
    if seed["answer_origin"] == "proposed":
        _check_answer(seed)
    for hit in seed["evidence"]["hits"]:
        if hit["state"] == "open":
            _settle(seed, hit)


def _check_answer(seed: SeedDetail) -> None:
    with st.container(horizontal=True, vertical_alignment="center"):
        st.info(
            f"A model proposed the answer {escaped(seed['answer'] or '')}. It counts as a "
            "proposal, which votes confirm or not, until a curator has checked it.",
            icon=":material/smart_toy:",
        )  # fmt: skip
        if st.button("I have checked the answer: it is right", key="answer_checked"):
            checked = {
                "id": seed["id"], "revision_id": seed["revision_id"], "answer_checked": True,
            }  # fmt: skip
            with explained():
                [result] = session.api().edit_seeds([checked])
                if result["status"] == "refused":
                    st.error(f"Not taken: {escaped(str((result['error'] or {}).get('message')))}")
                else:
                    st.rerun()


def _settle(seed: SeedDetail, hit: Hit) -> None:
    with st.container(horizontal=True, vertical_alignment="center"):
        st.text(f"Open hit in {hit['benchmark']}, item {hit['item_id']}:")
        if st.button(f"Confirm: {hit['verdict']}", key=f"confirm_{hit['id']}"):
            _decide(seed, "confirm_hit", hit)
        if st.button("Dismiss", key=f"dismiss_{hit['id']}"):
            _decide(seed, "dismiss_hit", hit)


def _edit(seed: SeedDetail) -> None:
    with st.expander("Edit", icon=":material/edit:"):
        st.caption(
            "A new prompt or answer makes a new revision; what was measured stays with the old."
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
        if st.button("Save", type="primary"):
            _save(seed, changes)


def _save(seed: SeedDetail, changes: dict[str, str | None]) -> None:
    if not changes:
        st.info("Nothing has been changed.", icon=":material/info:")
        return
    with explained():
        session.api().edit_seed(seed["id"], changes)
        st.rerun()


def _programs(seed: SeedDetail) -> None:
    rows = program_rows(seed["evidence"]["samples"])
    if rows:
        st.subheader("Tests", anchor=False)
        st.caption("Each program was run against the seed's tests; the right answer passes all.")
        st.dataframe(pick(rows, PROGRAMS), hide_index=True, column_config=PROGRAMS)


def _samples(seed: SeedDetail) -> None:
    # Judges' replies stand with their ratings.
    samples = [sample for sample in seed["evidence"]["samples"] if sample["role"] != "judge"]
    with st.expander(f"All {len(samples)} responses", icon=":material/forum:"):
        if samples:
            st.dataframe(pick(samples, SAMPLES), hide_index=True, column_config=SAMPLES)
        else:
            st.caption("No model has answered this seed yet.")
        st.caption(f"Cost so far: {money(seed['evidence']['cost'])}")
    if seed["evidence"]["traces"]:
        st.page_link(
            "app_pages/traces.py", label=plural(seed["evidence"]["traces"], "trace"),
            icon=":material/psychology:", query_params={"trace_seed": str(seed["id"])},
        )  # fmt: skip


def _revisions(seed: SeedDetail) -> None:
    if len(seed["revisions"]) < 2:
        return
    with st.expander(f"{len(seed['revisions'])} revisions", icon=":material/history_edu:"):
        rows = pick(seed["revisions"], REVISIONS)
        st.dataframe(rows, hide_index=True, column_config=REVISIONS)


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
