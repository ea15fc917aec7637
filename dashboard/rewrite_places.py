"""From one place of the page to another: where a reader is stands in its address."""

import streamlit as st


def show_rewrite(rewrite_id: int) -> None:
    """Draw the page anew with this rewrite."""
    _go(rewrite=rewrite_id)


def show_form(seed_id: int, start_id: int) -> None:
    """Draw the page anew with the form for a seed, which begins with a rewrite's text."""
    _go(**{"seed": seed_id, "from": start_id})


def _go(**place: int) -> None:
    for name in ("rewrite", "seed", "from"):
        st.query_params.pop(name, None)
    for name, number in place.items():
        st.query_params[name] = str(number)
    st.rerun()
