"""Seeds: the list, and one seed with all its evidence (`?seed=ID`)."""

import streamlit as st

from dashboard import seed_page, session
from dashboard.filters import choose_seeds, matching, without_sort
from dashboard.notices import empty, explained
from dashboard.rows import SeedRow
from dashboard.tables import Columns, choose_row

PAGE_SIZE = 50
COLUMNS: Columns = {
    "id": st.column_config.NumberColumn("Seed", width="small"),
    "prompt": st.column_config.TextColumn("Prompt", width="large"),
    "verdict": "Verdict",
    "score": st.column_config.ProgressColumn("Score", min_value=0, max_value=1, format="%.2f"),
    "status": "Status",
    "answer": st.column_config.TextColumn("Answer", width="small"),
    "agreement": st.column_config.NumberColumn("Agreement", format="%.2f"),
    "open_hits": "Open hits",
    "domain": "Domain",
    "source": "Source",
}


def _table(rows: list[SeedRow]) -> None:
    index = choose_row(rows, COLUMNS, key="seed_table", height=560)
    if index is not None:
        st.query_params["seed"] = str(rows[index]["id"])
        st.rerun()


def _pages(cursors: list[str | None], following: str | None) -> None:
    with st.container(horizontal=True, vertical_alignment="center"):
        if st.button("Previous", icon=":material/chevron_left:", disabled=len(cursors) == 1):
            cursors.pop()
            st.rerun()
        if st.button("Next", icon=":material/chevron_right:", disabled=following is None):
            cursors.append(following)
            st.rerun()
        st.caption(f"Page {len(cursors)}. Choose a row to see the seed.")


def _list() -> None:
    st.title("Seeds", anchor=False)
    chosen = choose_seeds(session.api().facets({}), sorted_list=True)
    total = session.api().facets(without_sort(chosen))["total"]
    # The way back through a keyset list is the cursors taken so far; another filter starts anew.
    if st.session_state.get("seeds_filter") != chosen:
        st.session_state["seeds_filter"] = chosen
        st.session_state["seeds_cursors"] = [None]
    cursors = st.session_state["seeds_cursors"]
    page = session.api().seeds(chosen, after=cursors[-1], limit=PAGE_SIZE)
    if not page["items"]:
        empty("No seeds here", "Remove a filter, or import seeds.")
        return
    st.caption(matching(total))
    _table(page["items"])
    _pages(cursors, page["next"])


with explained(whole_page=True):
    seed_id = st.query_params.get("seed")
    if seed_id and seed_id.isdecimal():
        seed_page.draw(int(seed_id))
    else:
        _list()
