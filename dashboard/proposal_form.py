"""The form by which a model is asked for proposals: about which seeds, who, what, and how much."""

from collections.abc import Callable, Mapping
from typing import Any

import streamlit as st

from dashboard import run_forecast, session
from dashboard.filter_words import in_words, matching, without_sort
from dashboard.filters import choose_seeds
from dashboard.notices import explained
from dashboard.rows import Endpoint, Run, RunForecast
from dashboard.run_budget import budget_columns, choose_budget
from dashboard.wording import escaped

MOST_CANDIDATES = 32
MOST_NOTE = 2000

Plan = dict[str, Any]


def draw(
    kinds: Mapping[str, str],
    status: str | None,
    reckon: Callable[[Plan], RunForecast],
    start: Callable[[Plan], Run],
) -> None:
    """The whole form over a filter, which leads to the page of the run.

    Args:
        kinds: what can be asked for, in words.
        status: that of the seeds, where the address says nothing; None leaves it out.
        reckon: what a plan would need.
        start: begins it.
    """
    api, found = session.api(), proposers()
    if not found:
        return
    st.markdown("**Seeds** (one that is answered by a program fails, and costs nothing)")
    seeds = choose_seeds(api.values(), status=status, with_status=status is not None)
    chosen = without_sort(seeds)
    counted = chosen if status else {**chosen, "status": "accepted"}
    st.caption(f"{matching(api.count_seeds(counted))}: {escaped(in_words(counted))}")
    st.markdown("**Question**")
    plan = {"filter": chosen, **choose_question(found, kinds, "ask"), **_limits()}
    with explained():
        forecast = reckon(plan)
        run_forecast.draw(forecast)
        if st.button(
            "Ask the model", type="primary", icon=":material/play_arrow:",
            disabled=not forecast["seeds"],
        ):  # fmt: skip
            st.switch_page("app_pages/runs.py", query_params={"run": str(start(plan)["id"])})


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


def choose_question(found: list[Endpoint], kinds: Mapping[str, str], key: str) -> Plan:
    """Who is asked for what kind of proposals, how many, and with which note."""
    names = {endpoint["id"]: endpoint["name"] for endpoint in found}
    left, middle, right = st.columns([2, 1.4, 1])
    chosen = {
        "kind": left.selectbox(
            "Kind", list(kinds), format_func=kinds.__getitem__, key=f"{key}_kind"
        ),
        "endpoint_id": middle.selectbox(
            "Model", list(names), format_func=names.__getitem__, key=f"{key}_model"
        ),
        "candidates": right.number_input(
            "Candidates", 1, MOST_CANDIDATES, 3, key=f"{key}_candidates",
            help="Proposals about each seed. Those stored already are not asked for again.",
        ),
    }  # fmt: skip
    note = st.text_input(
        "What the model is to mind", placeholder="optional", max_chars=MOST_NOTE,
        key=f"{key}_note",
    ).strip()  # fmt: skip
    return chosen | ({"note": note} if note else {})


def _limits() -> Plan:
    *limits, last = budget_columns(4)
    jobs = last.number_input("Jobs that share the seeds", 1, 64, 1)
    chosen = choose_budget(limits) | {"parallel_jobs": jobs}
    chosen["name"] = st.text_input("Name of the run", placeholder="optional").strip() or None
    return {field: value for field, value in chosen.items() if value is not None}
