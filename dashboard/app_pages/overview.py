"""Overview: where the data stands."""

import streamlit as st

from dashboard import charts, session
from dashboard.drawing import draw_chart
from dashboard.notices import empty, explained
from dashboard.palette import VERDICT_MEANINGS
from dashboard.rows import Overview, Run
from dashboard.tables import Columns, pick
from dashboard.wording import escaped, money, number, plural

EVERY_SECONDS = 5
SPEND: Columns = {
    "endpoint": "Endpoint",
    "role": "Role",
    "calls": st.column_config.NumberColumn("Calls", format="localized"),
    "prompt_tokens": st.column_config.NumberColumn("Prompt tokens", format="localized"),
    "completion_tokens": st.column_config.NumberColumn("Answer tokens", format="localized"),
    "reasoning_tokens": st.column_config.NumberColumn("of them thinking", format="localized"),
    "cost": st.column_config.NumberColumn("Cost", format="dollar"),
}
SOURCES: Columns = {
    "source": "Source",
    "seeds": "Seeds",
    "accepted": "Accepted",
    "rejected": "Rejected",
    "open_hits": "With open hits",
    "suspect": "Suspect keys",
}


def _welcome() -> None:
    empty(
        "No seeds yet",
        "Begin by importing prompts from a file, or load the demo by the command “seedbed demo”.",
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
        _left_out(overview)
        with st.expander("What the verdicts mean"):
            for verdict, meaning in VERDICT_MEANINGS.items():
                st.markdown(f"**{verdict}**: {meaning}")
    else:
        empty("No scored seeds", "The map fills while a run goes on.")


def _left_out(overview: Overview) -> None:
    """Say how many scored seeds have no place on the map."""
    missing = len(overview["points"]) - len(charts.on_the_map(overview["points"]))
    if missing:
        st.caption(f"{plural(missing, 'scored seed')} without an answer key cannot be placed here.")


def _spend(overview: Overview) -> None:
    spend = overview["spend"]
    st.subheader("Spend", anchor=False)
    if not spend["by_endpoint"]:
        st.caption("No model has been called yet.")
        return
    left, right = st.columns([1, 1.3], gap="large")
    with left:
        with st.container(horizontal=True):
            st.metric("Calls", number(spend["calls"]))
            st.metric("Tokens", number(spend["tokens"]))
            st.metric("Cost", money(spend["cost"]))
        draw_chart(charts.spend_by_endpoint(spend["by_endpoint"]), "Spend by endpoint")
    with right:
        rows = pick(spend["by_endpoint"], SPEND)
        st.dataframe(rows, hide_index=True, column_config=SPEND)


def _sources(overview: Overview) -> None:
    st.subheader("Sources", anchor=False)
    st.dataframe(pick(overview["sources"], SOURCES), hide_index=True, column_config=SOURCES)


def _running(runs: list[Run]) -> None:
    for run in runs:
        done = run["seeds_scored"] + run["seeds_failed"]
        with st.container(border=True, horizontal=True, vertical_alignment="center"):
            text = (
                f"{escaped(run['name'])}: {done:,} of {plural(run['seeds_total'], 'seed')} scored"
            )
            st.progress(done / max(1, run["seeds_total"]), text)
            number = {"run": str(run["id"])}
            st.page_link("app_pages/runs.py", label="See the run", query_params=number)


def _draw(overview: Overview, runs: list[Run]) -> None:
    _running(runs)
    if not runs:
        _next_step(overview)
    left, right = st.columns([1.15, 1], gap="large")
    with left:
        _map(overview)
    with right:
        st.subheader("From ingested to exported", anchor=False)
        draw_chart(charts.funnel(overview["funnel"]), "Seeds by stage")
        st.subheader("Verdicts", anchor=False)
        draw_chart(charts.verdict_counts(overview["verdicts"]), "Seeds by verdict")
    _spend(overview)
    _sources(overview)


def _is_moving(overview: Overview, runs: list[Run]) -> bool:
    """Whether more is on its way: seeds to an empty database, verdicts of a run."""
    return bool(runs) or not overview["funnel"][0]["count"]


def _live(was_moving: bool) -> None:
    with explained():
        overview, runs = _state()
        if _is_moving(overview, runs) != was_moving:
            st.rerun()
        if overview["funnel"][0]["count"]:
            _draw(overview, runs)
        else:
            _welcome()


def _state() -> tuple[Overview, list[Run]]:
    api = session.api()
    return api.overview(), [run for run in api.runs()["items"] if run["state"] == "running"]


with explained(whole_page=True):
    st.title("Overview", anchor=False)
    moving = _is_moving(*_state())
    st.fragment(_live, run_every=EVERY_SECONDS if moving else None)(moving)
