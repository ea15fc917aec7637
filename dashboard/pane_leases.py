"""The seeds that the triage pane of this session holds, to give back when another page is shown."""

import contextlib
from typing import Any

import streamlit as st

from dashboard.api import Api, ApiError
from dashboard.pane_requests import Reply

_HELD = "triage_held"


def remember(request: dict[str, Any], reply: Reply) -> None:
    """Note what the pane holds after this request."""
    held = {*request["holding"], *(seed["id"] for seed in reply["seeds"])}
    before = st.session_state.get(_HELD, {"seed_ids": set(), "leased_until": None})
    st.session_state[_HELD] = {
        "seed_ids": (before["seed_ids"] | held) - set(request["release"]),
        "leased_until": reply["leased_until"] or before["leased_until"],
    }


def give_back(api: Api) -> None:
    """Give back what the pane holds, if anything; it runs out by itself where that fails."""
    held = st.session_state.pop(_HELD, None)
    st.session_state.pop("triage_view", None)
    if held and held["seed_ids"]:
        with contextlib.suppress(ApiError):
            api.release(sorted(held["seed_ids"]), held["leased_until"])
