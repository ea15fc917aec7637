"""The teachability map: a drag over it chooses seeds, to be seen in the list or decided."""

from typing import Any, cast

import streamlit as st

from dashboard import session
from dashboard.chart_style import styled
from dashboard.drawing import chosen_theme, draw_files
from dashboard.notices import empty
from dashboard.overview import map_charts as charts
from dashboard.overview.ages import draw_age
from dashboard.palette import VERDICT_MEANINGS
from dashboard.rows import SeedFilter, TeachabilityMap
from dashboard.tables import Columns, pick
from dashboard.wording import plural

MARKS, CELLS = "Seeds", "Density"
STARTS = 10
DESCRIPTION = "Weak agreement against key reliability, coloured by verdict"
ADVICE = (
    "Drag over the map to choose seeds. Dashed: the edges of the policy's band. Curves: where the "
    "score would be the same, but for doubts about few answers and the steps. In the density, a "
    "cell has the colour of most of its seeds, stronger where there are more."
)
COLUMNS: Columns = {
    "id": st.column_config.NumberColumn("Seed", width="small"),
    "prompt": st.column_config.TextColumn("Prompt", width="large"),
    "verdict": "Verdict",
    "agreement": st.column_config.NumberColumn("Agreement", format="%.2f"),
    "reliability": st.column_config.NumberColumn("Reliability", format="%.2f"),
    "status": "Status",
}


def draw() -> None:
    """Draw the map and what is chosen on it."""
    found = _found()
    st.subheader("Teachability map", anchor=False)
    if found["scored"] == found["unplaced"]:
        empty("No scored seeds", "The map fills while a run goes on.")
        _unplaced(found)
        return
    chosen = _chart(found)
    st.session_state["map_chosen"] = chosen
    if chosen is None:
        st.caption(ADVICE)
    else:
        _selection(chosen)
    _unplaced(found)
    draw_age(found)
    with st.expander("What the verdicts mean"):
        for verdict, meaning in VERDICT_MEANINGS.items():
            st.markdown(f"**{verdict}**: {meaning}")


def _found() -> TeachabilityMap:
    """The map; while seeds are chosen, as it was then: it must not move under what is looked at."""
    if st.session_state.get("map_chosen") is None or "map_found" not in st.session_state:
        st.session_state["map_found"] = session.api().overview_map()
    found: TeachabilityMap = st.session_state["map_found"]
    return found


def _chart(found: TeachabilityMap) -> dict[str, float] | None:
    placed = found["scored"] - found["unplaced"]
    is_sample = placed > len(found["points"])
    view = st.segmented_control(
        "Show as", [MARKS, CELLS], default=CELLS if is_sample else MARKS,
        key="map_view", required=True, label_visibility="collapsed",
    )  # fmt: skip
    as_marks = view == MARKS
    if as_marks and is_sample:
        st.caption(f"A sample of {len(found['points']):,} of {plural(placed, 'seed')}; what is "
                   "chosen is counted over all.")  # fmt: skip
    chart = charts.marks_map(found) if as_marks else charts.density_map(found)
    rows = charts.point_rows(found["points"]) if as_marks else charts.cell_rows(found)
    # Another key is a map on which nothing is chosen.
    key = f"map_{view}_{st.session_state.get('map_cleared', 0)}"
    state: Any = st.altair_chart(
        styled(chart, chosen_theme()), alt=DESCRIPTION, key=key, on_select="rerun",
        selection_mode=charts.BRUSH,
    )  # fmt: skip
    draw_files(chart, DESCRIPTION, "teachability_map", rows)
    return charts.rectangle(state["selection"], nudged=as_marks)


def _clear() -> None:
    st.session_state["map_cleared"] = st.session_state.get("map_cleared", 0) + 1


def _selection(chosen: dict[str, float]) -> None:
    """How many are chosen, the first of them, and where to go with them."""
    api, wanted = session.api(), cast(SeedFilter, chosen)
    facets = api.facets(wanted)
    verdicts = ", ".join(f"{count:,} {name}" for name, count in facets["verdict"].items())
    with st.container(border=True, key="map_selection"):
        st.markdown(f"**{plural(facets['total'], 'seed')} chosen**: {_in_words(chosen)}")
        if verdicts:
            st.caption(verdicts)
        query = {name: f"{value:g}" for name, value in chosen.items()}
        with st.container(horizontal=True, vertical_alignment="center"):
            st.page_link("app_pages/seeds.py", label="Open in Seeds", query_params=query,
                         icon=":material/grass:")  # fmt: skip
            if session.may("curator"):
                st.page_link("app_pages/triage.py", label="Triage these", query_params=query,
                             icon=":material/keyboard:")  # fmt: skip
            st.button("Clear", on_click=_clear, icon=":material/close:", type="tertiary")
        if facets["total"]:
            rows = api.seeds(wanted, limit=STARTS)["items"]
            st.dataframe(pick(rows, COLUMNS), hide_index=True, column_config=COLUMNS, height=280)


def _in_words(chosen: dict[str, float]) -> str:
    return " and ".join(
        f"{name} {chosen[f'min_{field}']:.2f} to {chosen[f'max_{field}']:.2f}"
        for field, name in (("agreement", "agreement"), ("reliability", "key reliability"))
    )


def _unplaced(found: TeachabilityMap) -> None:
    if found["unplaced"]:
        seeds = plural(found["unplaced"], "scored seed")
        st.caption(f"{seeds} without an answer key or weak answers cannot be placed here.")
