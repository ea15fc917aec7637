"""The rewrites that wait, by doubt, and those that are decided."""

from typing import cast

import streamlit as st

from dashboard import rewrite_measuring, session
from dashboard.keyset import cursors_of, draw_pages
from dashboard.notices import empty
from dashboard.rewrite_places import show_asking, show_rewrite
from dashboard.rewrite_words import KINDS, doubt
from dashboard.rows import REWRITE_STATES, RewriteFilter, RewriteRow
from dashboard.tables import Columns, choose_row
from dashboard.wording import ago, plural

PAGE_SIZE = 50
ANY = "any"
ORIGINS = {"models": True, "people": False}
COLUMNS: Columns = {
    "id": st.column_config.NumberColumn("Rewrite", width="small"),
    "seed_id": st.column_config.NumberColumn("Seed", width="small"),
    "doubt": st.column_config.TextColumn("Doubt", help="Checks that failed, and unknown ones."),
    "state": "State",
    "kind": "Kind",
    "prompt": st.column_config.TextColumn("New prompt", width="large"),
    "answer": "Answer",
    "author": "By",
    "made": "Made",
}


def draw() -> None:
    """The list under a filter, page by page; a row that is chosen opens its studio."""
    with st.container(horizontal=True, vertical_alignment="center"):
        st.title("Rewrites", anchor=False, width="content")
        if session.may("curator") and st.button("Ask a model", icon=":material/smart_toy:"):
            show_asking()
    chosen = _choose()
    cursors = cursors_of("rewrites", chosen)
    page = session.api().rewrites(chosen, after=cursors[-1], limit=PAGE_SIZE)
    if not page["items"] and len(cursors) > 1:
        del cursors[1:]
        st.rerun()
    if not page["items"]:
        _nothing(chosen)
        return
    if chosen.get("state") in (None, "proposed"):
        rewrite_measuring.draw_all()
    if page["total"] is not None:
        st.caption(f"{plural(page['total'], 'rewrite')}, those with the most doubt first.")
    _table(page["items"])
    draw_pages(cursors, page["next"], "Choose a row to see the rewrite beside its original.")


def _choose() -> RewriteFilter:
    with st.container(horizontal=True, vertical_alignment="bottom"):
        state = st.selectbox(
            "State", (*REWRITE_STATES, ANY), index=0, key="rewrite_state", bind="query-params"
        )
        kind = st.selectbox(
            "Kind", list(KINDS), index=None, key="rewrite_kind", placeholder="any",
            bind="query-params", format_func=KINDS.__getitem__,
        )  # fmt: skip
        origin = st.selectbox(
            "From", list(ORIGINS), index=None, key="rewrite_origin", placeholder="anybody",
            bind="query-params",
        )  # fmt: skip
        author = st.text_input(
            "By", key="rewrite_author", placeholder="name", bind="query-params"
        ).strip()
    values = {
        "state": None if state == ANY else state, "kind": kind, "author": author,
        "by_model": None if origin is None else ORIGINS[origin], "run_id": _run(),
    }  # fmt: skip
    given = {field: value for field, value in values.items() if value not in (None, "")}
    return cast(RewriteFilter, given)


def _run() -> int | None:
    """The run whose proposals are shown alone, where the address names one."""
    asked = st.query_params.get("run", "")
    if not asked.isdecimal():
        return None
    if st.button(f"Only of run {asked}", icon=":material/close:", type="tertiary",
                 help="Show those of all runs again."):  # fmt: skip
        del st.query_params["run"]
        st.rerun()
    return int(asked)


def _table(rewrites: list[RewriteRow]) -> None:
    shown = [
        {
            **row, "doubt": doubt(row), "kind": KINDS[row["kind"]],
            "state": f"{row['state']}, outdated" if row["stale"] else row["state"],
            "made": ago(row["created_at"]),
        }
        for row in rewrites
    ]  # fmt: skip
    index = choose_row(shown, COLUMNS, key="rewrite_table")
    if index is not None:
        show_rewrite(rewrites[index]["id"])


def _nothing(chosen: RewriteFilter) -> None:
    if chosen not in ({}, {"state": "proposed"}):
        empty("No rewrites here", "Remove a filter to see others.")
        return
    empty(
        "No rewrites wait",
        "Send seeds whose answer cannot be checked to rewriting, and ask a model for other "
        "wordings or write one: it waits here until somebody approves it.",
    )
    with st.container(horizontal=True, horizontal_alignment="center"):
        st.page_link(
            "app_pages/seeds.py", label="Seeds that need a rewrite", icon=":material/edit_note:",
            query_params={"status": "needs_rewrite"},
        )  # fmt: skip
