"""What a run's traces came to: shares by reason, kept ones by seed, tokens."""

import streamlit as st

from dashboard import session
from dashboard.drawing import draw_plot
from dashboard.rows import Spread, TraceSummary
from dashboard.trace_charts import kept_bars, outcome_bars, outcome_rows
from dashboard.trace_words import counted_words
from dashboard.wording import escaped, number, plural


def draw(run_id: int, *, wide: bool = False) -> None:
    """The section of one run; `wide`: its charts stand side by side."""
    summary = session.api().trace_summary(run_id)
    st.subheader("Traces so far", anchor=False)
    if not summary["traces"]:
        st.caption("None has come yet." if not summary["verified_later"] else _taken_over(summary))
        return
    left, right = st.columns([1, 1], gap="large") if wide else (st.container(), st.container())
    with left:
        draw_plot(
            outcome_bars(summary), "Traces of this run by what became of them", "run_traces",
            outcome_rows(summary),
        )  # fmt: skip
    with right:
        _figures(summary)
        if summary["kept_per_seed"]:
            draw_plot(
                kept_bars(summary["kept_per_seed"]), "Seeds of this run by their kept traces",
                "kept_per_seed", summary["kept_per_seed"],
            )  # fmt: skip
    if summary["unjudged"]:
        unjudged = plural(summary["unjudged"], "trace")
        st.caption(f"{unjudged} not judged: not learned from until a curator keeps them.")
    if summary["without_score"]:
        st.caption(f"{plural(summary['without_score'], 'trace')} that no judge could rate.")
    if summary["verified_later"]:
        st.caption(_taken_over(summary))


def _figures(summary: TraceSummary) -> None:
    with st.container(horizontal=True):
        st.metric("Kept", number(summary["kept"]), _of(summary), delta_color="off",
                  delta_arrow="off")  # fmt: skip
        _spread("Tokens of thinking", summary["thinking_tokens"])
        _spread("Tokens of the answer", summary["answer_tokens"])
    counted = ", ".join(counted_words(each) for each in summary["counted_by"])
    st.caption(f"Tokens counted by {escaped(counted)}.")


def _of(summary: TraceSummary) -> str:
    return f"{summary['kept_share'] or 0:.0%} of {summary['traces']:,}"


def _spread(label: str, spread: Spread | None) -> None:
    if spread is not None:
        st.metric(
            label, number(spread["p50"]), f"95% below {number(spread['p95'])}", delta_color="off",
            delta_arrow="off", help="Of the kept traces: half of them have fewer.",
        )  # fmt: skip


def _taken_over(summary: TraceSummary) -> str:
    return (
        f"{plural(summary['verified_later'], 'response')} of this run "
        f"{'was' if summary['verified_later'] == 1 else 'were'} verified again by a later run, and "
        "counted there."
    )
