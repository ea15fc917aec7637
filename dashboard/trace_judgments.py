"""What judges say of a trace, and the guideline that it was made under."""

import streamlit as st

from dashboard.marked_text import facts_html, marked_html
from dashboard.rows import TraceDetail, TraceJudgment
from dashboard.wording import escaped, name, share


def draw(trace: TraceDetail) -> None:
    """Judges first: they are few; then the guideline, whole."""
    if trace["judgments"]:
        st.subheader("Judges", anchor=False)
        for judgment in trace["judgments"]:
            _one(judgment)
    if trace["guideline_text"] is not None:
        _guideline(trace)


def _one(judgment: TraceJudgment) -> None:
    if judgment["score"] is None and not judgment["levels"]:
        reason = escaped(judgment["reason"] or "it said nothing of use")
        st.warning(
            f"**{escaped(judgment['judge'])}** has not judged it: {reason}.",
            icon=":material/help:",
        )
        return
    levels = [(name(level).capitalize(), str(value)) for level, value in judgment["levels"].items()]
    facts = [("Judge", judgment["judge"]), ("Score", share(judgment["score"])), *levels]
    if judgment["follows"] is not None:
        facts.append(("Follows the guideline", judgment["follows"]))
    if judgment["reveals"] is not None:
        facts.append(("Gives it away", judgment["reveals"]))
    st.html(facts_html(facts))
    if judgment["reason"]:
        st.caption(escaped(judgment["reason"]))


def _guideline(trace: TraceDetail) -> None:
    st.subheader("Guideline", anchor=False)
    st.page_link(
        "app_pages/safety.py", icon=":material/health_and_safety:",
        label=f"{escaped(trace['guideline'] or '')}, version {trace['guideline_version']}",
        query_params={"guideline": str(trace["guideline_id"])},
    )  # fmt: skip
    st.caption("Only the teacher and the judges have seen it.")
    st.html(marked_html([(trace["guideline_text"] or "", "")]))
