"""The forms of the benchmarks page: load one, correct what is said of one, remove it."""

from typing import Any

import streamlit as st

from dashboard import check_progress, session
from dashboard.notices import explained
from dashboard.rows import Benchmark, BenchmarkLoad, NamedBenchmark
from dashboard.uploads import as_csv
from dashboard.wording import escaped, number, plural

BY_NAME = "as its name says"
NONE = "none"
GATED = {None: "as its authors ask", True: "yes", False: "no"}
GATED_HELP = (
    "The authors of a gated benchmark ask that its items are not published: only what a seed holds "
    "as well is shown of them."
)
COMMAS = "Several, with commas between them, are put one below the other: question, choices"


def draw_load(names: list[str]) -> None:
    """The form that loads a file."""
    with st.form("benchmark", border=False):
        file = st.file_uploader(
            "File", type=["jsonl", "ndjson", "json", "csv", "gz", "parquet", "arrow", "zip"],
            help="A Hugging Face data set (from save_to_disk, or a clone) as a .zip of its folder.",
        )  # fmt: skip
        left, middle, right = st.columns(3, gap="large")
        with left:
            fields: dict[str, Any] = {
                "name": st.text_input("Name", placeholder="for example gsm8k"),
                "stands_for": _stands_for(names, None),
                "gated": _gated(),
            }
        with middle:
            own = "the data set's own"
            fields["version"] = st.text_input("Version", placeholder=f"{own}, else 1")
            fields["licence"] = st.text_input("Licence", placeholder=own)
            fields["split"] = st.text_input("Split", placeholder="test, or the only one")
            fields["config"] = st.text_input("Configuration", placeholder="of a folder: the only")
        with right:
            columns = st.text_input("Columns with the question", "text", help=COMMAS)
            fields["text_field"] = [name.strip() for name in columns.split(",") if name.strip()]
            fields["id_field"] = st.text_input(
                "Column with the item's name", placeholder="id, else rows are numbered"
            )
            fields["benchmark_field"] = st.text_input(
                "Column with the benchmark's name",
                help="For a file that holds several; leave Name empty then.",
            )
        if st.form_submit_button("Load", type="primary") and file is not None:
            with explained():
                loaded = session.api().load_benchmark(file, file.name, fields)
                st.session_state["benchmark_load"] = loaded
                st.session_state[check_progress.JOB] = loaded["job_id"]
                st.rerun()


def draw_loaded(loaded: BenchmarkLoad) -> None:
    """What a file brought."""
    names = ", ".join(
        f"{escaped(b['name'])} ({plural(b['item_count'], 'item')})" for b in loaded["benchmarks"]
    )
    st.success(f"Loaded: {names or 'nothing'}.", icon=":material/check_circle:")
    if loaded["rejected"]:
        count = plural(loaded["rejected_count"], "row was", "rows were")
        st.warning(f"{count} rejected:", icon=":material/warning:")
        st.dataframe(loaded["rejected"], hide_index=True)
        st.download_button("Download the rejected rows", as_csv(loaded["rejected"]), "rejected.csv")


def draw_correction(benchmark: Benchmark, names: list[str]) -> None:
    """What a curator can say of a loaded benchmark."""
    benchmark_id = benchmark["id"]
    with st.container(border=True):
        st.markdown(f"**{escaped(benchmark['name'])}**, {escaped(benchmark['split'])}")
        with st.container(horizontal=True, vertical_alignment="bottom"):
            stands_for = _stands_for(
                names, benchmark["stands_for"], key=f"stands_for_{benchmark_id}"
            )
            gated = st.toggle(
                "Gated", benchmark["gated"], key=f"gated_{benchmark_id}", help=GATED_HELP
            )
            if st.button("Save", key=f"save_{benchmark_id}"):
                with explained():
                    changes = {"stands_for": stands_for, "gated": gated}
                    session.api().change_benchmark(benchmark_id, changes)
                    st.rerun()
            with st.popover("Remove", icon=":material/delete:"):
                st.caption("Its items go, and its hits: not if curators have decided on these.")
                if st.button("Remove this benchmark", key=f"remove_{benchmark_id}"):
                    with explained():
                        session.api().remove_benchmark(benchmark_id)
                        st.rerun()


def draw_missing(named: NamedBenchmark) -> None:
    """How to load what is missing."""
    with st.container(border=True):
        amount = "not loaded"
        if named["items_loaded"]:
            amount = f"loaded in part: {number(named['items_loaded'])} of {number(named['items'])}"
        st.markdown(f"**{escaped(named['name'])}** is {amount}.")
        if named["note"]:
            st.caption(escaped(named["note"].capitalize()) + ".")
        if named["how"]:
            st.caption(escaped(f"From a copy of {named['home']}:"))
            st.code(named["how"], language="sh", wrap_lines=True)


def _stands_for(names: list[str], chosen: str | None, *, key: str | None = None) -> str | None:
    offered = [None, NONE, *names]
    return st.selectbox(
        "Stands for", offered, offered.index(chosen), key=key,
        format_func=lambda name: BY_NAME if name is None else name,
        help="The benchmark of the list that this is. Its items are counted for it.",
    )  # fmt: skip


def _gated() -> str | None:
    chosen = st.selectbox(
        "Gated", list(GATED), format_func=lambda value: GATED[value], help=GATED_HELP
    )
    return None if chosen is None else str(chosen).lower()
