"""Seeds: the list, and one seed with all its evidence (`?seed=ID`)."""

import streamlit as st

from dashboard import bulk_bar, seed_edits, seed_page, session, views_menu
from dashboard.filter_words import matching, without_sort
from dashboard.filters import choose_seeds
from dashboard.keyset import cursors_of, draw_pages
from dashboard.notices import empty, explained
from dashboard.rows import SeedFilter, SeedRow
from dashboard.seed_columns import COLUMNS
from dashboard.tables import pick
from dashboard.wording import plural

PAGE_SIZES = (25, 50, 100)


def _browse(rows: list[SeedRow]) -> list[int]:
    """The table; a cell opens its seed, the boxes in front select. Returns the selected seeds."""
    event = st.dataframe(
        pick(rows, COLUMNS), hide_index=True, column_config=COLUMNS, height=560, placeholder="",
        key=f"seed_table_{rows[0]['id']}_{len(rows)}", on_select="rerun",
        selection_mode=["multi-row", "single-cell"],
    )  # fmt: skip
    if cells := event.selection.cells:
        st.query_params["seed"] = str(rows[int(cells[0][0])]["id"])
        st.rerun()
    return [rows[index]["id"] for index in event.selection.rows]


def _head() -> tuple[SeedFilter, int, bool]:
    api = session.api()
    with st.container(horizontal=True, vertical_alignment="bottom"):
        st.title("Seeds", anchor=False, width="stretch")
        menu = st.container(width="content")
    chosen = choose_seeds(api.values(), sort="newest")
    with menu:
        views_menu.draw(chosen)
    with st.container(horizontal=True, vertical_alignment="center"):
        st.caption(matching(api.count_seeds(without_sort(chosen))), width="stretch")
        editing = session.may("curator") and st.toggle("Edit in the table", key="editing")
        size = st.segmented_control(
            "Seeds a page", PAGE_SIZES, default=50, required=True, key="page_size",
            label_visibility="collapsed",
        )  # fmt: skip
    return chosen, size or 50, editing


def _bulk(chosen: SeedFilter, selected: list[int]) -> None:
    """One decision for the selected seeds or, where none is, for all that match."""
    if not session.may("curator"):
        return
    meant = plural(len(selected), "selected seed") if selected else "all seeds that match"
    with st.expander(f"Decide on {meant}", icon=":material/checklist:"):
        bulk_bar.draw(selected or chosen)


def _list() -> None:
    chosen, size, editing = _head()
    cursors = cursors_of("seeds", (chosen, size))
    page = session.api().seeds(chosen, after=cursors[-1], limit=size)
    if not page["items"]:
        empty("No seeds here", "Remove a filter, or import seeds.")
        return
    if editing:
        seed_edits.draw(page["items"])
    else:
        selected = _browse(page["items"])
        _bulk(chosen, selected)
    draw_pages(cursors, page["next"], "A cell opens its seed; the boxes in front select seeds.")


with explained(whole_page=True):
    seed_id = st.query_params.get("seed")
    if seed_id and seed_id.isdecimal():
        seed_page.draw(int(seed_id))
    else:
        _list()
