"""From the rows that came in to what was exported, with the reasons why seeds stopped."""

import streamlit as st

from dashboard.drawing import draw_plot
from dashboard.overview import funnel_charts as charts
from dashboard.overview.ages import draw_age
from dashboard.rows import FunnelStage, Overview
from dashboard.tables import Columns, pick
from dashboard.verdict_charts import verdict_counts, verdict_rows
from dashboard.wording import plural

LOSSES: Columns = {
    "stage": "Before",
    "reason": st.column_config.TextColumn("Why they stopped", width="medium"),
    "fate": "",
    "seeds": st.column_config.NumberColumn("Seeds", format="localized"),
    "share": st.column_config.ProgressColumn(
        "Of all received", min_value=0, max_value=1, format="percent"
    ),
}


def draw(overview: Overview) -> None:
    """Draw the funnel, its losses as a table, and the verdicts."""
    st.subheader("From received to exported", anchor=False)
    rows = charts.funnel_rows(overview["funnel"])
    draw_plot(
        charts.funnel(overview["funnel"]), "Seeds by stage, and why others stopped before it",
        "funnel", rows,
    )  # fmt: skip
    _skipped(overview["funnel"])
    losses = [row for row in rows if row["reason"]]
    if losses:
        with st.expander("Why seeds stopped, in numbers"):
            st.dataframe(pick(losses, LOSSES), hide_index=True, column_config=LOSSES)
    draw_age(overview)
    st.subheader("Verdicts", anchor=False)
    verdicts = overview["verdicts"]
    draw_plot(
        verdict_counts(verdicts), "Seeds by verdict", "verdicts",
        verdict_rows(verdicts),
    )  # fmt: skip


def _skipped(stages: list[FunnelStage]) -> None:
    """Say which steps were passed by decisions alone."""
    passed = {"decontaminated": "were not checked", "scored": "have no verdict"}
    found = [
        f"{plural(stage['skipped'], 'decided seed')} {passed[stage['stage']]}"
        for stage in stages
        if stage["skipped"]
    ]
    if found:
        st.caption(f"A decision carries a seed past earlier steps: {' and '.join(found)}.")
