"""The models of a scoring run as widgets: who answers, who confirms, who judges."""

from collections.abc import Sequence

import streamlit as st

from dashboard.rows import Endpoint

MOST_JUDGES = 8


def choose_reference(endpoints: Sequence[Endpoint], help_text: str) -> int | None:
    """The reference; the first where there is one."""
    fitting = _names(endpoints, "reference")
    return st.selectbox(
        "Reference", list(fitting), index=0 if fitting else None,
        format_func=lambda i: fitting[i], placeholder="none", help=help_text,
    )  # fmt: skip


def choose_second_reference(
    endpoints: Sequence[Endpoint], reference: int | None, help_text: str
) -> int | None:
    """Another reference; none at first."""
    others = {i: name for i, name in _names(endpoints, "reference").items() if i != reference}
    return st.selectbox(
        "Second reference", list(others), index=None, placeholder="none", disabled=not others,
        format_func=lambda i: others[i],
        help=f"{help_text} Register a second reference to choose it here.",
    )  # fmt: skip


def choose_weak(endpoints: Sequence[Endpoint]) -> list[int]:
    """The weak models; the first one is the one to be taught."""
    fitting = _names(endpoints, "weak")
    return st.multiselect(
        "Weak models", list(fitting), default=list(fitting)[:1], format_func=lambda i: fitting[i]
    )


def choose_judges(endpoints: Sequence[Endpoint], help_text: str) -> list[int]:
    """The judges; the first where there is one."""
    fitting = _names(endpoints, "judge")
    return st.multiselect(
        "Judges", list(fitting), default=list(fitting)[:1], format_func=lambda i: fitting[i],
        placeholder="none", max_selections=MOST_JUDGES, help=help_text,
    )  # fmt: skip


def _names(endpoints: Sequence[Endpoint], role: str) -> dict[int, str]:
    return {e["id"]: e["name"] for e in endpoints if e["role"] == role}
