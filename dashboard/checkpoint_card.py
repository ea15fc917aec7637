"""A checkpoint: which data and which recipe made it, how good it is, its files, how to serve it."""

from typing import Any

import streamlit as st

from dashboard import session
from dashboard.marked_text import facts_html
from dashboard.rows.training import Checkpoint
from dashboard.tables import Columns
from dashboard.training_words import KINDS, serve_command, size_words
from dashboard.wording import ago, escaped, name, plural

FILE_COLUMNS: Columns = {"name": "File", "size": "Size", "sha256": "SHA-256", "hash_of": "Hash of"}


def draw(checkpoint: Checkpoint, *, to_run: bool = False) -> None:
    """The card; `to_run` adds the way to its run, on a page of its own."""
    with st.container(border=True, key=f"checkpoint_{checkpoint['id']}"):
        with st.container(horizontal=True, vertical_alignment="center"):
            st.subheader(f"Checkpoint {checkpoint['id']}", anchor=False, width="stretch")
            _train_on(checkpoint)
        if not checkpoint["is_there"]:
            st.warning("Its files are gone: its run kept newer ones.", icon=":material/delete:")
        st.html(facts_html(_facts(checkpoint)))
        if to_run:
            _links(checkpoint)
        if checkpoint["is_there"]:
            st.caption("Serve it with vLLM, and register it as a model to measure it:")
            st.code(serve_command(checkpoint), language="bash", wrap_lines=True)
        _details(checkpoint)


def _train_on(checkpoint: Checkpoint) -> None:
    if session.may("curator") and checkpoint["is_there"]:
        st.page_link(
            "app_pages/training.py", label="Train on from this", icon=":material/model_training:",
            query_params={"new": "1", "from": str(checkpoint["id"])},
        )  # fmt: skip


def _facts(checkpoint: Checkpoint) -> list[tuple[str, str]]:
    lineage = checkpoint["lineage"] or {}
    export: dict[str, Any] = lineage.get("export") or {}
    facts = [
        ("Kind", KINDS.get(checkpoint["kind"], checkpoint["kind"])),
        ("Step", f"{checkpoint['step']:,}" + (", the last" if checkpoint["is_final"] else "")),
        ("Export", f"{checkpoint['export_name']} ({checkpoint['export_id']})"),
    ]
    if export.get("mixture") is not None:
        version = export.get("version")
        facts.append(("Mixture", f"{export['mixture']}, version {version}"))
    if export.get("rows_hash"):
        facts.append(("Hash of its rows", str(export["rows_hash"])[:16]))
    if export.get("manifest_sha256"):
        facts.append(("Manifest's SHA-256", str(export["manifest_sha256"])[:16]))
    facts.append(("Code version", checkpoint["code_version"] or "not known"))
    if checkpoint["parent_checkpoint_id"] is not None:
        facts.append(("Begun from checkpoint", str(checkpoint["parent_checkpoint_id"])))
    facts.append(("Written", ago(checkpoint["created_at"])))
    facts.append(("Files", _amount(checkpoint)))
    return facts


def _amount(checkpoint: Checkpoint) -> str:
    whole = sum(file["bytes"] for file in checkpoint["files"])
    return f"{plural(len(checkpoint['files']), 'file')}, {size_words(whole)}"


def _links(checkpoint: Checkpoint) -> None:
    with st.container(horizontal=True):
        st.page_link(
            "app_pages/training.py", label=f"Run: {escaped(checkpoint['run_name'])}",
            icon=":material/model_training:", query_params={"run": str(checkpoint["run_id"])},
        )  # fmt: skip
        st.page_link(
            "app_pages/exports.py", label=f"Export: {escaped(checkpoint['export_name'])}",
            icon=":material/download:", query_params={"export": str(checkpoint["export_id"])},
        )  # fmt: skip


def _details(checkpoint: Checkpoint) -> None:
    with st.expander("Metrics, recipe and files", icon=":material/list:"):
        rows = [
            {"kind": kind, "metric": name(metric), "value": value}
            for kind, values in checkpoint["metrics"].items()
            for metric, value in values.items()
        ]
        if rows:
            st.dataframe(
                rows, hide_index=True, placeholder="–",
                column_config={"kind": "Kind", "metric": "Metric", "value": "Value"},
            )  # fmt: skip
        if checkpoint["files"]:
            files = [
                {**file, "size": size_words(file["bytes"]), "hash_of": _hashed(file["hash_of"])}
                for file in checkpoint["files"]
            ]
            st.dataframe(files, hide_index=True, column_order=list(FILE_COLUMNS),
                         column_config=FILE_COLUMNS)  # fmt: skip
        st.caption(escaped(f"Folder: {checkpoint['path']}"))
        st.json(checkpoint["recipe"], expanded=False)


def _hashed(of: str) -> str:
    return "all of it" if of == "all" else "size, first and last MiB"
