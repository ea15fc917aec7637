"""Benchmarks: what training data must not hold, and what of it is missing."""

import streamlit as st

from dashboard import benchmark_form, check_progress, session
from dashboard.benchmark_rows import BenchmarkRow, summary, table_rows
from dashboard.notices import empty, explained
from dashboard.tables import Columns, choose_row

BENCHMARK_COLUMNS: Columns = {
    "status": "Status",
    "named": "Benchmark",
    "name": "Loaded as",
    "version": "Version",
    "split": "Split",
    "item_count": st.column_config.NumberColumn("Items", format="localized"),
    "items_of": st.column_config.NumberColumn(
        "Of", format="localized", help="How many it has, where that is known."
    ),
    "licence": "Licence",
    "gated": st.column_config.TextColumn("Gated", help=benchmark_form.GATED_HELP),
}
ROW_HEIGHT, MOST_ROWS = 35, 18


def _table(rows: list[BenchmarkRow], names: list[str]) -> None:
    height = ROW_HEIGHT * (min(len(rows), MOST_ROWS) + 1) + 3
    shown = [row["shown"] for row in rows]
    index = choose_row(shown, BENCHMARK_COLUMNS, key="benchmark_table", height=height)
    if index is None or index >= len(rows):
        st.caption("Choose a row to see how a missing one is loaded, or to correct a loaded one.")
        return
    loaded, named = rows[index]["loaded"], rows[index]["named"]
    if loaded is not None and session.may("curator"):
        benchmark_form.draw_correction(loaded, names)
    if named is not None and named["status"] != "loaded":
        benchmark_form.draw_missing(named)


with explained(whole_page=True):
    st.title("Benchmarks", anchor=False)
    benchmarks = session.api().benchmarks()["items"]
    named = session.api().named_benchmarks()
    names = [one["name"] for one in named]
    if not benchmarks:
        empty(
            "No benchmarks yet", "Load the evaluation sets that your training data must not hold."
        )
    else:
        check_progress.draw(session.api().check_state())
        st.page_link(
            "app_pages/contamination.py", label="Seeds found in them", icon=":material/difference:"
        )
    if session.may("curator"):
        with st.expander("Load a benchmark", icon=":material/upload:", expanded=not benchmarks):
            benchmark_form.draw_load(names)
        if loaded := st.session_state.get("benchmark_load"):
            benchmark_form.draw_loaded(loaded)
    st.caption(summary(named))
    _table(table_rows(benchmarks, named), names)
