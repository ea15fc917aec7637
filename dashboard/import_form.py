"""Upload, preview, mapping, progress and result of one import."""

from typing import Any
from uuid import uuid4

import streamlit as st
from streamlit.runtime.uploaded_file_manager import UploadedFile

from dashboard import session
from dashboard.notices import explained
from dashboard.rows import ImportResult, Recipe, RowError
from dashboard.uploads import (
    SEED_FIELDS,
    AsSent,
    SeedLines,
    UnreadableFile,
    as_csv,
    as_it_stands,
    guess_columns,
    mapped,
    preview,
    read_rows,
    recipe_of,
)
from dashboard.wording import escaped, plural

REQUIRED = ("prompt",)
SHOWN_REJECTED = 1000


def draw() -> None:
    """The form; after sending, what came of it."""
    file = st.file_uploader(
        "Seeds, as .jsonl, .csv or .parquet", type=["jsonl", "ndjson", "csv", "parquet"]
    )
    if file is not None:
        try:
            _map_and_send(file)
        except UnreadableFile as error:
            st.error(escaped(str(error)), icon=":material/error:")
    if outcome := st.session_state.get("import_outcome"):
        _outcome(*outcome)


def _map_and_send(file: UploadedFile) -> None:
    first = preview(file, file.name)
    if not first:
        st.error("No readable row at the beginning of this file.", icon=":material/error:")
        return
    st.caption("The first rows")
    st.dataframe(
        [{k: str(v) for k, v in row.items()} for row in first], hide_index=True, placeholder=""
    )
    columns = list(dict.fromkeys(name for row in first for name in row))
    recipe = _recipe(columns, file.file_id)
    if recipe is None:
        _map_by_hand(file, columns)
    elif st.button("Import", type="primary", icon=":material/upload:"):
        _send(file, as_it_stands(recipe["columns"]), recipe["name"])


def _recipe(columns: list[str], file_id: str) -> Recipe | None:
    """The public set that this file is of, guessed from its columns or chosen."""
    recipes = session.api().import_recipes()
    guess = recipe_of(columns, recipes)
    chosen = st.selectbox(
        "Layout of the file",
        [None, *recipes],
        index=0 if guess is None else 1 + recipes.index(guess),
        format_func=lambda recipe: "columns chosen by hand" if recipe is None else recipe["title"],
        key=f"recipe_{file_id}",
        width=360,
        help="A public set that Seedbed knows comes in as it was downloaded.",
    )
    if chosen is not None:
        _explain(chosen, columns)
    return chosen


def _explain(recipe: Recipe, columns: list[str]) -> None:
    places = {**recipe["fields"], **{f"metadata {k}": v for k, v in recipe["metadata"].items()}}
    read = "; ".join(f"{field} from `{place}`" for field, place in places.items())
    left_out = f" Not read: {recipe['left_out']}." if recipe["left_out"] else ""
    st.caption(f"{read}. Source `{recipe['name']}`, licence `{recipe['licence']}`.{left_out}")
    if lacking := sorted(set(recipe["columns"]) - set(columns)):
        st.warning(
            f"This file lacks columns of {recipe['title']}: {escaped(', '.join(lacking))}.",
            icon=":material/warning:",
        )


def _map_by_hand(file: UploadedFile, columns: list[str]) -> None:
    mapping = _mapping(columns, file.file_id)
    with st.container(horizontal=True):
        source = st.text_input("Source of rows that name none", value=file.name.rsplit(".", 1)[0])
        licence = st.text_input("Licence of rows that name none")
    given = {"source": source.strip(), "licence": licence.strip()}
    defaults = {name: value for name, value in given.items() if value}
    ready = mapping["prompt"] is not None and (mapping["source"] or "source" in defaults)
    if st.button("Import", type="primary", icon=":material/upload:", disabled=not ready):
        _send(file, mapped(mapping, defaults))
    if not ready:
        st.caption("Choose the column of the prompt, and name a source.")


def _mapping(columns: list[str], file_id: str) -> dict[str, str | None]:
    st.caption("Which column holds what")
    guesses = guess_columns(columns)
    mapping: dict[str, str | None] = {}
    with st.container(horizontal=True):
        for field in SEED_FIELDS:
            guess = guesses[field]
            mapping[field] = st.selectbox(
                field.replace("_", " ").capitalize() + (" (required)" if field in REQUIRED else ""),
                columns, index=columns.index(guess) if guess else None, placeholder="none",
                key=f"map_{file_id}_{field}", width=180,
            )  # fmt: skip
    return mapping


def _send(file: UploadedFile, as_sent: AsSent, recipe: str | None = None) -> None:
    bar = st.progress(0.0, "Sending…")

    def show(sent: int) -> None:
        bar.progress(min(0.95, file.tell() / max(1, file.size)), f"{plural(sent, 'row')} sent")

    lines = SeedLines(read_rows(file, file.name), as_sent, show)
    with explained():
        result = session.api().push_seeds(lines, label=file.name, key=str(uuid4()), recipe=recipe)
        st.session_state["import_outcome"] = (result, lines.rejected(result["results"]))
        st.rerun()
    bar.empty()


def _outcome(result: ImportResult, rejected: list[RowError]) -> None:
    numbers: dict[str, Any] = dict(result)
    with st.container(border=True, horizontal=True):
        for name in ("created", "updated", "unchanged", "duplicate"):
            st.metric(name.capitalize(), f"{numbers[name]:,}")
        st.metric("Rejected", f"{max(result['rejected'], len(rejected)):,}")
    if not rejected:
        return
    st.warning(
        "These rows were left out; correct them and import the file again.",
        icon=":material/warning:",
    )
    st.dataframe(
        rejected[:SHOWN_REJECTED], hide_index=True,
        column_config={"row": "Row", "field": "Field", "code": "Code", "message": "What is wrong"},
    )  # fmt: skip
    st.download_button(
        "Download the rejected rows", as_csv(rejected), "rejected.csv", icon=":material/download:"
    )
