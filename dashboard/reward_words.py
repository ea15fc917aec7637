"""A response's reward in words: what each part came to, and why."""

import streamlit as st

from dashboard.rows import Repetition, Reward, RewardSettings
from dashboard.wording import escaped, plural

OVERRIDES = {
    "format": "Malformed: one block of thinking has to come first, so the answer was not looked at "
    "and counts as -1.",
    "truncated": "Cut off: it did not end by itself, so the answer was not looked at and counts as "
    "-0.5.",
}


def draw(scored: Reward, settings: RewardSettings) -> None:
    """The reward, its parts with their weights, and a sentence on each."""
    answer = settings["accuracy_weight"] * scored["accuracy"]
    repeated = settings["repetition_weight"] * scored["repetition"]["reward"]
    with st.container(border=True, horizontal=True):
        st.metric("Reward", f"{scored['total']:+.3f}")
        st.metric("of it for the answer", f"{answer:+.3f}",
                  f"{settings['accuracy_weight']:.3f} × {scored['accuracy']:+.3f}",
                  delta_color="off", delta_arrow="off")  # fmt: skip
        st.metric("and for repetition", f"{repeated:+.3f}",
                  f"{settings['repetition_weight']:.3f} × {scored['repetition']['reward']:+.3f}",
                  delta_color="off", delta_arrow="off")  # fmt: skip
    st.markdown("\n".join(f"- {line}" for line in lines(scored, settings)))


def lines(scored: Reward, settings: RewardSettings) -> list[str]:
    """A sentence on the answer, the length and the repetition."""
    override = scored["override"]
    said = OVERRIDES[override] if override is not None else _length(scored, settings)
    return [_answer(scored), said, _repetition(scored["repetition"])]


def _answer(scored: Reward) -> str:
    found = f"**{escaped(scored['answer'])}**" if scored["answer"] else "nothing"
    box = f"In the last box behind the thinking stands {found}"
    if scored["is_undecided"]:
        return (
            f"{box}: only algebra could tell whether that is the key, so it counts as wrong here."
        )
    return f"{box}: {'correct' if scored['correct'] else 'wrong'}."


def _length(scored: Reward, settings: RewardSettings) -> str:
    tokens = plural(scored["tokens"], "token")
    if scored["tokens_estimated"]:
        tokens += " (estimated)"
    share = f"{scored['length_share']:.0%}"
    if scored["is_clipped"]:
        return f"{tokens}: longer than a response may be, so it counts as the longest."
    if not scored["correct"]:
        end = f"{settings['wrong_up_to']:,}"
        return f"{tokens}: {share} of the way to {end}, where wrong answers lose least."
    if not scored["length_share"]:
        return f"{tokens}: right answers lose nothing up to {settings['free_up_to']:,}."
    return (
        f"{tokens}: {share} of the way from {settings['free_up_to']:,} to "
        f"{settings['longest']:,}, over which right answers lose half."
    )


def _repetition(found: Repetition) -> str:
    if not found["reward"]:
        return f"In {plural(found['words'], 'word')} no five in a row are repeated too often."
    floored = " The floor has cut it." if found["is_floored"] else ""
    return (
        f"Most often, {found['most']:,} times in {plural(found['words'], 'word')}, comes "
        f"“{escaped(found['phrase'])}”; {found['repeated']:,} such phrases are repeated.{floored}"
    )
