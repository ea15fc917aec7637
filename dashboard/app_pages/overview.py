"""Overview: where the data stands."""

from collections.abc import Callable

import streamlit as st

from dashboard import session
from dashboard.notices import empty, explained
from dashboard.overview import difficulty, funnel, map, queue, sources, spend
from dashboard.rows import Overview, Run
from dashboard.wording import escaped, plural

# While a run goes on, or the first seeds come in; and else.
MOVING_SECONDS, CALM_SECONDS = 5, 30


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
    if not any(overview["verdicts"].values()):
        _advise("Nothing is scored yet: start a run to measure these seeds.", "runs", "Start a run")
    elif not counts["accepted"]:
        _advise("Verdicts are in: triage decides which seeds are kept.", "triage", "Triage seeds")


def _advise(text: str, page: str, label: str) -> None:
    with st.container(border=True, horizontal=True, vertical_alignment="center"):
        st.markdown(text, width="stretch")
        st.page_link(f"app_pages/{page}.py", label=label, icon=":material/arrow_forward:")


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


def _seeds(overview: Overview) -> int:
    return next(stage["count"] for stage in overview["funnel"] if stage["stage"] == "ingested")


def _is_moving(overview: Overview, runs: list[Run]) -> bool:
    """Whether more is on its way: seeds to an empty database, verdicts of a run, newer counts."""
    return bool(runs) or not _seeds(overview) or overview["renewing"]


def _state() -> tuple[Overview, list[Run]]:
    api = session.api()
    return api.overview(), [run for run in api.runs()["items"] if run["state"] == "running"]


def _top(was_moving: bool) -> None:
    """What goes on; the whole page is drawn again where it begins or ends."""
    with explained():
        overview, runs = _state()
        if _is_moving(overview, runs) != was_moving:
            st.rerun()
        _running(runs)
        if not runs:
            _next_step(overview)


def _map() -> None:
    with explained():
        map.draw()


def _funnel() -> None:
    with explained():
        funnel.draw(session.api().overview())


def _sources() -> None:
    with explained():
        sources.draw(session.api().overview())


def _difficulty() -> None:
    with explained():
        difficulty.draw()


def _spend() -> None:
    with explained():
        spend.draw()


def _queue() -> None:
    with explained():
        queue.draw()


def _draw(moving: bool) -> None:
    seconds = MOVING_SECONDS if moving else CALM_SECONDS

    def live(section: Callable[..., None]) -> Callable[..., None]:
        return st.fragment(section, run_every=seconds)

    live(_top)(moving)
    left, right = st.columns([1.15, 1], gap="large")
    with left:
        live(_map)()
    with right:
        live(_funnel)()
    for section in (_queue, _difficulty, _sources, _spend):
        live(section)()


def _wait() -> None:
    """Draw the page again once there are seeds."""
    with explained():
        if _seeds(session.api().overview()):
            st.rerun()
        _welcome()


with explained(whole_page=True):
    st.title("Overview", anchor=False)
    overview, runs = _state()
    if _seeds(overview):
        _draw(_is_moving(overview, runs))
    else:
        st.fragment(_wait, run_every=MOVING_SECONDS)()
