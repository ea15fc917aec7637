"""One export: progress, files to download, manifest."""

import json
from functools import partial
from typing import Any

import streamlit as st

from dashboard import session
from dashboard.downloads import download_button
from dashboard.filter_words import in_words
from dashboard.heads import detail_head
from dashboard.notices import explained
from dashboard.rows import Export
from dashboard.wording import ago, escaped, plural

EVERY_SECONDS = 1
MANIFEST, CARD = "manifest.json", "README.md"
SHARD_COLUMNS = {
    "path": "File", "split": "Split", "first_position": "From row", "end_position": "Up to row",
    "rows": "Rows", "tokens": "Tokens", "bytes": "Bytes", "sha256": "SHA-256",
}  # fmt: skip


def draw(export_id: int) -> None:
    """The page of one export; it renews itself until the files are whole."""
    export = session.api().export(export_id)
    detail_head(export["name"], "All exports", "export")
    begun = ago(export["created_at"])
    st.caption(escaped(f"Export {export['id']}, {what(export)}, begun {begun}"))
    if export["state"] == "pending":
        st.fragment(_wait, run_every=EVERY_SECONDS)(export_id)
    elif export["state"] == "failed":
        st.error(f"This export failed: {escaped(str(export['error']))}", icon=":material/error:")
    else:
        _finished(export)


def what(export: Export) -> str:
    """What an export is of, in words."""
    if export.get("version_id"):
        of = f"version {export.get('version')} of {export.get('mixture')}"
        return f"format {export.get('format')}, {of}"
    return f"layout {export['layout']}, {in_words(export['filter'])}"


def _wait(export_id: int) -> None:
    with explained():
        export = session.api().export(export_id)
        if export["state"] != "pending":
            st.rerun()
        done, total = export.get("done_count") or 0, export.get("total_count") or 0
        st.progress(done / total if total else 0.0, f"Writing: {done:,} of {plural(total, 'row')}")
        if export.get("version_id"):
            _shards(export)


def _finished(export: Export) -> None:
    st.success(f"{plural(export['row_count'], 'row')} written.", icon=":material/check_circle:")
    if session.may("curator"):
        st.page_link(
            "app_pages/training.py", label="Train on this", icon=":material/model_training:",
            query_params={"new": "1", "export": str(export["id"])},
        )  # fmt: skip
    manifest = export["manifest"] or {}
    if export.get("destination"):
        st.info(f"Its files lie at {escaped(_place(export))}", icon=":material/cloud:")
    if export["row_count"]:
        st.page_link(
            "app_pages/lineage.py", label="Lineage of its rows", icon=":material/account_tree:",
            query_params={"export": str(export["id"]), "row": "0"},
        )  # fmt: skip
    if checked := manifest.get("decontamination", {}).get("summary"):
        st.info(escaped(checked), icon=":material/shield:")
    if export.get("version_id"):
        _of_version(export)
    else:
        with st.container(horizontal=True):
            for name in [*_names(manifest), MANIFEST]:
                _button(export, name)
    st.subheader("Manifest", anchor=False)
    st.code(json.dumps(manifest, indent=2), language=None)


def _of_version(export: Export) -> None:
    """Files to fetch, one at a time of perhaps thousands, and the card."""
    manifest = export["manifest"] or {}
    beside = [name for name in _names(manifest) if not name.startswith("data/")]
    with st.container(horizontal=True):
        for name in [*beside, MANIFEST]:
            _button(export, name)
    st.subheader("Data files", anchor=False)
    _shards(export)
    if not export.get("destination"):
        data = [name for name in _names(manifest) if name.startswith("data/")]
        chosen = st.selectbox("Data file", data, index=None, placeholder="choose one to fetch")
        if chosen:
            _button(export, chosen)
    if CARD in beside:
        st.subheader("Card", anchor=False)
        text = session.api().export_file(export["id"], CARD).decode()
        # As it is written: names of people's seeds are no formatting of this page.
        st.code(text, language="markdown", wrap_lines=True)


def _shards(export: Export) -> None:
    shards = session.api().export_shards(export["id"])
    if shards:
        st.dataframe(shards, column_config=SHARD_COLUMNS, hide_index=True)


def _names(manifest: dict[str, Any]) -> list[str]:
    return [file["name"] for file in manifest.get("files", [])]


def _place(export: Export) -> str:
    return f"{export.get('destination')}/{export.get('folder')}"


def _button(export: Export, name: str) -> None:
    fetch = partial(session.api().export_file, export["id"], name)
    download_button(name, fetch, name.rpartition("/")[2])
