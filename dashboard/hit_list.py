"""Hits: how many of each verdict, and the list from which one is chosen."""

from collections.abc import Mapping

import streamlit as st

from dashboard import check_progress, hit_queue, session
from dashboard.hit_words import MEANINGS, METHODS
from dashboard.keyset import cursors_of, draw_pages
from dashboard.notices import empty
from dashboard.rows import HIT_VERDICTS, CheckState, HitFilter, SeedHit
from dashboard.tables import Columns, choose_row

COLUMNS: Columns = {
    "id": st.column_config.NumberColumn("Hit", width="small"),
    "verdict": "Called",
    "state": "State",
    "action": "Action",
    "benchmark": "Benchmark",
    "item_id": "Item",
    "seed_id": st.column_config.NumberColumn("Seed", width="small"),
    "method": "Found by",
    "score": st.column_config.ProgressColumn("Score", min_value=0, max_value=1, format="%.2f"),
    "coverage_item": st.column_config.NumberColumn("Of the item", format="percent"),
    "coverage_seed": st.column_config.NumberColumn("Of the seed", format="percent"),
    "longest_words": st.column_config.NumberColumn(
        "In a row", help="Words of the longest passage."
    ),
}


def draw_counts(counts: Mapping[str, Mapping[str, int]]) -> None:
    """How many hits of each verdict are open, confirmed and dismissed."""
    for verdict, column in zip(HIT_VERDICTS, st.columns(len(HIT_VERDICTS)), strict=True):
        of = counts[verdict]
        column.metric(
            verdict.capitalize(), f"{of['open']:,} open",
            f"{of['confirmed']:,} confirmed, {of['dismissed']:,} dismissed",
            delta_color="off", delta_arrow="off", border=True,
            help=f"{MEANINGS[verdict].capitalize()}.",
        )  # fmt: skip


def draw(chosen: HitFilter, state: CheckState) -> None:
    """The hits under a filter, page by page."""
    cursors = cursors_of(hit_queue.LIST, chosen)
    page = session.api().hits(chosen, after=cursors[-1], limit=hit_queue.PAGE_SIZE)
    if not page["items"] and len(cursors) > 1:
        # What was on this page is settled; what was skipped is on those before.
        del cursors[1:]
        st.rerun()
    if not page["items"]:
        _nothing(chosen, state)
        return
    _table(page["items"])
    draw_pages(cursors, page["next"], "Choose a row to see the seed beside the item.")


def draw_nothing_loaded() -> None:
    """What to do where there is nothing to check against."""
    empty(
        "No benchmarks to check against",
        "Load the evaluation sets that your training data must not hold; seeds are then checked.",
    )
    st.page_link("app_pages/benchmarks.py", label="Load benchmarks", icon=":material/shield:")


def _table(hits: list[SeedHit]) -> None:
    shown = [{**hit, "method": METHODS[hit["method"]]} for hit in hits]
    index = choose_row(shown, COLUMNS, key="hit_table")
    if index is not None:
        hit_queue.show(hits[index])


def _nothing(chosen: HitFilter, state: CheckState) -> None:
    if chosen == {"state": "open"}:
        empty(
            "No open hits", f"Nothing has to be settled. {check_progress.checked_in_words(state)}"
        )
    elif set(chosen) == {"state"} or not chosen:
        empty("No such hits", check_progress.checked_in_words(state))
    else:
        empty("No hits here", "Remove a filter to see others.")
