"""Export: accepted seeds or a version as training files (`?export=ID` shows one)."""

from typing import Any

import streamlit as st

from dashboard import export_page, session, version_export_form
from dashboard.filters import choose_seeds
from dashboard.notices import empty, explained
from dashboard.rows import Export, SeedFilter
from dashboard.tables import Columns, choose_row
from dashboard.wording import ago, plural

LAYOUTS = {
    "sft": "SFT: messages with a response",
    "rl": "RL: prompt and ground truth",
}
RULES = {
    "shortest": "a teacher's trace: the shortest of each seed",
    "random": "a teacher's trace: one of each seed by lot",
    "judge": "a teacher's trace: the one that judges rate best",
    "all": "a teacher's traces: all that are kept",
}
WITHOUT_RESPONSE = {"skip": "Leave them out", "answer": "Write the bare answer in a box"}


def _preview(chosen: SeedFilter) -> int:
    found = session.api().preview_export(chosen)
    text = f"{plural(found['rows'], 'accepted seed')} would be written"
    if found["without_reference"]:
        text += f"; {plural(found['without_reference'], 'seed')} left out for want of an answer"
    if found["with_standing_hits"]:
        text += (
            f"; {plural(found['with_standing_hits'], 'seed')} left out because of benchmark hits"
        )
    if found["never_checked"]:
        text += f"; {plural(found['never_checked'], 'seed')} not yet checked against any benchmark"
    if found["checked_before"]:
        text += f"; {plural(found['checked_before'], 'seed')} checked before a benchmark changed"
    st.caption(text + ".")
    return found["rows"]


def _form() -> None:
    chosen = choose_seeds(session.api().values(), with_status=False)
    rows = _preview(chosen)
    left, middle, right = st.columns(3, gap="large")
    name = left.text_input("Name", placeholder="for example first-mixture")
    layout = middle.selectbox("Layout", list(LAYOUTS), format_func=lambda key: LAYOUTS[key])
    formats = right.multiselect("Formats", ["jsonl", "parquet"], default=["jsonl", "parquet"])
    order = {"name": name.strip(), "layout": layout, "formats": formats, "filter": chosen}
    if layout == "sft":
        order |= _responses()
    # What a preview counts without an answer may well have a trace.
    idle = not rows and "traces" not in order
    if st.button("Export", type="primary", icon=":material/download:", disabled=idle):
        with explained():
            export = session.api().start_export(order)
            st.query_params["export"] = str(export["id"])
            st.rerun()


def _responses() -> dict[str, Any]:
    """Whose responses a row of SFT holds."""
    rule = st.selectbox(
        "Responses", list(RULES), index=None, format_func=lambda key: RULES[key],
        placeholder="the reference's", key="export_traces",
    )  # fmt: skip
    if rule is not None:
        st.caption("Seeds without a kept trace are left out and counted; no answer is needed.")
        found = {g["id"]: g["name"] for g in session.api().guidelines()["items"]}
        guideline = st.selectbox(
            "Only traces under a guideline", list(found), index=None, placeholder="any traces",
            format_func=found.__getitem__, key="export_guideline",
        )  # fmt: skip
        return {"traces": rule} | ({"guideline_id": guideline} if guideline else {})
    return {
        "without_response": st.radio(
            "Seeds without a stored response in the reference class", list(WITHOUT_RESPONSE),
            format_func=lambda key: WITHOUT_RESPONSE[key], horizontal=True,
        )
    }  # fmt: skip


COLUMNS: Columns = {
    "id": "Export",
    "name": "Name",
    "of": "Of",
    "state": "State",
    "row_count": "Rows",
    "begun": "Begun",
}


def _table(exports: list[Export]) -> None:
    rows = [
        {**export, "of": export_page.what(export), "begun": ago(export["created_at"])}
        for export in exports
    ]
    index = choose_row(rows, COLUMNS, key="export_table")
    if index is not None:
        st.query_params["export"] = str(exports[index]["id"])
        st.rerun()
    st.caption("Choose a row to see its manifest and download its files.")


def _list() -> None:
    st.title("Export", anchor=False)
    exports = session.api().exports()["items"]
    if session.may("curator"):
        of_version = "version" in st.query_params
        with st.expander(
            "Export a version of a mixture", icon=":material/blender:", expanded=of_version
        ):
            version_export_form.draw()
        with st.expander(
            "Export accepted seeds", icon=":material/add:", expanded=not of_version
        ):  # fmt: skip
            _form()
    if exports:
        _table(exports)
    else:
        empty("No exports yet", "Accept seeds in triage, then write them to training files here.")


with explained(whole_page=True):
    export_id = st.query_params.get("export")
    if export_id and export_id.isdecimal():
        export_page.draw(int(export_id))
    else:
        _list()
