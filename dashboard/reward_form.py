"""The constants of the reward as sliders, and a response to be scored."""

from typing import Any

import streamlit as st

from dashboard import session
from dashboard.notices import explained
from dashboard.rows import RewardSettings

# Those of the report, which the API takes where nothing is said.
PUBLISHED: RewardSettings = {
    "longest": 31_744, "free_up_to": 25_600, "wrong_up_to": 3_702, "accuracy_weight": 8 / 13,
    "repetition_weight": 1 / 13, "repeated_from": 5, "repetition_floor": -1.0,
}  # fmt: skip
LENGTHS = {
    "longest": ("Longest response", "Longer ones count as this long. The report: 31,744."),
    "free_up_to": ("Right answers lose nothing up to", "The report: 25,600."),
    "wrong_up_to": ("Wrong answers lose least from", "The report: 3,702."),
}
MOST_TOKENS = 131_072
PASTED, STORED = "Pasted text", "A stored trace"
KEY, CORRECT, WRONG = "held against a key", "correct", "wrong"


def constants() -> RewardSettings:
    """The sliders; what they stand at."""
    for name, value in PUBLISHED.items():
        st.session_state.setdefault(f"reward_{name}", value)
    for name, (title, about) in LENGTHS.items():
        st.slider(title, 1, MOST_TOKENS, key=f"reward_{name}", help=about)
    left, right = st.columns(2)
    with left:
        st.slider(
            "Weight of the answer", 0.0, 1.0, key="reward_accuracy_weight", format="%.3f",
            help="The report: 8/13.",
        )  # fmt: skip
        st.number_input(
            "Repeated from", 1, 1000, key="reward_repeated_from",
            help="Five words in a row are repeated where they come more often than this.",
        )  # fmt: skip
    with right:
        st.slider(
            "Weight of repetition", 0.0, 1.0, key="reward_repetition_weight", format="%.3f",
            help="The report: 1/13.",
        )  # fmt: skip
        st.number_input(
            "Floor of repetition", -1000.0, 0.0, key="reward_repetition_floor",
            help="Ours: without it one word a hundred times would cost -4.8. Empty: none.",
        )  # fmt: skip
    st.button("Back to the report's", icon=":material/undo:", on_click=_reset)
    return {name: st.session_state[f"reward_{name}"] for name in PUBLISHED}  # type: ignore[return-value]


def problem(settings: RewardSettings) -> str | None:
    """Why these constants make no curve."""
    longest = f"{settings['longest']:,} tokens, the longest response"
    if settings["free_up_to"] >= settings["longest"]:
        return f"Right answers have to begin to lose before {longest}."
    if settings["wrong_up_to"] > settings["longest"]:
        return f"Wrong answers have to lose least from {longest}, or earlier."
    return None


def _reset() -> None:
    for name, value in PUBLISHED.items():
        st.session_state[f"reward_{name}"] = value


def response() -> dict[str, Any] | None:
    """What is to be scored, as the API takes it; None as long as there is nothing."""
    origin = st.radio("What to score", [PASTED, STORED], horizontal=True)
    if origin == STORED:
        return _stored()
    text = st.text_area(
        "Response", height=180, placeholder="<think>…</think> So the answer is \\boxed{42}.",
        help="With its tags: the form is part of the reward.",
    )  # fmt: skip
    with st.container(horizontal=True, vertical_alignment="bottom"):
        tokens = st.number_input(
            "Tokens", 0, value=None, placeholder="estimated", width=160,
            help="Empty: one for each four characters.",
        )  # fmt: skip
        answer = st.selectbox("Its answer is", [KEY, CORRECT, WRONG], width=200)
        key = st.text_input("Key", width=200) if answer == KEY else None
        ended = st.checkbox("It ended by itself", value=True)
    if not text.strip() or key == "":
        return None
    said = {"key": key} if key is not None else {"correct": answer == CORRECT}
    return {"response": text, "tokens": tokens, "ended": ended, **said}


def _stored() -> dict[str, Any] | None:
    number = st.number_input(
        "Number of the trace", 1, value=None, width=200, help="As the page Traces lists it."
    )
    if number is None:
        return None
    with explained():
        trace = session.api().trace(int(number))
        return {
            "response": f"<think>\n{trace['thinking']}\n</think>\n\n{trace['answer']}",
            "tokens": trace["completion_tokens"],
            "ended": trace["finish_reason"] != "length",
            "key": trace["reference_answer"],
        }
    return None
