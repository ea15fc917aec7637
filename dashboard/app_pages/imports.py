"""Import: a file of seeds, previewed and mapped before it is sent; and the imports so far."""

import streamlit as st

from dashboard import import_form, session
from dashboard.augmentation_form import AUGMENT
from dashboard.notices import empty, explained
from dashboard.rows import SeedImport
from dashboard.wording import ago, plural

COUNTS = ("created", "updated", "unchanged", "duplicate", "rejected")


def _row(seed_import: SeedImport) -> None:
    numbers: dict[str, int] = {name: seed_import[f"{name}_count"] for name in COUNTS}  # type: ignore[literal-required]
    text = ", ".join(f"{count:,} {name}" for name, count in numbers.items() if count)
    with st.container(border=True, horizontal=True, vertical_alignment="center"):
        st.text(
            f"{seed_import['id']}  {seed_import['label'] or 'without a label'}", width="stretch"
        )
        st.caption(f"{text or 'nothing'}, {ago(seed_import['created_at'])}")
        if seed_import["undone_at"]:
            st.caption(f"taken back {ago(seed_import['undone_at'])}")
        elif st.button("Take back", key=f"undo_{seed_import['id']}", icon=":material/undo:"):
            _take_back(seed_import["id"])


def _take_back(import_id: int) -> None:
    with explained():
        undone = session.api().undo_import(import_id)
        kept = undone["kept_decided"] + undone["kept_changed"] + undone["kept_taken"]
        withdrawn = plural(undone["withdrawn"], "seed")
        st.toast(
            f"{withdrawn} withdrawn, {undone['returned']:,} returned to an earlier wording, "
            f"{kept:,} kept: decided on or changed since."
        )
        st.rerun()


with explained(whole_page=True):
    st.title("Import", anchor=False)
    if session.may("ingester", "curator"):
        import_form.draw()
    if session.may("curator"):
        st.page_link(
            "app_pages/runs.py", label="Have a model make new seeds from accepted ones",
            icon=":material/forest:", query_params={AUGMENT: "1"},
        )  # fmt: skip
    imports = session.api().imports()["items"]
    st.subheader("Imports so far", anchor=False)
    if not imports:
        empty(
            "Nothing imported yet",
            "Each file becomes one import, which can be taken back as a whole.",
        )
    for seed_import in imports:
        _row(seed_import)
