"""What a run has used of each endpoint, live."""

from collections.abc import Sequence

import streamlit as st

from dashboard import session
from dashboard.rows import Run, RunEndpointSpend
from dashboard.tables import Columns, pick
from dashboard.wording import escaped

COLUMNS: Columns = {
    "endpoint": "Endpoint",
    "role": "Role",
    "calls": st.column_config.NumberColumn("Answers", format="localized"),
    "prompt_tokens": st.column_config.NumberColumn("Tokens in", format="localized"),
    "completion_tokens": st.column_config.NumberColumn("Tokens out", format="localized"),
    "reasoning_tokens": st.column_config.NumberColumn(
        "of them thinking", format="localized", help="As far as the server says or shows it."
    ),
    "cost": st.column_config.NumberColumn("Cost", format="dollar"),
    "cut_off_share": st.column_config.ProgressColumn(
        "Cut off",
        min_value=0,
        max_value=1,
        format="percent",
        help="Answers that reached the token limit: they hold no answer.",
    ),
    "failed": st.column_config.NumberColumn(
        "Failed", format="localized", help="Calls that brought nothing in all attempts."
    ),
}


def draw(run: Run) -> None:
    """The table, and what to do about answers that were cut off."""
    spend = session.api().run_spend(run["id"])
    st.subheader("Spent by endpoint", anchor=False)
    st.dataframe(pick(spend, COLUMNS), hide_index=True, column_config=COLUMNS)
    _hints(spend)


def _hints(spend: Sequence[RunEndpointSpend]) -> None:
    for hint in (row["hint"] for row in spend):
        if hint:
            st.warning(escaped(hint), icon=":material/content_cut:")
