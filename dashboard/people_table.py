"""A table of people and what they have decided."""

from collections.abc import Sequence

import streamlit as st

from dashboard.rows import PersonProgress
from dashboard.tables import Columns, pick
from dashboard.wording import ago

COLUMNS: Columns = {
    "user": "Curator",
    "today": st.column_config.NumberColumn("Today", format="localized"),
    "total": st.column_config.NumberColumn(
        "In all", format="localized", help="Seeds decided by hand; undone decisions do not count."
    ),
    "median_seconds": st.column_config.NumberColumn(
        "Seconds a seed", format="%.0f", help="The median; gaps of five minutes are breaks."
    ),
    "last": "Last active",
}


def draw_people(people: Sequence[PersonProgress]) -> None:
    """The table, or that nobody has begun."""
    if not people:
        st.caption("Nobody has decided anything here yet.")
        return
    rows = [{**person, "last": ago(person["last_active"])} for person in people]
    st.dataframe(pick(rows, COLUMNS), hide_index=True, column_config=COLUMNS, placeholder="–")
