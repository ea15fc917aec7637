"""Overview: where the data stands."""

import streamlit as st

from dashboard import charts, session
from dashboard.drawing import draw_chart
from dashboard.notices import empty, explained_page
from dashboard.palette import VERDICT_MEANINGS
from dashboard.rows import Overview
from dashboard.wording import money, number


def _welcome() -> None:
    empty(
        "No seeds yet",
        "Begin by importing prompts from a file, or load the demo with `seedbed demo`.",
    )
    with st.container(horizontal=True, horizontal_alignment="center"):
        st.page_link("app_pages/imports.py", label="Import seeds", icon=":material/upload:")
        st.page_link("app_pages/endpoints.py", label="Register a model", icon=":material/hub:")


def _next_step(overview: Overview) -> None:
    counts = {stage["stage"]: stage["count"] for stage in overview["funnel"]}
    if not counts.get("scored"):
        _advise("Nothing is scored yet: start a run to measure these seeds.", "runs", "Start a run")
    elif not counts.get("accepted"):
        _advise("Verdicts are in: triage decides which seeds are kept.", "triage", "Triage seeds")


def _advise(text: str, page: str, label: str) -> None:
    with st.container(border=True, horizontal=True, vertical_alignment="center"):
        st.markdown(text, width="stretch")
        st.page_link(f"app_pages/{page}.py", label=label, icon=":material/arrow_forward:")


def _map(overview: Overview) -> None:
    st.subheader("Teachability map", anchor=False)
    st.caption(
        "How often the weak model agrees with the key, against how far the key can be trusted."
    )
    if overview["points"]:
        draw_chart(
            charts.teachability_map(overview["points"]),
            "Scatter plot of weak agreement against key reliability, coloured by verdict",
        )
        with st.expander("What the verdicts mean"):
            for verdict, meaning in VERDICT_MEANINGS.items():
                st.markdown(f"**{verdict}**: {meaning}")
    else:
        empty("No scored seeds", "The map fills while a run goes on.")


def _spend(overview: Overview) -> None:
    spend = overview["spend"]
    st.subheader("Spend", anchor=False)
    if not spend["by_endpoint"]:
        st.caption("No model has been called yet.")
        return
    with st.container(horizontal=True):
        st.metric("Calls", number(spend["calls"]))
        st.metric("Tokens", number(spend["tokens"]))
        st.metric("Cost", money(spend["cost"]))
    draw_chart(charts.spend_by_endpoint(spend["by_endpoint"]), "Spend by endpoint")
    st.dataframe(
        spend["by_endpoint"],
        hide_index=True,
        column_config={
            "endpoint": "Endpoint", "role": "Role",
            "calls": st.column_config.NumberColumn("Calls", format="localized"),
            "prompt_tokens": st.column_config.NumberColumn("Prompt tokens", format="localized"),
            "completion_tokens": st.column_config.NumberColumn("Answer tokens", format="localized"),
            "cost": st.column_config.NumberColumn("Cost", format="dollar"),
        },
    )  # fmt: skip


def _sources(overview: Overview) -> None:
    st.subheader("Sources", anchor=False)
    st.dataframe(
        overview["sources"],
        hide_index=True,
        column_config={
            "source": "Source", "seeds": "Seeds", "accepted": "Accepted", "rejected": "Rejected",
            "open_hits": "Open hits", "suspect": "Suspect",
        },
    )  # fmt: skip


with explained_page():
    st.title("Overview", anchor=False)
    overview = session.api().overview()
    if not overview["funnel"] or not overview["funnel"][0]["count"]:
        _welcome()
        st.stop()
    _next_step(overview)
    left, right = st.columns([1.15, 1], gap="large")
    with left:
        _map(overview)
    with right:
        st.subheader("From ingested to exported", anchor=False)
        draw_chart(charts.funnel(overview["funnel"]), "Seeds by stage")
        st.subheader("Verdicts", anchor=False)
        draw_chart(charts.verdict_counts(overview["verdicts"]), "Seeds by verdict")
    left, right = st.columns([1.15, 1], gap="large")
    with left:
        _spend(overview)
    with right:
        _sources(overview)
