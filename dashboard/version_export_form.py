"""The form that exports a frozen version of a mixture (`?version=ID` chooses one)."""

import streamlit as st

from dashboard import session, version_choice
from dashboard.notices import explained
from dashboard.rows.mixtures import MixtureVersion

KINDS = {"parquet": "Parquet", "jsonl.zst": "JSON lines, compressed (zstd)"}


def draw() -> None:
    """Choose a version and a format, and begin."""
    version = _choose()
    if version is None:
        return
    if version["blocked"]:
        st.error(
            "Seeds of this version must not be used any more. Freeze the mixture anew.",
            icon=":material/block:",
        )
    formats = {each["name"]: each for each in session.api().export_formats()}
    left, middle, right = st.columns(3, gap="large")
    name = left.text_input(
        "Name", f"{version['mixture']} v{version['number']}", key=f"export_name_{version['id']}"
    )
    chosen = middle.selectbox(
        "Format", list(formats), format_func=lambda key: f"{key}: {formats[key]['title']}",
        key="export_format",
    )  # fmt: skip
    kind = right.selectbox("Files", list(KINDS), format_func=lambda key: KINDS[key])
    destination = st.text_input(
        "Destination", placeholder="Seedbed's own folder", key="export_destination",
        help="s3://bucket/prefix or another store that an administrator has allowed",
    )  # fmt: skip
    st.caption("An export is the version, all or nothing: a row that may not go out stops it.")
    idle = version["blocked"] or not name.strip()
    if st.button(
        "Export the version", type="primary", icon=":material/download:", disabled=idle,
    ):  # fmt: skip
        order = {"name": name.strip(), "format": chosen, "kind": kind}
        if destination.strip():
            order["destination"] = destination.strip()
        with explained():
            export = session.api().start_version_export(version["id"], order)
            st.query_params.clear()
            st.query_params["export"] = str(export["id"])
            st.rerun()


def _choose() -> MixtureVersion | None:
    asked = st.query_params.get("version", "")
    wanted = session.api().mixture_version(int(asked)) if asked.isdecimal() else None
    left, right = st.columns(2, gap="large")
    mixture = version_choice.choose_mixture(left, "export_mixture", wanted)
    if mixture is None:
        st.caption("There is no mixture yet: design one on the page Mixtures and freeze it.")
        return None
    version = version_choice.choose_version(right, mixture, "export_version", wanted, blocked=True)
    if version is None:
        st.caption("It has no frozen version yet.")
    return version
