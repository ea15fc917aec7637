"""Benchmarks: what training data must not hold, and the seeds found in them."""

import streamlit as st

from dashboard import job_progress, session
from dashboard.notices import empty, explained
from dashboard.rows import Benchmark, BenchmarkLoad
from dashboard.tables import Columns, choose_row, pick
from dashboard.uploads import as_csv
from dashboard.wording import escaped, plural

BENCHMARK_COLUMNS: Columns = {
    "name": "Name",
    "version": "Version",
    "split": "Split",
    "licence": "Licence",
    "item_count": st.column_config.NumberColumn("Items", format="localized"),
}
HIT_COLUMNS: Columns = {
    "seed_id": "Seed",
    "benchmark": "Benchmark",
    "split": "Split",
    "item_id": "Item",
    "method": "Found by",
    "coverage_item": st.column_config.NumberColumn("Of the item", format="percent"),
    "coverage_seed": st.column_config.NumberColumn("Of the seed", format="percent"),
    "longest_words": "Words in a row",
}


def _table(benchmarks: list[Benchmark]) -> None:
    rows = pick(benchmarks, BENCHMARK_COLUMNS)
    st.dataframe(rows, hide_index=True, column_config=BENCHMARK_COLUMNS, placeholder="")


def _load_form() -> None:
    with st.form("benchmark", border=False):
        file = st.file_uploader("File", type=["jsonl", "csv", "parquet", "gz"])
        left, right = st.columns(2, gap="large")
        with left:
            fields = {
                "name": st.text_input("Name", placeholder="for example gsm8k"),
                "version": st.text_input("Version", "1"),
                "split": st.text_input("Split", "test"),
                "licence": st.text_input("Licence"),
            }
        with right:
            fields["text_field"] = st.text_input("Column with the question", "text")
            fields["id_field"] = st.text_input("Column with the item's name", "id")
            fields["benchmark_field"] = st.text_input(
                "Column with the benchmark's name",
                help="For a file that holds several; leave Name empty then.",
            )
        if st.form_submit_button("Load", type="primary") and file is not None:
            with explained():
                loaded = session.api().load_benchmark(file, file.name, fields)
                st.session_state["benchmark_load"] = loaded
                st.rerun()


def _loaded(loaded: BenchmarkLoad) -> None:
    names = ", ".join(
        f"{escaped(b['name'])} ({plural(b['item_count'], 'item')})" for b in loaded["benchmarks"]
    )
    st.success(f"Loaded: {names or 'nothing'}.", icon=":material/check_circle:")
    if loaded["rejected"]:
        count = plural(loaded["rejected_count"], "row was", "rows were")
        st.warning(f"{count} rejected:", icon=":material/warning:")
        st.dataframe(loaded["rejected"], hide_index=True)
        st.download_button("Download the rejected rows", as_csv(loaded["rejected"]), "rejected.csv")
    if loaded["job_id"]:
        job_progress.follow(loaded["job_id"], "Checking seeds")


def _hits() -> None:
    st.subheader("Open hits", anchor=False)
    page = session.api().hits(state="open", limit=100)
    if not page["items"]:
        st.caption("None. A seed found in a benchmark is listed here until a curator settles it.")
        return
    index = choose_row(page["items"], HIT_COLUMNS, key="hit_table")
    if index is not None:
        seed_id = page["items"][index]["seed_id"]
        st.switch_page("app_pages/seeds.py", query_params={"seed": str(seed_id)})
    st.caption("Choose a row to see the seed beside the item.")


def _check() -> None:
    if st.button("Check all seeds not yet checked", icon=":material/shield:"):
        with explained():
            st.session_state["check_job"] = session.api().check_contamination()["id"]
    if job_id := st.session_state.get("check_job"):
        job_progress.follow(job_id, "Checking seeds")


with explained(whole_page=True):
    st.title("Benchmarks", anchor=False)
    benchmarks = session.api().benchmarks()["items"]
    if benchmarks:
        _table(benchmarks)
    else:
        empty(
            "No benchmarks yet", "Load the evaluation sets that your training data must not hold."
        )
    if session.may("curator"):
        if benchmarks:
            _check()
        with st.expander("Load a benchmark", icon=":material/upload:", expanded=not benchmarks):
            _load_form()
        if loaded := st.session_state.get("benchmark_load"):
            _loaded(loaded)
    _hits()
