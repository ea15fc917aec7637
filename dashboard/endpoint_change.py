"""The form that changes a registered model's limits and prices."""

from collections.abc import Sequence
from typing import Any, Literal

import streamlit as st

from dashboard import session
from dashboard.endpoint_form import limits_of_a_day
from dashboard.notices import explained
from dashboard.rows import Endpoint

A_MINUTE: dict[Literal["requests_per_minute", "tokens_per_minute"], str] = {
    "requests_per_minute": "Requests per minute",
    "tokens_per_minute": "Tokens per minute",
}


def draw(endpoints: Sequence[Endpoint]) -> None:
    """Choose a model, change what may change, save."""
    by_id = {endpoint["id"]: endpoint for endpoint in endpoints}
    chosen = st.selectbox(
        "Model to change", list(by_id), format_func=lambda number: by_id[number]["name"]
    )
    endpoint = by_id[chosen]
    with st.form(f"change_{chosen}", border=False):
        changes = _fields(endpoint)
        if st.form_submit_button("Save", icon=":material/save:", type="primary"):
            with explained():
                session.api().change_endpoint(chosen, changes)
                st.rerun()


def _fields(endpoint: Endpoint) -> dict[str, Any]:
    left, middle, right = st.columns(3, gap="large")
    with left:
        max_tokens = st.number_input(
            "Most tokens of an answer",
            min_value=1,
            value=int(endpoint["sampling"]["max_tokens"]),
            help="For runs that start from now on. They ask again only for what was cut off, or "
            "would be under a lower limit.",
        )
        in_flight = st.number_input(
            "Calls at the same time", min_value=1, value=endpoint["max_in_flight"]
        )
    with middle:
        limits: dict[str, Any] = {
            name: st.number_input(
                label, min_value=0, value=endpoint[name], placeholder="no limit",
                help="0: no limit.",
            )
            or None
            for name, label in A_MINUTE.items()
        }  # fmt: skip
    with right:
        a_day = limits_of_a_day(endpoint["max_calls_per_day"], endpoint["max_cost_per_day"])
    return {
        "sampling": endpoint["sampling"] | {"max_tokens": max_tokens},
        "max_in_flight": in_flight,
        **limits,
        **a_day,
    }
