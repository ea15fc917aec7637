"""The form that starts a run: which seeds, which models, how many samples, which budget."""

from typing import Any

import streamlit as st

from dashboard import policy_form, run_forecast, run_models, session
from dashboard.filter_words import in_words, matching
from dashboard.filters import choose_seeds
from dashboard.notices import explained
from dashboard.rows import Endpoint
from dashboard.run_budget import budget_columns, choose_budget
from dashboard.wording import escaped, name

STOPPING = {
    "adaptive": "Asks where an answer buys most, and stops when the verdict is settled.",
    "fixed": "Every seed gets the same number of answers.",
    "adaptive_consistency": "Stops a model once its most frequent answer is unlikely to change.",
    "early_stopping": "Stops a model once several answers in a row are the same.",
}
WEAK_SAMPLES_MOST = 32  # where it is a cap, which few seeds reach


def draw() -> None:
    """The form, its forecast, and the start button."""
    api = session.api()
    endpoints = [e for e in api.endpoints() if e["archived_at"] is None]
    if not any(e["role"] == "weak" for e in endpoints):
        st.info("Register a weak model first.", icon=":material/info:")
        st.page_link("app_pages/endpoints.py", label="Register a model", icon=":material/hub:")
        return
    st.markdown("**Seeds**")
    chosen = choose_seeds(api.values())
    st.caption(f"{matching(api.count_seeds(chosen))}: {escaped(in_words(chosen))}")
    rules = _rules()
    models = _models(endpoints, capped=rules["stopping"] != "fixed")
    plan: dict[str, Any] = {"filter": chosen, **rules, **models, **choose_budget(budget_columns(3))}
    plan["name"] = st.text_input("Name of the run", placeholder="optional").strip() or None
    if not plan["weak_endpoint_ids"]:
        st.warning("Choose at least one weak model.", icon=":material/warning:")
        return
    _forecast_and_start({name: value for name, value in plan.items() if value is not None})


def _rules() -> dict[str, Any]:
    """Under which policy verdicts are computed, and when a seed has answers enough."""
    policies = session.api().policies()
    names = {policy["id"]: policy_form.label(policy) for policy in policies}
    default = policy_form.default_of(policies)["id"]
    st.markdown("**Verdicts**")
    left, right = st.columns([1, 2], gap="large")
    policy = left.selectbox(
        "Policy", list(names), index=list(names).index(default), format_func=lambda i: names[i],
        help="Bands, threshold and priors. Verdicts can be computed under another one later, with "
        "no model call.",
    )  # fmt: skip
    left.page_link("app_pages/policies.py", label="Compare policies", icon=":material/tune:")
    stopping = right.radio(
        "How many answers a seed gets", list(STOPPING), captions=list(STOPPING.values()),
        format_func=lambda rule: name(rule).capitalize(),
    )  # fmt: skip
    return {"policy_id": policy, "stopping": stopping}


def _models(endpoints: list[Endpoint], *, capped: bool) -> dict[str, Any]:
    """The models and their samples; `capped`: a seed may get fewer of them."""
    of = "Most samples" if capped else "Samples"
    most = "A seed gets fewer where its verdict is settled sooner." if capped else None
    st.markdown("**Models**")
    left, middle, right = st.columns(3)
    with left:
        reference = run_models.choose_reference(endpoints, "Answers what came without.")
        second_reference = run_models.choose_second_reference(
            endpoints, reference, "Another family; asked when the key is doubtful."
        )
        reference_samples = st.number_input(f"{of} of the reference", 1, 64, 8, help=most)
        check = st.toggle("Check given answers against the reference", value=False)
    with middle:
        weak_ids = run_models.choose_weak(endpoints)
        weak_samples = st.number_input(
            f"{of} of each weak model", 1, 64, WEAK_SAMPLES_MOST if capped else 8, help=most
        )
    with right:
        judge_ids = run_models.choose_judges(
            endpoints,
            "Each rates every seed by the rubric. With two or more the Judges page shows how far "
            "they agree.",
        )
    return {
        "reference_endpoint_id": reference,
        "second_reference_endpoint_id": second_reference,
        "weak_endpoint_ids": weak_ids,
        "judge_endpoint_ids": judge_ids,
        "reference_samples": reference_samples,
        "weak_samples": weak_samples,
        "check_given_answers": check,
    }


def _forecast_and_start(plan: dict[str, Any]) -> None:
    with explained():
        forecast = session.api().forecast_run(plan)
        run_forecast.draw(forecast)
        if st.button(
            "Start the run",
            type="primary",
            icon=":material/play_arrow:",
            disabled=not forecast["seeds"],
        ):
            run = session.api().start_run(plan)
            st.query_params["run"] = str(run["id"])
            st.rerun()
