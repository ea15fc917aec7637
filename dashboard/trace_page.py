"""One trace: what became of it and why, its answer, what that was held against, its thinking.

Made under a guideline, it stands beside that.
"""

import streamlit as st

from dashboard import session, trace_deciding, trace_judgments
from dashboard.components.triage import load_library, shown_text, shown_thinking
from dashboard.heads import detail_head
from dashboard.marked_text import facts_html, marked_html, marked_parts
from dashboard.rows import TraceDetail
from dashboard.trace_steps import MARK, steps_of
from dashboard.trace_words import (
    KEY_ORIGINS,
    MEANINGS,
    UNJUDGED,
    counted_words,
    kept_words,
    reason_words,
)
from dashboard.wording import ago, escaped, money, number, plural


def draw(sample_id: int, back: str = "All traces") -> None:
    """The page of one trace."""
    trace = session.api().trace(sample_id)
    detail_head(f"Trace {trace['sample_id']}", back, "trace")
    _outcome(trace)
    _links(trace)
    with st.expander("Prompt", icon=":material/help:"):
        shown_text(trace["prompt"], key="trace_prompt")
    left, right = st.columns([1.1, 1], gap="large")
    with left:
        _answer(trace)
        if trace["guideline_text"] is not None:
            _thinking(trace)
    with right:
        _verification(trace)
        trace_deciding.draw(trace)
        trace_judgments.draw(trace)
    if trace["guideline_text"] is None:
        _thinking(trace)
    load_library()


def _outcome(trace: TraceDetail) -> None:
    if trace["state"] == "kept":
        st.success(kept_words(trace), icon=":material/check:")
    elif trace["state"] == "unjudged":
        st.warning(UNJUDGED, icon=":material/help:")
    elif trace["reason"] is None:
        reason = escaped(trace["word_reason"] or "")
        st.error(f"Rejected by a curator: {reason}", icon=":material/block:")
    else:
        found = escaped(trace["found"] or "")
        meaning = MEANINGS.get(trace["reason"], "")
        st.error(
            f"Rejected: **{reason_words(trace['reason'])}**. {meaning}"
            + (f"  \nFound: {found}." if found else ""),
            icon=":material/block:",
        )


def _links(trace: TraceDetail) -> None:
    with st.container(horizontal=True, vertical_alignment="center"):
        st.caption(
            f"Number {trace['sample_index'] + 1} of {escaped(trace['endpoint'])} "
            f"({escaped(trace['model'])}), {ago(trace['asked_at'])}"
        )
        st.page_link(
            "app_pages/seeds.py", label=f"Seed {trace['seed_id']}", icon=":material/grass:",
            query_params={"seed": str(trace["seed_id"])},
        )  # fmt: skip
        st.page_link(
            "app_pages/runs.py", label=f"Run {trace['run_id']}", icon=":material/play_circle:",
            query_params={"run": str(trace["run_id"])},
        )  # fmt: skip


def _answer(trace: TraceDetail) -> None:
    st.subheader("Answer", anchor=False)
    marked = [(p["start"], p["end"]) for p in trace["passages"] if p["part"] == "answer"]
    if not trace["answer"]:
        st.caption("It says nothing after its thinking.")
    elif marked:
        st.html(marked_html(marked_parts(trace["answer"], {MARK: marked})))
    else:
        shown_text(trace["answer"], key="trace_answer")


def _verification(trace: TraceDetail) -> None:
    st.subheader("Verification", anchor=False)
    facts = [
        ("Answer that was read", _value(trace["answer_key"])),
        ("Held against", _held_against(trace)),
        ("Tokens of thinking", number(trace["thinking_tokens"])),
        ("Tokens of the answer", number(trace["answer_tokens"])),
        ("Counted by", counted_words(trace["counted_by"])),
        ("Ended by", trace["finish_reason"] or "nothing said"),
        ("Cost", money(trace["cost"])),
    ]
    if trace["judge_score"] is not None:
        facts.append(("Judge's score", f"{trace['judge_score']:.2f}"))
    st.html(facts_html(facts))


def _held_against(trace: TraceDetail) -> str:
    origin = KEY_ORIGINS[trace["key_origin"]]
    return f"{trace['reference_answer']} ({origin})" if trace["reference_answer"] else origin


def _value(key: str | None) -> str:
    """A key is its kind and its value; people read the value."""
    return "none" if key is None else key.partition(":")[2]


def _thinking(trace: TraceDetail) -> None:
    st.subheader("Thinking", anchor=False)
    if not trace["thinking"]:
        st.caption("The teacher shows none.")
        return
    steps = steps_of(trace["thinking"], trace["thinking_tokens"], trace["passages"])
    st.caption(f"About {plural(trace['thinking_tokens'], 'token')}.")
    shown_thinking([step._asdict() for step in steps], key="trace_thinking")
