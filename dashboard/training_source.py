"""What a new run is trained on: an export that is there, or a mixture's version, exported now."""

from collections.abc import Mapping
from typing import Any, Final, NamedTuple

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from dashboard import finder, session, version_choice
from dashboard.training_words import LAYOUT_OF
from dashboard.wording import day, plural

SOURCES: Final = ("An export", "A mixture's version, exported now")
# The layout of an export that either kind of training reads.
ANY: Final = "any"
_KINDS: Final = {"sft": "SFT: learn from responses", "grpo": "GRPO: learn from rewards"}


class Source(NamedTuple):
    """The data of a run: an export, or a version that is still to be exported.

    `label` names it; `kind` is of the training that it fits.
    """

    export_id: int | None
    version_id: int | None
    kind: str
    label: str


def choose(
    export_id: int | None,
    version_id: int | None,
    *,
    beside: int | None = None,
    kind: str | None = None,
) -> Source | None:
    """The widgets.

    Args:
        export_id: the export that is chosen at first.
        version_id: the version that is, in its place.
        beside: the version that is chosen where the reader turns to versions himself.
        kind: of training, that is chosen for data that fits both.
    """
    has_exports = bool(session.api().exports(limit=1)["items"])
    begun = SOURCES[1] if version_id is not None or not has_exports else SOURCES[0]
    what = st.segmented_control(
        "Data", SOURCES, default=begun, required=True, key="training_source",
        label_visibility="collapsed",
    )  # fmt: skip
    if what == SOURCES[0]:
        return _export(export_id, kind)
    return _version(beside if version_id is None else version_id, kind)


def _export(export_id: int | None, kind: str | None) -> Source | None:
    api = session.api()
    exports = finder.Kind(
        "export", lambda typed, after: api.exports(matching=typed, after=after), api.export,
        _label, lambda export: export["state"] != "failed",
    )  # fmt: skip
    export = finder.choose(
        st.container(), exports, "training_export", asked=export_id,
        help="A run waits for an export that is still being written.",
    )  # fmt: skip
    if export is None:
        st.info("There is no export yet.", icon=":material/info:")
        st.page_link("app_pages/exports.py", label="Export", icon=":material/download:")
        return None
    fitting = [one for one, layout in LAYOUT_OF.items() if export["layout"] in (layout, ANY)]
    chosen = fitting[0] if len(fitting) == 1 else _kind(st.columns(3)[0], kind)
    return Source(export["id"], None, chosen, export["name"])


def _kind(column: DeltaGenerator, kind: str | None) -> str:
    """By what to train on data that fits both."""
    return column.selectbox(
        "Train by", list(_KINDS), format_func=_KINDS.__getitem__, key="training_kind",
        index=list(_KINDS).index(kind) if kind in _KINDS else 0,
    )  # fmt: skip


def _label(export: Mapping[str, Any]) -> str:
    size = plural(export["row_count"], "row")
    written = size if export["state"] == "finished" else "being written"
    told = f"{export['layout']}, {written}, {day(export['created_at'])}"
    return f"{export['id']}: {export['name']} ({told})"


def _version(version_id: int | None, kind: str | None) -> Source | None:
    asked = None if version_id is None else session.api().mixture_version(version_id)
    left, middle, right = st.columns(3)
    mixture = version_choice.choose_mixture(left, "training_mixture", asked)
    if mixture is None:
        st.info("There is no mixture yet.", icon=":material/info:")
        st.page_link("app_pages/mixtures.py", label="Mixtures", icon=":material/blender:")
        return None
    version = version_choice.choose_version(middle, mixture, "training_version", asked)
    chosen = _kind(right, kind)
    if version is None:
        st.info("Freeze a version of this mixture first.", icon=":material/info:")
        return None
    return Source(None, version["id"], chosen, f"{mixture['name']} v{version['number']}")
