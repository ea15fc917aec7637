"""From one place of the page to another: where a reader is stands in its address."""

from typing import Final

import streamlit as st

ASKED: Final = "asked"
"""In the address of a seed's form: the run that asks a model about it."""


def show_rewrite(rewrite_id: int) -> None:
    """Draw the page anew with this rewrite."""
    _go(rewrite=rewrite_id)


def show_form(seed_id: int, start_id: int) -> None:
    """Draw the page anew with the form for a seed, which begins with a rewrite's text."""
    _go(**{"seed": seed_id, "from": start_id})


def show_asked(seed_id: int, run_id: int) -> None:
    """Draw the page anew with the form for a seed, and how far a run about it is."""
    _go(**{"seed": seed_id, ASKED: run_id})


def show_asking() -> None:
    """Draw the page anew with the form that asks a model about many seeds."""
    _go(ask=1)


def _go(**place: int) -> None:
    for name in ("rewrite", "seed", "from", "ask", "run", ASKED):
        st.query_params.pop(name, None)
    for name, number in place.items():
        st.query_params[name] = str(number)
    st.rerun()
