"""The triage pane, a seed's evidence, a text, a thinking: components whose script is sent once.

The library is a component of its own that never changes, so that a reply to the pane carries data
only.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import streamlit as st

from dashboard.components.triage.library import library_script

# The library may arrive after the component that needs it.
_WHEN_READY = """
const ready = () => globalThis.seedbedPanes
  ? Promise.resolve(globalThis.seedbedPanes)
  : new Promise((resolve) => globalThis.addEventListener(
      "seedbed-panes", () => resolve(globalThis.seedbedPanes), { once: true }));
"""
_TRIAGE = """
export default (component) => {
  let stopped = false;
  ready().then((panes) => { if (!stopped) panes.mountTriage(component); });
  return () => { stopped = true; globalThis.seedbedPanes?.unmountTriage(component.parentElement); };
};
"""
_TEXT = "export default (component) => { ready().then((panes) => panes.mountText(component)); };"
_THINKING = (
    "export default (component) => { ready().then((panes) => panes.mountThinking(component)); };"
)
_SEED = "export default (component) => { ready().then((panes) => panes.mountSeed(component)); };"

_library = st.components.v2.component("seedbed_library", js=library_script())
_triage = st.components.v2.component("seedbed_triage", js=_WHEN_READY + _TRIAGE)
_text = st.components.v2.component("seedbed_text", js=_WHEN_READY + _TEXT)
_thinking = st.components.v2.component("seedbed_thinking", js=_WHEN_READY + _THINKING)
_seed = st.components.v2.component("seedbed_seed", js=_WHEN_READY + _SEED)


def load_library() -> None:
    """Send the library; once per page, outside of fragments."""
    _library(key="seedbed_library")


def triage_pane(data: dict[str, Any], on_request: Callable[[], None]) -> None:
    """The pane; its requests stand in `st.session_state["triage"].request`."""
    _triage(key="triage", data=data, on_request_change=on_request)


def shown_text(text: str, *, key: str, raw: bool = False) -> None:
    """A seed's text as Markdown and LaTeX, inert whatever it holds."""
    _text(key=key, data={"text": text, "raw": raw})


def shown_thinking(steps: Sequence[Mapping[str, Any]], *, key: str) -> None:
    """A teacher's thinking in steps (`trace_steps.Step`): folded, searched, with a ruler."""
    _thinking(key=key, data={"steps": [dict(step) for step in steps]})


def seed_evidence(seed: dict[str, Any], user: str) -> None:
    """All that was measured on a seed, drawn as in the pane, for the user of this name."""
    _seed(key="seed_evidence", data={"seed": seed, "user": user})
