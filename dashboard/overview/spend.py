"""What models' answers have cost."""

import streamlit as st

from dashboard import session
from dashboard.drawing import draw_plot
from dashboard.notices import empty
from dashboard.overview import spend_charts as charts
from dashboard.rows import SpendOverview
from dashboard.tables import Columns, pick
from dashboard.wording import money, number

COLUMNS: Columns = {
    "endpoint": "Endpoint",
    "role": "Role",
    "calls": st.column_config.NumberColumn("Calls", format="localized"),
    "prompt_tokens": st.column_config.NumberColumn("Prompt tokens", format="localized"),
    "completion_tokens": st.column_config.NumberColumn("Answer tokens", format="localized"),
    "reasoning_tokens": st.column_config.NumberColumn("of them thinking", format="localized"),
    "cost": st.column_config.NumberColumn("Cost", format="dollar"),
}
WAYS = {"by role": "role", "by endpoint": "endpoint"}


def draw() -> None:
    """Draw what was spent, by day and in all."""
    found = session.api().overview_spend()
    st.subheader("Spend", anchor=False)
    if not found["by_endpoint"]:
        empty("No model has been called yet", "What answers cost is shown here by day.")
        return
    with st.container(horizontal=True):
        st.metric("Calls", number(found["calls"]))
        st.metric("Tokens", number(found["tokens"]))
        st.metric("Cost", money(found["cost"]))
    if found["days"]:
        _by_day(found)
    rows = pick(found["by_endpoint"], COLUMNS)
    st.dataframe(rows, hide_index=True, column_config=COLUMNS)


def _by_day(found: SpendOverview) -> None:
    unit, in_money = charts.unit_of(found["days"]), charts.in_money(found["days"])
    first, second, third = st.columns(3, gap="large")
    with first:
        way = st.segmented_control(
            "Stacked",
            list(WAYS),
            default="by role",
            key="spend_by",
            required=True,
            label_visibility="collapsed",
        )
        by: charts.By = "endpoint" if way == "by endpoint" else "role"
        daily = charts.spend_rows(found["days"], by)
        draw_plot(charts.spend_by_day(found["days"], by), f"{unit} by day", "spend_by_day", daily)
    rows = charts.running_rows(found["days"], found["accepted_by_day"])
    with second:
        st.markdown("Spent until then")
        title = f"{unit}, cumulative"
        draw_plot(
            charts.running(rows, "amount", title, money=in_money), title, "spend_cumulative", rows
        )
    with third:
        st.markdown("For each seed accepted until then")
        if rows[-1]["per_accepted"] is None:
            st.caption("No seed is accepted yet: triage decides which are kept.")
            return
        title = f"{unit} per accepted seed"
        draw_plot(
            charts.running(rows, "per_accepted", title, money=in_money),
            title,
            "spend_per_accepted",
            rows,
        )
