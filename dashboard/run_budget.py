"""A run's budget as widgets."""

from collections.abc import Sequence
from typing import Any

import streamlit as st
from streamlit.delta_generator import DeltaGenerator


def choose_budget(columns: Sequence[DeltaGenerator], key: str = "budget") -> dict[str, Any]:
    """The three limits, in these columns; None is no limit. `key` tells forms of a page apart."""
    calls, tokens, cost = columns
    return {
        "max_calls": calls.number_input(
            "Most calls", min_value=1, value=None, key=f"{key}_calls"
        ),
        "max_tokens": tokens.number_input(
            "Most tokens", min_value=1, value=None, key=f"{key}_tokens"
        ),
        "max_cost": cost.number_input(
            "Most money, in dollars", min_value=0.0, value=None, key=f"{key}_cost"
        ),
    }  # fmt: skip


def budget_columns(count: int) -> list[DeltaGenerator]:
    """The heading of a budget, and columns below it."""
    st.markdown("**Budget** (the run stops before it goes beyond; empty means no limit)")
    return st.columns(count)
