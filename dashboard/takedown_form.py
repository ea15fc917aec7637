"""The form that takes seeds down: which, why, how many that are, and then the deed."""

import re
from typing import Any, Final
from uuid import uuid4

import streamlit as st

from dashboard import session
from dashboard.mixture_words import TAKEDOWN_REASONS
from dashboard.notices import explained
from dashboard.wording import plural

LAST: Final = "takedown_last"
TOKEN: Final = "takedown_token"
WAYS: Final = ("Seeds by number", "Source", "Licence", "Import")


def draw_last() -> None:
    """What was taken down or lifted just now."""
    words = st.session_state.pop(LAST, None)
    if words is not None:
        st.success(words)


def draw() -> None:
    """Which seeds, why, and the button, which says how many."""
    way = st.segmented_control("Take down", WAYS, default=WAYS[0], key="takedown_way")
    left, right = st.columns([1.4, 1])
    with left, explained():
        meant = _meant(str(way))
    reason = right.selectbox(
        "Reason", list(TAKEDOWN_REASONS), index=None, key="takedown_reason",
        format_func=TAKEDOWN_REASONS.__getitem__, placeholder="why",
    )  # fmt: skip
    note = st.text_input("Note", key="takedown_note", max_chars=2000, placeholder="say, whose mail")
    if meant is not None:
        with explained():
            _confirm(meant, reason, note.strip())


def lift(batch: str, standing: int) -> None:
    """Lift a takedown, and say so on the page that is drawn next."""
    session.api().lift_takedown(batch)
    st.session_state[LAST] = f"{plural(standing, 'seed')} may be used again."
    st.rerun()


def numbers_in(text: str) -> list[int]:
    """The numbers of seeds that somebody pasted, with commas, spaces or lines between them.

    Raises:
        ValueError: something among them is no number of a seed; it is named.
    """
    words = [word for word in re.split(r"[\s,;]+", text) if word]
    wrong = next((word for word in words if not _is_number(word)), None)
    if wrong is not None:
        raise ValueError(f"“{wrong[:50]}” is no number of a seed")
    return list(dict.fromkeys(int(word) for word in words))


def _is_number(word: str) -> bool:
    return word.isascii() and word.isdecimal() and 0 < int(word[:20]) < 2**63 and len(word) < 20


def _meant(way: str) -> dict[str, Any] | None:
    """Which seeds, as the API takes it; None where nothing is chosen yet."""
    if way == "Source":
        sources = session.api().values()["sources"]
        name = st.selectbox("Source", sources, index=None, key="takedown_source")
        return {"filter": {"source": name}} if name else None
    if way == "Licence":
        licence = st.text_input("Licence", key="takedown_licence", help="As the seeds have it.")
        return {"filter": {"licence": licence.strip()}} if licence.strip() else None
    if way == "Import":
        imports = {one["id"]: one for one in session.api().imports()["items"]}
        chosen = st.selectbox(
            "Import", list(imports), index=None, key="takedown_import",
            format_func=lambda number: f"{number}: {imports[number]['label'] or 'no label'}",
            placeholder="one of the last",
        )  # fmt: skip
        return {"filter": {"import_id": chosen}} if chosen is not None else None
    text = st.text_area(
        "Numbers of seeds", key="takedown_numbers", height=100, placeholder="17, 18, 40",
    )  # fmt: skip
    try:
        numbers = numbers_in(text)
    except ValueError as error:
        st.error(f"{error}.", icon=":material/error:")
        return None
    return {"seed_ids": numbers} if numbers else None


def _confirm(meant: dict[str, Any], reason: str | None, note: str) -> None:
    why = {"reason": reason or "other", "note": note}
    tried = session.api().take_down({**meant, **why, "token": str(uuid4()), "dry_run": True})
    counted, already = tried["count"], tried["already"]
    unknown = len(meant.get("seed_ids", [])) - counted - already
    if children := tried["children"]:
        label = f"Also {plural(children, 'seed')} that models made from them"
        if st.checkbox(label, key="takedown_children"):
            meant, counted = {**meant, "with_children": True}, counted + children
    known = st.session_state.get(TOKEN)
    if known is None or known[0] != meant:  # the token goes with the confirmation of just this
        known = st.session_state[TOKEN] = (meant, str(uuid4()))
    order = {**meant, **why, "token": known[1]}
    if unknown > 0:
        st.caption(f"{unknown:,} of {len(meant['seed_ids']):,} are unknown.")
    if already:
        st.caption(
            f"{already:,} more are down by other takedowns: lifting those lets them be used again."
        )
    if st.button(
        f"Take {plural(counted, 'seed')} down", type="primary", icon=":material/block:",
        disabled=not (reason and counted), help=None if reason else "Choose a reason first.",
    ):  # fmt: skip
        found = session.api().take_down(order)
        del st.session_state[TOKEN]
        st.session_state[LAST] = f"{plural(found['count'], 'seed')} taken down."
        st.rerun()
