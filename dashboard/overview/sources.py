"""How good the sources are."""

import streamlit as st
from streamlit.elements.lib.column_types import ColumnConfig

from dashboard.drawing import draw_plot
from dashboard.overview import source_charts as charts
from dashboard.overview.ages import draw_age
from dashboard.rows import Overview
from dashboard.tables import Columns, pick


def _rate(label: str, help: str) -> ColumnConfig:
    return st.column_config.ProgressColumn(
        label, min_value=0, max_value=100, format="%.0f%%", help=help
    )


COLUMNS: Columns = {
    "source": st.column_config.TextColumn("Source", width="medium"),
    "seeds": st.column_config.NumberColumn("Seeds", format="localized"),
    "accepted": _rate("Accepted", "Of the seeds accepted or rejected"),
    "accepted_interval": st.column_config.TextColumn(
        "95% interval", help=f"Of how many; few: less than {charts.FEW}"
    ),
    "contaminated": _rate("Contaminated", "Checked seeds with a hit that nobody has dismissed"),
    "contaminated_interval": "95% interval ",
    "suspect": _rate("Suspect keys", "Of the scored seeds"),
    "suspect_interval": "95% interval  ",
    "copies": _rate(
        "Near-copies",
        "Seeds too much like one of any source. Rows that are exactly the same never became seeds.",
    ),
    "cost": st.column_config.NumberColumn("Cost", format="dollar"),
    "cost_per_accepted": st.column_config.NumberColumn("per accepted seed", format="$%.3g"),
}


def draw(overview: Overview) -> None:
    """Draw the table, and acceptance as a chart."""
    st.subheader("Sources", anchor=False)
    rows = charts.source_rows(overview["sources"])
    st.dataframe(pick(rows, COLUMNS), hide_index=True, column_config=COLUMNS)
    draw_age(overview)
    left, right = st.columns(2, gap="large")
    with right:
        st.caption(
            f"Grey, and “few” in the table: less than {charts.FEW} seeds were accepted or "
            "rejected, so a rate says little: look at the interval. Cost is that of models’ "
            "answers to the source’s seeds, whatever became of them."
        )
    with left:
        if charts.acceptance_rows(overview["sources"]):
            draw_plot(
                charts.acceptance(overview["sources"]), "Accept rate by source", "sources", rows
            )
        else:
            st.caption("Accept rates are drawn here once seeds are accepted or rejected.")
