"""Mixtures: their list, and the designer of one (`?mixture=ID`) with its versions and YAML.

`?mixture=ID&version=ID` opens a version.
"""

import streamlit as st

from dashboard import (
    cluster_list,
    job_progress,
    mixture_designer,
    mixture_versions,
    session,
    takedown_list,
    tokenizer_list,
)
from dashboard.heads import detail_head
from dashboard.mixture_draft import begin
from dashboard.notices import empty, explained
from dashboard.rows.mixtures import Mixture
from dashboard.tables import Columns, choose_row
from dashboard.wording import ago, escaped

COLUMNS: Columns = {
    "name": "Mixture",
    "parts": "Parts",
    "versions": "Versions",
    "of": st.column_config.TextColumn("Ablation of"),
    "created_by": "By",
    "changed": "Changed",
}
LISTS = ("Mixtures", "Clusters", "Tokenizers", "Takedowns")
PAGES = ("Design", "Versions", "YAML")


def _open(mixture: Mixture) -> None:
    st.query_params["mixture"] = str(mixture["id"])
    st.rerun()


def _table(mixtures: list[Mixture]) -> None:
    names = {one["id"]: one["name"] for one in mixtures}
    rows = [
        {
            **one, "parts": ", ".join(part["name"] for part in one["recipe"]["parts"]),
            "of": names.get(one["parent_id"] or 0), "changed": ago(one["updated_at"]),
        }
        for one in mixtures
    ]  # fmt: skip
    index = choose_row(rows, COLUMNS, key="mixture_table")
    st.caption("Choose a row to design it, freeze it, or see its versions.")
    if index is not None:
        _open(mixtures[index])


def _new(mixtures: list[Mixture]) -> None:
    name = st.text_input("Name", placeholder="for example maths", key="mixture_name")
    names = {one["id"]: one["name"] for one in mixtures}
    joined = st.multiselect(
        "Concatenate", list(names), format_func=names.__getitem__, key="mixture_joined",
        placeholder="none: a mixture of all accepted seeds",
        help="The parts of two or more mixtures, say those of several domains, each under its own "
        "rules.",
    )  # fmt: skip
    if st.button("Create", type="primary", icon=":material/add:", disabled=not name.strip()):
        with explained():
            api = session.api()
            if joined:
                _open(api.compose_mixtures(name.strip(), joined))
            _open(api.add_mixture(name.strip(), {}))


def _list() -> None:
    st.title("Mixtures", anchor=False)
    st.caption(
        "A cluster is a domain at a tier of quality. A mixture says how many epochs of each are "
        "trained on; a frozen version of it lists every row, and never changes."
    )
    shown = st.segmented_control(
        "Show", LISTS, default=LISTS[0], key="mixture_list", label_visibility="collapsed"
    )
    if shown == "Clusters":
        cluster_list.draw()
        return
    if shown == "Tokenizers":
        tokenizer_list.draw()
        return
    if shown == "Takedowns":
        takedown_list.draw()
        return
    mixtures = session.api().mixtures()
    if mixtures:
        _table(mixtures)
    else:
        empty("No mixtures yet", "Accept seeds and have their traces verified, then mix them here.")
    if session.may("curator"):
        with st.expander("New mixture", icon=":material/add:", expanded=not mixtures):
            _new(mixtures)


def _yaml(mixture: Mixture) -> None:
    text = session.api().recipe_yaml(mixture["id"])
    st.download_button(
        "Download", text, file_name=f"mixture-{mixture['id']}.yaml", icon=":material/download:"
    )
    changed = st.text_area(
        "Recipe", text, height=420, key=f"yaml_{mixture['id']}_{mixture['edition']}"
    )
    if st.button("Design on from this", disabled=changed == text, icon=":material/edit:"):
        with explained():
            begin(mixture, session.api().read_recipe(changed))
            st.success("Taken over into the design. It is not saved yet.")


def _one(mixture_id: int) -> None:
    mixture = session.api().mixture(mixture_id)
    detail_head(mixture["name"], "All mixtures", "mixture", "version")
    st.caption(escaped(f"Edition {mixture['edition']}, changed {ago(mixture['updated_at'])}"))
    job = st.session_state.get(mixture_designer.JOB)
    if job and job["of"] == mixture_id:
        job_progress.follow(job["id"], job["title"])
    wanted = st.query_params.get("version", "")
    page = st.segmented_control(
        "Show", PAGES, default="Versions" if wanted else PAGES[0], key="mixture_show",
        label_visibility="collapsed",
    )  # fmt: skip
    if page == "Versions":
        mixture_versions.draw(mixture, int(wanted) if wanted.isdecimal() else None)
    elif page == "YAML":
        _yaml(mixture)
    else:
        mixture_designer.draw(mixture)


with explained(whole_page=True):
    asked = st.query_params.get("mixture", "")
    if asked.isdecimal():
        _one(int(asked))
    else:
        _list()
