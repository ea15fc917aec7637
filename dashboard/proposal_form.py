"""Widgets by which a model is asked for proposals: who, how many candidates, and what to mind."""

from collections.abc import Mapping
from typing import Any

import streamlit as st

from dashboard import run_forecast, session
from dashboard.rows import Endpoint, Run, RunForecast
from dashboard.run_budget import budget_columns, choose_budget

MOST_CANDIDATES = 32
MOST_NOTE = 2000


def proposers() -> list[Endpoint]:
    """The models that can be asked; says what to do where there is none."""
    found = [
        endpoint
        for endpoint in session.api().endpoints()
        if endpoint["role"] in ("teacher", "reference")
        and endpoint["archived_at"] is None
        and not endpoint["uses_batches"]
    ]
    if not found:
        st.info(
            "Register a teacher or a reference first, one that is asked without batches.",
            icon=":material/info:",
        )
        st.page_link("app_pages/endpoints.py", label="Register a model", icon=":material/hub:")
    return found


def choose_question(
    found: list[Endpoint], kinds: Mapping[str, str], key: str, candidates: int = 3
) -> dict[str, Any]:
    """Who is asked for what kind of proposals, how many, and with which note."""
    names = {endpoint["id"]: endpoint["name"] for endpoint in found}
    left, middle, right = st.columns([2, 1.4, 1])
    chosen = {
        "kind": left.selectbox("Kind", list(kinds), format_func=kinds.__getitem__,
                               key=f"{key}_kind"),
        "endpoint_id": middle.selectbox("Model", list(names), format_func=names.__getitem__,
                                        key=f"{key}_model"),
        "candidates": right.number_input(
            "Candidates", 1, MOST_CANDIDATES, candidates, key=f"{key}_candidates",
            help="Proposals about each seed. Those stored already are not asked for again.",
        ),
    }  # fmt: skip
    note = st.text_input(
        "What the model is to mind", placeholder="optional", max_chars=MOST_NOTE,
        key=f"{key}_note",
    ).strip()  # fmt: skip
    return chosen | ({"note": note} if note else {})


def choose_limits() -> dict[str, Any]:
    """The run's budget, how many jobs share it, and its name."""
    *limits, last = budget_columns(4)
    jobs = last.number_input("Jobs that share the seeds", 1, 64, 1)
    chosen = choose_budget(limits) | {"parallel_jobs": jobs}
    chosen["name"] = st.text_input("Name of the run", placeholder="optional").strip() or None
    return {field: value for field, value in chosen.items() if value is not None}


def start_below(forecast: RunForecast, label: str) -> bool:
    """Draw what it takes and the button that begins; whether that was pressed."""
    run_forecast.draw(forecast)
    return st.button(
        label, type="primary", icon=":material/play_arrow:", disabled=not forecast["seeds"]
    )


def show_run(run: Run) -> None:
    """Go to the page of a run."""
    st.switch_page("app_pages/runs.py", query_params={"run": str(run["id"])})
