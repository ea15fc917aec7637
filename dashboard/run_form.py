"""The form that starts a run: which seeds, which models, how many samples, which budget."""

from typing import Any

import streamlit as st

from dashboard import session
from dashboard.filters import choose_seeds, in_words, matching
from dashboard.notices import explained
from dashboard.rows import Endpoint, EndpointForecast, RunForecast
from dashboard.tables import Columns, pick
from dashboard.wording import escaped, money, number

FORECAST: Columns = {
    "endpoint": "Model",
    "role": "Role",
    "calls": st.column_config.NumberColumn("Calls", format="localized"),
    "range": st.column_config.TextColumn(
        "Range", help="A seed whose verdict is settled is asked about no further."
    ),
    "already_stored": st.column_config.NumberColumn("Stored already", format="localized"),
    "estimated_tokens": st.column_config.NumberColumn("Tokens", format="localized"),
    "estimated_cost": st.column_config.NumberColumn("Cost", format="dollar"),
}


def draw() -> None:
    """The form, its forecast, and the start button."""
    api = session.api()
    endpoints = [e for e in api.endpoints() if e["archived_at"] is None]
    if not any(e["role"] == "weak" for e in endpoints):
        st.info("Register a weak model first.", icon=":material/info:")
        st.page_link("app_pages/endpoints.py", label="Register a model", icon=":material/hub:")
        return
    st.markdown("**Seeds**")
    chosen = choose_seeds(api.facets({}))
    st.caption(f"{matching(api.facets(chosen)['total'])}: {escaped(in_words(chosen))}")
    plan: dict[str, Any] = {"filter": chosen, **_models(endpoints), **_limits()}
    plan["name"] = st.text_input("Name of the run", placeholder="optional").strip() or None
    if not plan["weak_endpoint_ids"]:
        st.warning("Choose at least one weak model.", icon=":material/warning:")
        return
    _forecast_and_start({name: value for name, value in plan.items() if value is not None})


def _pick(label: str, endpoints: list[Endpoint], role: str, help_text: str) -> int | None:
    fitting = {e["id"]: e["name"] for e in endpoints if e["role"] == role}
    return st.selectbox(
        label, list(fitting), index=0 if fitting else None, format_func=lambda i: fitting[i],
        placeholder="none", help=help_text,
    )  # fmt: skip


def _models(endpoints: list[Endpoint]) -> dict[str, Any]:
    st.markdown("**Models**")
    weak = {e["id"]: e["name"] for e in endpoints if e["role"] == "weak"}
    left, middle, right = st.columns(3)
    with left:
        reference = _pick("Reference", endpoints, "reference", "Answers what came without.")
        reference_samples = st.number_input("Samples of the reference", 1, 64, 8)
        check = st.toggle("Check given answers against the reference", value=False)
    with middle:
        weak_ids = st.multiselect(
            "Weak models", list(weak), default=list(weak)[:1], format_func=lambda i: weak[i]
        )
        weak_samples = st.number_input("Samples of each weak model", 1, 64, 8)
    with right:
        judges = {e["id"]: e["name"] for e in endpoints if e["role"] == "judge"}
        judge_ids = st.multiselect(
            "Judges", list(judges), default=list(judges)[:1], format_func=lambda i: judges[i],
            placeholder="none", max_selections=8,
            help="Each rates every seed by the rubric. With two or more the Judges page shows "
            "how far they agree.",
        )  # fmt: skip
    return {
        "reference_endpoint_id": reference,
        "weak_endpoint_ids": weak_ids,
        "judge_endpoint_ids": judge_ids,
        "reference_samples": reference_samples,
        "weak_samples": weak_samples,
        "check_given_answers": check,
    }


def _limits() -> dict[str, Any]:
    st.markdown("**Budget** (the run stops before it goes beyond; empty means no limit)")
    left, middle, right = st.columns(3)
    return {
        "max_calls": left.number_input("Most calls", min_value=1, value=None),
        "max_tokens": middle.number_input("Most tokens", min_value=1, value=None),
        "max_cost": right.number_input("Most money, in dollars", min_value=0.0, value=None),
    }


def _forecast_and_start(plan: dict[str, Any]) -> None:
    with explained():
        forecast = session.api().forecast_run(plan)
        with st.container(border=True, horizontal=True, vertical_alignment="center"):
            st.metric("Seeds", number(forecast["seeds"]))
            st.metric(
                "Calls, expected",
                number(forecast["calls"]),
                _range(forecast),
                delta_color="off",
                delta_arrow="off",
            )
            st.metric("Answers already stored", number(forecast["already_stored"]))
            st.metric("Tokens, estimated", number(forecast["estimated_tokens"]))
            st.metric(
                "Cost, estimated",
                money(forecast["estimated_cost"]),
                f"at most about {money(forecast['estimated_cost_high'])}",
                delta_color="off",
                delta_arrow="off",
            )
        for note in forecast["notes"]:
            st.warning(escaped(note), icon=":material/today:")
        with st.expander("By model", icon=":material/hub:"):
            st.dataframe(
                pick([{**row, "range": _range(row)} for row in forecast["endpoints"]], FORECAST),
                hide_index=True,
                column_config=FORECAST,
            )
        if st.button(
            "Start the run",
            type="primary",
            icon=":material/play_arrow:",
            disabled=not forecast["seeds"],
        ):
            run = session.api().start_run(plan)
            st.query_params["run"] = str(run["id"])
            st.rerun()


def _range(row: EndpointForecast | RunForecast) -> str:
    low, high = row["calls_low"], row["calls_high"]
    return "exactly" if low == high else f"{number(low)} to {number(high)}"
