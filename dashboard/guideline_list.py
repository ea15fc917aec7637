"""The list of guidelines, and the form for a new one."""

import streamlit as st

from dashboard import session
from dashboard.guideline_words import CATEGORIES, category_words
from dashboard.notices import empty, explained
from dashboard.rows import Guideline
from dashboard.tables import Columns, choose_row
from dashboard.wording import ago

MOST_NAME, MOST_TEXT, MOST_NOTE = 100, 50_000, 2000
COLUMNS: Columns = {
    "id": st.column_config.NumberColumn("Guideline", width="small"),
    "name": "Name",
    "about": "Category",
    "version": st.column_config.NumberColumn("Version", width="small"),
    "characters": st.column_config.NumberColumn("Characters", format="localized"),
    "author": "Last by",
    "since": "Since",
}


def draw() -> None:
    """The page of all guidelines."""
    st.title("Safety", anchor=False)
    st.caption(
        "A guideline is shown to a teacher, and to judges of its traces. Nobody who is trained on "
        "the traces may learn of it, so no export holds a word of it."
    )
    with st.container(horizontal=True, vertical_alignment="bottom"):
        category = st.selectbox(
            "Category", list(CATEGORIES), index=None, format_func=category_words,
            placeholder="any", key="guideline_category", bind="query-params",
        )  # fmt: skip
        archived = st.toggle("Archived ones", key="guideline_archived")
    found = session.api().guidelines(category=category, archived=archived)["items"]
    if found:
        _table(found)
    else:
        empty("No guidelines here", "Write one below: a name, what it is about, and its text.")
    if session.may("curator"):
        with st.expander("New guideline", icon=":material/add:", expanded=not found):
            _form()


def _table(found: list[Guideline]) -> None:
    rows = [
        {
            **guideline,
            "about": category_words(guideline["category"]),
            "version": guideline["newest"]["number"],
            "characters": guideline["newest"]["characters"],
            "author": guideline["newest"]["author"],
            "since": ago(guideline["newest"]["created_at"]),
        }
        for guideline in found
    ]
    index = choose_row(rows, COLUMNS, key="guideline_table")
    if index is not None:
        _show(found[index]["id"])
    st.caption("Choose a row to read it, edit it, and review the traces made under it.")


def _form() -> None:
    left, right = st.columns(2)
    name = left.text_input("Name", max_chars=MOST_NAME, key="guideline_name").strip()
    category = right.selectbox(
        "What it is about", list(CATEGORIES), format_func=category_words, key="guideline_about"
    )
    text = st.text_area("Text", height=240, max_chars=MOST_TEXT, key="guideline_text")
    note = st.text_input("Note", max_chars=MOST_NOTE, placeholder="optional", key="guideline_note")
    missing = "Give it a name." if not name else "Write its text." if not text.strip() else ""
    if st.button(
        "Keep the guideline", type="primary", icon=":material/save:", disabled=bool(missing)
    ):
        with explained():
            wanted = {"name": name, "category": category, "text": text}
            made = session.api().add_guideline(wanted | ({"note": note} if note.strip() else {}))
            _show(made["id"])
    if missing:
        st.caption(missing)


def _show(guideline_id: int) -> None:
    st.query_params["guideline"] = str(guideline_id)
    st.rerun()
