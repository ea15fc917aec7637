"""Having rewrites measured: the form of a run over them, and how far such runs are."""

from typing import Any

import streamlit as st

from dashboard import run_forecast, run_models, run_page, session
from dashboard.notices import explained
from dashboard.rows import Endpoint, RewriteDetail
from dashboard.run_budget import budget_columns, choose_budget

FIRST_SAMPLES = {"reference": 8, "second_reference": 3, "weak": 16}


def draw_one(rewrite: RewriteDetail) -> None:
    """The form for one rewrite that waits, below the runs that go on."""
    if rewrite["state"] != "proposed":
        return
    draw_runs()
    if rewrite["stale"] or not session.may("curator"):
        return
    again = " again" if _is_measured(rewrite) else ""
    with st.expander(f"Measure it{again}", icon=":material/labs:"):
        st.caption(
            "Models answer the rewrite, and what they say is held against its answer and the "
            "original. The seed stays as it is. Answers that are stored are not paid again."
        )
        _form({"rewrite_ids": [rewrite["id"]]})


def draw_all() -> None:
    """The form for all that wait and were not measured, below the runs that go on."""
    draw_runs()
    if not session.may("curator"):
        return
    with st.expander("Measure all that wait", icon=":material/labs:"):
        st.caption("All rewrites that can be approved and that no run has measured.")
        if st.toggle("Choose the models", key="measure_all"):
            _form({})


def draw_runs() -> None:
    """How far the runs over rewrites are that go on now."""
    for run in session.api().runs("scoring")["items"]:
        if run["settings"].get("rewrites") and run["state"] in run_page.ACTIVE:
            st.page_link(
                "app_pages/runs.py", label=f"Run {run['id']} measures rewrites",
                icon=":material/labs:", query_params={"run": str(run["id"])},
            )  # fmt: skip
            run_page.draw_live(run, run_page.draw_progress)


def _is_measured(rewrite: RewriteDetail) -> bool:
    return any(
        check["measured"] for check in rewrite["checks"] if check["name"] == "reference_decisive"
    )


def _form(which: dict[str, Any]) -> None:
    endpoints = [e for e in session.api().endpoints() if e["archived_at"] is None]
    if not {"weak", "reference"} <= {e["role"] for e in endpoints}:
        st.info("Register a reference and a weak model first.", icon=":material/info:")
        st.page_link("app_pages/endpoints.py", label="Register a model", icon=":material/hub:")
        return
    plan = {**which, **_models(endpoints), **choose_budget(budget_columns(3))}
    plan = {name: value for name, value in plan.items() if value is not None}
    if plan["weak_endpoint_ids"]:
        _forecast_and_start(plan)
    else:
        st.warning("Choose at least one weak model.", icon=":material/warning:")


def _models(endpoints: list[Endpoint]) -> dict[str, Any]:
    left, middle, right = st.columns(3)
    with left:
        reference = run_models.choose_reference(
            endpoints, "Its votes decide what the answer of the rewrite is."
        )
        reference_samples = _samples("the reference", "reference")
    with middle:
        second = run_models.choose_second_reference(
            endpoints, reference, "Another family; it confirms the answer or not."
        )
        second_samples = _samples("the second reference", "second_reference")
    with right:
        weak = run_models.choose_weak(endpoints)
        weak_samples = _samples("each weak model", "weak")
    judges = run_models.choose_judges(
        endpoints,
        "Each says whether the answer follows from the original. None judges what it proposed.",
    )
    return {
        "reference_endpoint_id": reference, "reference_samples": reference_samples,
        "second_reference_endpoint_id": second, "second_reference_samples": second_samples,
        "weak_endpoint_ids": weak, "weak_samples": weak_samples, "judge_endpoint_ids": judges,
    }  # fmt: skip


def _samples(of: str, role: str) -> int:
    return st.number_input(f"Most samples of {of}", 1, 64, FIRST_SAMPLES[role])


def _forecast_and_start(plan: dict[str, Any]) -> None:
    with explained():
        forecast = session.api().forecast_measuring(plan)
        run_forecast.draw(forecast, "Rewrites")
        if st.button(
            "Start measuring", type="primary", icon=":material/play_arrow:",
            disabled=not forecast["seeds"],
        ):  # fmt: skip
            session.api().measure_rewrites(plan)
            st.rerun()
