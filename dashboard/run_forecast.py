"""What a run would need, before it starts: figures, what else to know, and each model's part."""

import streamlit as st

from dashboard.rows import EndpointForecast, RunForecast
from dashboard.tables import Columns, pick
from dashboard.wording import escaped, money, number

FORECAST: Columns = {
    "endpoint": "Model",
    "role": "Role",
    "calls": st.column_config.NumberColumn("Calls", format="localized"),
    "range": st.column_config.TextColumn(
        "Range", help="A seed whose verdict is settled is asked about no further."
    ),
    "already_stored": st.column_config.NumberColumn("Stored already", format="localized"),
    "estimated_tokens": st.column_config.NumberColumn("Tokens", format="localized"),
    "estimated_cost": st.column_config.NumberColumn("Cost", format="dollar"),
}


def draw(forecast: RunForecast, over: str = "Seeds", *, by_model: bool = True) -> None:
    """Draw it; `over` is what the run would be over, `by_model` adds each model's part."""
    with st.container(border=True, horizontal=True, vertical_alignment="center"):
        st.metric(over, number(forecast["seeds"]))
        st.metric(
            "Calls, expected",
            number(forecast["calls"]),
            _range(forecast),
            delta_color="off",
            delta_arrow="off",
        )
        st.metric("Answers already stored", number(forecast["already_stored"]))
        st.metric("Tokens, estimated", number(forecast["estimated_tokens"]))
        st.metric(
            "Cost, estimated",
            money(forecast["estimated_cost"]),
            f"at most about {money(forecast['estimated_cost_high'])}",
            delta_color="off",
            delta_arrow="off",
        )
    for note in forecast["notes"]:
        st.warning(escaped(note), icon=":material/today:")
    if not by_model:
        return
    with st.expander("By model", icon=":material/hub:"):
        st.dataframe(
            pick([{**row, "range": _range(row)} for row in forecast["endpoints"]], FORECAST),
            hide_index=True,
            column_config=FORECAST,
        )


def _range(row: EndpointForecast | RunForecast) -> str:
    low, high = row["calls_low"], row["calls_high"]
    return "exactly" if low == high else f"{number(low)} to {number(high)}"
