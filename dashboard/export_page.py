"""One export: progress, files to download, manifest."""

import json
from functools import partial

import streamlit as st

from dashboard import session
from dashboard.filter_words import in_words
from dashboard.heads import detail_head
from dashboard.notices import explained
from dashboard.rows import Export
from dashboard.wording import ago, escaped, plural

EVERY_SECONDS = 1


def draw(export_id: int) -> None:
    """The page of one export; it renews itself until the files are whole."""
    export = session.api().export(export_id)
    detail_head(export["name"], "All exports", "export")
    seeds, begun = in_words(export["filter"]), ago(export["created_at"])
    st.caption(escaped(f"Export {export['id']}, layout {export['layout']}, {seeds}, begun {begun}"))
    if export["state"] == "pending":
        st.fragment(_wait, run_every=EVERY_SECONDS)(export_id)
    elif export["state"] == "failed":
        st.error(f"This export failed: {escaped(str(export['error']))}", icon=":material/error:")
    else:
        _finished(export)


def _wait(export_id: int) -> None:
    with explained():
        export = session.api().export(export_id)
        if export["state"] != "pending":
            st.rerun()
        done, total = export.get("done_count") or 0, export.get("total_count") or 0
        st.progress(done / total if total else 0.0, f"Writing: {done:,} of {plural(total, 'row')}")


def _finished(export: Export) -> None:
    st.success(f"{plural(export['row_count'], 'row')} written.", icon=":material/check_circle:")
    manifest = export["manifest"] or {}
    names = [file["name"] for file in manifest.get("files", [])]
    with st.container(horizontal=True):
        for name in [*names, "manifest.json"]:
            # The bytes are fetched when the button is pressed, not to draw it.
            fetch = partial(session.api().export_file, export["id"], name)
            st.download_button(name, fetch, file_name=name, icon=":material/download:")
    if checked := manifest.get("decontamination", {}).get("summary"):
        st.info(escaped(checked), icon=":material/shield:")
    st.subheader("Manifest", anchor=False)
    st.code(json.dumps(manifest, indent=2), language=None)
