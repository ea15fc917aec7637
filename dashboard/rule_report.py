"""Which rule cries wolf: precision by what curators said, as a chart and a table."""

import streamlit as st

from dashboard import rule_charts, session
from dashboard.drawing import draw_plot
from dashboard.hit_words import METHODS
from dashboard.notices import empty
from dashboard.tables import Columns, pick
from dashboard.uploads import as_csv

COLUMNS: Columns = {
    "verdict": "Called",
    "method": "Found by",
    "benchmark": "Benchmark",
    "policy": "Policy",
    "hits": "Hits",
    "open": "Open",
    "confirmed": "Confirmed",
    "dismissed": "Dismissed",
    "precision": st.column_config.NumberColumn("Precision", format="%.2f"),
    "precision_low": st.column_config.NumberColumn("95% from", format="%.2f"),
    "precision_high": st.column_config.NumberColumn("to", format="%.2f"),
}


def draw() -> None:
    """The report on all rules."""
    st.subheader("Which rule cries wolf", anchor=False)
    reports = session.api().rule_reports()
    if not any(report["precision"] is not None for report in reports):
        empty(
            "Nothing is settled yet",
            "Confirm or dismiss hits: this then shows how often each rule was right.",
        )
        st.page_link(
            "app_pages/contamination.py", label="Settle hits", icon=":material/difference:"
        )
    else:
        st.caption(
            "Share of a rule's hits that curators confirmed, of those that they settled, with its "
            "95% interval. A rule far to the left takes up their time: raise its threshold."
        )
        draw_plot(
            rule_charts.precision_plot(reports), "Precision of each rule with its 95% interval",
            "rule_precision", rule_charts.precision_rows(reports),
        )  # fmt: skip
    if reports:
        shown = [{**report, "method": METHODS[report["method"]]} for report in reports]
        st.dataframe(pick(shown, COLUMNS), hide_index=True, column_config=COLUMNS, placeholder="")
        st.download_button(
            "Download the table", as_csv(reports), "rules.csv", icon=":material/download:"
        )
