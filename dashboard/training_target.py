"""Where a new run is trained, as widgets: each place has fields of its own."""

from collections.abc import Mapping
from typing import Any

import streamlit as st

from dashboard.training_words import PLACES
from dashboard.wording import escaped

MEANINGS = {
    "local": "A worker starts the processes on its own machine, and looks after them.",
    "hosts": "From a worker's machine, by DeepSpeed's launcher, on all hosts of a hostfile.",
    "slurm": "A batch job is submitted from a worker's machine, and looked after there.",
    "kubernetes": "A manifest is written, which somebody with access to the cluster applies.",
}


def draw(faults: Mapping[str, str]) -> dict[str, Any]:
    """The widgets; the target as the API takes it."""
    where = st.segmented_control(
        "Where", list(PLACES), default="local", required=True, format_func=PLACES.__getitem__,
        key="training_where", label_visibility="collapsed",
    )  # fmt: skip
    where = where or "local"
    st.caption(MEANINGS[where])
    target: dict[str, Any] = {"where": where}
    first, second, third = st.columns(3)
    target["devices"] = first.number_input(
        "Devices on each node", 1, 64, 1, key="training_devices",
        help="GPUs; processes where there are none.",
    )  # fmt: skip
    if where != "local":
        target["nodes"] = second.number_input("Nodes", 1, 1024, 1, key="training_nodes")
    with third:
        target |= _own(where)
    for field, message in faults.items():
        if field == "target" or field.startswith("target."):
            st.error(escaped(message), icon=":material/error:")
    return target


def _own(where: str) -> dict[str, Any]:
    if where == "hosts":
        path = st.text_input(
            "Hostfile", placeholder="/etc/seedbed/hostfile", key="training_hostfile",
            help="An absolute path on the worker's machine.",
        )  # fmt: skip
        return {"hostfile": path.strip()} if path.strip() else {}
    if where == "slurm":
        hours = st.number_input("Most hours", 1, 8760, 72, key="training_hours")
        return {"hours": hours}
    if where == "kubernetes":
        image = st.text_input("Image", placeholder="seedbed-training", key="training_image")
        return {"image": image.strip()} if image.strip() else {}
    return {}
