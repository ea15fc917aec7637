"""A number that can be taken away again."""

from typing import Any, TypeVar

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

Number = TypeVar("Number", int, float)


def optional_number(
    place: DeltaGenerator | None,
    label: str,
    least: Number,
    most: Number,
    value: Number | None,
    key: str,
    **options: Any,
) -> Number | None:
    """A number field that can be emptied, which one with a default cannot; None: nothing is in it.

    Args:
        place: where to draw it; None where the page is.
        label: what it is called.
        least: the smallest that may be given.
        most: the largest.
        value: what it begins with.
        key: of the widget; `value` counts only where it is new.
        options: others of `st.number_input`.
    """
    if key not in st.session_state:
        st.session_state[key] = value
    draw = st.number_input if place is None else place.number_input
    found: Number | None = draw(label, least, most, None, key=key, **options)
    return found
