"""The form that starts a run for traces: which seeds, which teacher, how many, by which rules."""

from typing import Any

import streamlit as st

from dashboard import run_forecast, session
from dashboard.filter_words import in_words, matching, without_sort
from dashboard.filters import choose_seeds
from dashboard.notices import explained
from dashboard.rows import Endpoint
from dashboard.run_budget import budget_columns, choose_budget
from dashboard.wording import escaped, name

TEMPLATES = {
    "think_tags": "asks for the thinking between tags",
    "thinking_sections": "asks for the thinking under a heading, where a server hides it",
    "step_by_step": "asks to reason step by step",
}


def draw() -> None:
    """The form and the start button."""
    api = session.api()
    teachers = [e for e in api.endpoints() if e["role"] == "teacher" and e["archived_at"] is None]
    if not teachers:
        st.info("Register a teacher first.", icon=":material/info:")
        st.page_link("app_pages/endpoints.py", label="Register a model", icon=":material/hub:")
        return
    st.markdown("**Seeds** (one without an answer that can be trusted fails, and costs nothing)")
    chosen = without_sort(choose_seeds(api.values(), status="accepted"))
    st.caption(f"{matching(api.count_seeds(chosen))}: {escaped(in_words(chosen))}")
    plan: dict[str, Any] = {"filter": chosen, **_teacher(teachers), **_guideline(), **_judges()}
    plan["rules"] = _rules()
    plan |= _limits()
    plan["name"] = st.text_input("Name of the run", placeholder="optional").strip() or None
    _forecast_and_start({field: value for field, value in plan.items() if value is not None})


def _teacher(teachers: list[Endpoint]) -> dict[str, Any]:
    st.markdown("**Teacher**")
    names = {endpoint["id"]: endpoint["name"] for endpoint in teachers}
    left, middle, right = st.columns(3)
    return {
        "teacher_endpoint_id": left.selectbox(
            "Teacher", list(names), format_func=names.__getitem__, key="trace_teacher"
        ),
        "samples": middle.number_input(
            "Traces of each seed", 1, 64, 4, help="Those stored already are not asked for again."
        ),
        "template": right.selectbox(
            "Template", list(TEMPLATES), index=None, placeholder="the teacher's own",
            format_func=lambda template: f"{name(template)}: {TEMPLATES[template]}",
            key="trace_template",
        ),
    }  # fmt: skip


def _guideline() -> dict[str, Any]:
    found = {g["id"]: g for g in session.api().guidelines()["items"]}
    chosen = st.selectbox(
        "Guideline (for safety data: no answer is needed, and only the teacher and judges see it)",
        list(found), index=None, placeholder="none", key="trace_guideline",
        format_func=lambda number: f"{found[number]['name']}, version "
        f"{found[number]['newest']['number']}",
    )  # fmt: skip
    return {} if chosen is None else {"guideline_id": chosen}


def _judges() -> dict[str, Any]:
    names = {
        endpoint["id"]: endpoint["name"]
        for endpoint in session.api().endpoints()
        if endpoint["role"] == "judge" and endpoint["archived_at"] is None
    }
    chosen = st.multiselect(
        "Judges (they rate what no rule rejects)", list(names), format_func=names.__getitem__,
        max_selections=4, key="trace_judges",
    )  # fmt: skip
    return {"judge_endpoint_ids": chosen} if chosen else {}


def _rules() -> dict[str, Any]:
    st.markdown("**Rules** (a trace that breaks one is stored, and not learned from)")
    left, middle, right = st.columns(3, vertical_alignment="bottom")
    rules = {
        "most_tokens": left.number_input("Most tokens of a trace", 1, 10_000_000, 31_744),
        "most_thinking_tokens": middle.number_input(
            "Most tokens of thinking", min_value=1, value=None
        ),
        "needs_thinking": right.toggle("Reject what shows no thinking", value=True),
    }
    return {rule: value for rule, value in rules.items() if value is not None}


def _limits() -> dict[str, Any]:
    *limits, last = budget_columns(4)
    jobs = last.number_input("Jobs that share the seeds", 1, 64, 1)
    return choose_budget(limits) | {"parallel_jobs": jobs}


def _forecast_and_start(plan: dict[str, Any]) -> None:
    with explained():
        forecast = session.api().forecast_trace_run(plan)
        run_forecast.draw(forecast)
        if st.button(
            "Ask for traces",
            type="primary",
            icon=":material/play_arrow:",
            disabled=not forecast["seeds"],
        ):
            run = session.api().start_trace_run(plan)
            st.query_params.clear()
            st.query_params["run"] = str(run["id"])
            st.rerun()
