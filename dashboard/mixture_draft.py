"""A recipe while it is being designed: kept in the session until it is saved or discarded."""

import copy
from typing import NamedTuple

import streamlit as st

from dashboard.rows.mixtures import Mixture, Recipe


class Draft(NamedTuple):
    """A recipe that changes, and what it began from: `base`, at an `edition`.

    `drawn` counts how often its widgets had to begin anew.
    """

    recipe: Recipe
    base: Recipe
    edition: int
    drawn: int

    @property
    def changed(self) -> bool:
        """Whether there is anything to save."""
        return self.recipe != self.base


def draft_of(mixture: Mixture) -> Draft:
    """The draft, begun where there is none; one without changes follows the mixture."""
    draft: Draft | None = st.session_state.get(_key(mixture))
    if draft is None or (draft.edition != mixture["edition"] and not draft.changed):
        return begin(mixture)
    return draft


def begin(mixture: Mixture, recipe: Recipe | None = None) -> Draft:
    """Start from the mixture as it is, or from another recipe for it; the widgets start anew."""
    before: Draft | None = st.session_state.get(_key(mixture))
    base = mixture["recipe"]
    draft = Draft(
        copy.deepcopy(base if recipe is None else recipe), copy.deepcopy(base), mixture["edition"],
        before.drawn + 1 if before else 0,
    )  # fmt: skip
    st.session_state[_key(mixture)] = draft
    return draft


def _key(mixture: Mixture) -> str:
    return f"mixture_draft_{mixture['id']}"
