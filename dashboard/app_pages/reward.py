"""The reward of reinforcement learning: its curve under other constants, and a response scored."""

import streamlit as st

from dashboard import reward_charts, reward_form, reward_words, session
from dashboard.drawing import draw_plot
from dashboard.notices import explained
from dashboard.rows import Reward, RewardSettings


def _scored(settings: RewardSettings) -> Reward | None:
    response = reward_form.response()
    if response is None:
        st.caption("Paste a response and say what is right, and each part of its reward is shown.")
        return None
    with explained():
        scored = session.api().reward_of(response, settings)
        reward_words.draw(scored, settings)
        return scored
    return None


def _curve(settings: RewardSettings, scored: Reward | None) -> None:
    with explained():
        curve = session.api().reward_curve(settings)
        draw_plot(
            reward_charts.reward_curve(curve, scored),
            "Reward against length, for right answers and for wrong ones",
            "reward_curve",
            reward_charts.curve_rows(curve),
        )


with explained(whole_page=True):
    st.title("Reward", anchor=False)
    st.caption(
        "What a response earns in reinforcement learning, after the Phi-4-reasoning report: right "
        "answers lose by length, wrong ones gain by it, repetition costs. Nothing here is stored."
    )
    left, right = st.columns([1, 1.6], gap="large")
    with left:
        settings = reward_form.constants()
    if wrong := reward_form.problem(settings):
        right.warning(wrong, icon=":material/warning:")
        st.stop()
    # Drawn above what it shows, which is known only after the form below.
    plot = right.container()
    with right:
        scored = _scored(settings)
    with plot:
        _curve(settings, scored)
