"""The log of a training run: its last lines, which move on, and the whole to take home."""

from functools import partial
from typing import Final, TypedDict

import streamlit as st

from dashboard import session
from dashboard.api import Api
from dashboard.downloads import download_button
from dashboard.rows.training import TrainingRun
from dashboard.training_words import OVER, size_words

LINES: Final = 200
_TAIL_BYTES: Final = 65_536
_PART_BYTES: Final = 2**20
# A log of a run of weeks can be larger than what a browser is to be sent.
_MOST_BYTES: Final = 64 * 2**20


class Tail(TypedDict):
    """The end of a log as far as it was read; `next` is where to read on."""

    text: str
    next: int
    size: int


def offer(run: TrainingRun) -> None:
    """The whole log as a file.

    Not drawn with what renews itself: a button that is drawn anew forgets the file that the one
    before it was asked for.
    """
    download_button(
        "Log", partial(whole_log, session.api(), run["id"]), f"training-{run['id']}.log",
        "text/plain", help="All that the run has written", type="tertiary",
    )  # fmt: skip


def draw(run: TrainingRun) -> None:
    """The last lines, and what is added to them."""
    moves = run["state"] not in OVER
    with st.container(horizontal=True, vertical_alignment="center"):
        follow = moves and st.toggle("Follow", value=True, key="training_follow")
        note = st.empty()
    tail = _tail(run["id"], run["attempt"], read_on=follow or not moves)
    if not tail["text"]:
        st.caption("Nothing is written yet.")
        return
    lines = tail["text"].splitlines()
    whole = len(lines) <= LINES and tail["size"] <= _TAIL_BYTES
    size = size_words(tail["size"])
    note.caption(size if whole else f"Its last {min(len(lines), LINES)} lines; {size} in all.")
    with st.container(height=460, autoscroll=bool(follow), key="training_log"):
        st.code("\n".join(lines[-LINES:]), language=None, wrap_lines=True)


def whole_log(api: Api, run_id: int) -> bytes:
    """All of the log, or the end of one that is very large.

    It is called when no page is drawn, which is why it is told as whom it asks.
    """
    size = api.training_log(run_id)["size"]
    after = max(0, size - _MOST_BYTES)
    parts = []
    while True:
        part = api.training_log(run_id, after, _PART_BYTES)
        parts.append(part["text"])
        if part["next"] <= after or part["next"] >= part["size"]:
            return "".join(parts).encode()
        after = part["next"]


def _tail(run_id: int, attempt: int, *, read_on: bool) -> Tail:
    """The end of the log: read on from where it was, where that is wanted.

    Each attempt has a log of its own.
    """
    tails: dict[tuple[int, int], Tail] = st.session_state.setdefault("training_tails", {})
    known = tails.get((run_id, attempt))
    if known is not None and not read_on:
        return known
    part = session.api().training_log(run_id, None if known is None else known["next"], _TAIL_BYTES)
    if known is None or part["size"] < known["next"] or part["size"] - part["next"] > _TAIL_BYTES:
        # The first look, another file, or far more than is shown: its end.
        part = session.api().training_log(run_id, None, _TAIL_BYTES)
        text = part["text"]
    else:
        text = (known["text"] + part["text"])[-_TAIL_BYTES:]
    tails[run_id, attempt] = Tail(text=text, next=part["next"], size=part["size"])
    return tails[run_id, attempt]
