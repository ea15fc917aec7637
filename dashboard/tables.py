"""A table whose rows can be chosen."""

from collections.abc import Mapping, Sequence
from typing import Any, Literal

import streamlit as st
from streamlit.elements.lib.column_types import ColumnConfig

Columns = Mapping[str, ColumnConfig | str | None]


def pick(rows: Sequence[Mapping[str, Any]], columns: Columns) -> list[dict[str, Any]]:
    """The rows with the columns that are shown, in their order."""
    return [{name: row.get(name) for name in columns} for row in rows]


def choose_row(
    rows: Sequence[Mapping[str, Any]],
    columns: Columns,
    *,
    key: str,
    height: int | Literal["auto"] = "auto",
) -> int | None:
    """Draw the table; the index of the row that was chosen."""
    event = st.dataframe(
        pick(rows, columns),
        hide_index=True,
        column_config=columns,
        height=height,
        key=key,
        placeholder="",
        on_select="rerun",
        selection_mode="single-row",
    )
    selected = event.selection.rows
    return selected[0] if selected else None
