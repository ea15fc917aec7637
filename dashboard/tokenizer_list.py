"""Tokenizers beside the mixtures: registered by upload, and made to count."""

from typing import Final

import streamlit as st

from dashboard import job_progress, session
from dashboard.notices import empty, explained
from dashboard.rows.tokenizers import Tokenizer
from dashboard.tables import Columns, pick
from dashboard.wording import escaped, number

COLUMNS: Columns = {
    "name": "Tokenizer",
    "vocabulary": st.column_config.NumberColumn("Vocabulary", format="localized"),
    "template_tokens": st.column_config.NumberColumn(
        "Template", help="Tokens that the chat template adds to an example"
    ),
    "counted": st.column_config.NumberColumn(
        "Counted", format="localized", help="Prompts of accepted seeds, and kept traces"
    ),
    "waiting": st.column_config.NumberColumn("Not counted yet", format="localized"),
    "created_by": "By",
}
JOB: Final = "tokenizer_job"
TEMPLATE_TOKENS: Final = 16


def draw() -> None:
    """The list, what can be counted, and the form that registers one."""
    found = session.api().tokenizers(counts=True)
    job = st.session_state.get(JOB)
    if job is not None:
        job_progress.follow(job["id"], job["title"])
    if found:
        st.dataframe(
            pick(found, COLUMNS), hide_index=True, column_config=COLUMNS, placeholder=""
        )  # fmt: skip
        st.caption("A recipe that names one has its rows counted by it, each text once.")
    else:
        empty("No tokenizers yet", "Register that of the model to be trained to count its tokens.")
    if not session.may("curator"):
        return
    for tokenizer in found:
        if tokenizer["waiting"]:
            _count(tokenizer)
    with st.expander("Register a tokenizer", icon=":material/add:", expanded=not found):
        _add()


def _count(tokenizer: Tokenizer) -> None:
    label = f"Count {number(tokenizer['waiting'])} texts by {escaped(tokenizer['name'])}"
    if st.button(label, icon=":material/calculate:", key=f"count_{tokenizer['id']}"):
        with explained():
            job = session.api().count_tokens(tokenizer["id"])
            title = f"Counting by {tokenizer['name']}"
            st.session_state[JOB] = {"id": job["id"], "title": title}
            st.rerun()


def _add() -> None:
    left, right = st.columns(2)
    name = left.text_input("Name", placeholder="for example qwen3", key="tokenizer_name").strip()
    template = right.number_input(
        "Tokens of the chat template", 0, 100_000, TEMPLATE_TOKENS, key="tokenizer_template",
        help="What it adds to an example of one turn: roles, begin and end. It is no part of the "
        "file.",
    )  # fmt: skip
    file = st.file_uploader("The model's tokenizer.json", type=["json"], key="tokenizer_file")
    if st.button("Register", type="primary", disabled=not (name and file)):
        with explained():
            assert file is not None
            session.api().add_tokenizer(name, int(template), file.getvalue())
            st.rerun()
