"""A policy's settings as widgets, started from a preset or a version."""

from collections.abc import Mapping
from typing import Any, NamedTuple, cast

import streamlit as st

from dashboard.rows import Policy, PolicyPreset
from dashboard.wording import escaped, plural

PREFIX = "trial_"
ORIGIN, LAST = "policy_origin", "policy_last_tried"
BAND = "trial_band"
PRIORS = {
    "weak_prior": "Accuracy of a weak model, before it has answered",
    "wrong_key_prior": "How often a weak model repeats a wrong key",
}
PRIOR_LEAST, PRIOR_MOST = 0.01, 1000.0
MOST_STEPS = 100


class Share(NamedTuple):
    """A setting between 0 and 1, as its widget shows it."""

    title: str
    least: float
    most: float
    about: str


THRESHOLD = Share(
    "Threshold: how probable a verdict must be",
    0.26,
    1.0,
    "Where no state reaches it, the seed stays unsettled. Higher: fewer verdicts, and fewer wrong "
    "ones.",
)
ADVANCED = {
    "gold_reliability": Share(
        "Trust in a given answer",
        0.01,
        1.0,
        "Probability that an answer which came with the seed is right.",
    ),
    "agreement_weight": Share(
        "Weight of agreement",
        0.0,
        1.0,
        "How far weak models that agree with a key speak for it. Models share mistakes: below 1 "
        "their agreement counts for less.",
    ),
    "overdispersion": Share(
        "Likeness of samples",
        0.0,
        0.99,
        "0 takes samples as independent; more makes many samples count for fewer.",
    ),
}


def label(policy: Policy) -> str:
    """What people call the version."""
    return f"{policy['name']} v{policy['version']}"


def default_of(policies: list[Policy]) -> Policy:
    """The policy of new runs: the newest version named default."""
    return next(policy for policy in policies if policy["name"] == "default")


def start_from(settings: Mapping[str, Any], origin: str) -> None:
    """Put the widgets to these settings; `origin` says where they come from."""
    state = st.session_state
    state[BAND] = (float(settings["low"]), float(settings["high"]))
    for name, found in {"threshold": THRESHOLD, **ADVANCED}.items():
        state[f"{PREFIX}{name}"] = _within(settings[name], found.least, found.most)
    for name in PRIORS:
        for part, value in zip(("alpha", "beta"), settings[name], strict=True):
            state[f"{PREFIX}{name}_{part}"] = _within(value, PRIOR_LEAST, PRIOR_MOST)
    state[f"{PREFIX}minimum_steps"] = min(settings["minimum_steps"], MOST_STEPS)
    state[ORIGIN] = origin


def _within(value: float, least: float, most: float) -> float:
    return min(max(float(value), least), most)


def draw(default: Policy, presets: list[PolicyPreset]) -> dict[str, Any]:
    """The widgets; the settings that they show."""
    state = st.session_state
    if BAND not in state:  # widgets forget what they showed while another page is shown
        start_from(state.get(LAST, default["settings"]), state.get(ORIGIN, label(default)))
    _starting_points(default, presets)
    band = st.slider(
        "Teachable band: how often the weak model is right", 0.0, 1.0, step=0.01,
        key=BAND, format="%.3g",
        help="Below it a seed is hard, above it easy. The band is of the model's accuracy, which "
        "its answers estimate.",
    )  # fmt: skip
    low, high = cast(tuple[float, float], band)
    threshold = st.slider(
        THRESHOLD.title, THRESHOLD.least, THRESHOLD.most, step=0.01, key=f"{PREFIX}threshold",
        format="%.2f", help=THRESHOLD.about,
    )  # fmt: skip
    with st.expander("Advanced settings"):
        settings = {"low": low, "high": high, "threshold": threshold, **_advanced()}
    state[LAST] = settings
    return settings


def _starting_points(default: Policy, presets: list[PolicyPreset]) -> None:
    st.caption("Start from")
    with st.container(horizontal=True, gap="small"):
        st.button(
            label(default), key="start_default", icon=":material/home:",
            help="The policy of new runs", on_click=start_from,
            args=(default["settings"], label(default)),
        )  # fmt: skip
        for preset in presets:
            st.button(
                preset["name"], key=f"start_{preset['name']}", help=_described(preset),
                on_click=start_from, args=(preset["settings"], preset["name"]),
            )  # fmt: skip
    origin = st.session_state[ORIGIN]
    chosen = next((preset for preset in presets if preset["name"] == origin), None)
    st.caption(f"**{escaped(origin)}**" + (f": {_described(chosen)}" if chosen else ""))


def _described(preset: PolicyPreset) -> str:
    samples = f" ({plural(preset['samples'], 'sample')} a prompt)" if preset["samples"] else ""
    return f"{escaped(preset['rule'])}{samples}. Source: {escaped(preset['source'])}."


def _advanced() -> dict[str, Any]:
    settings: dict[str, Any] = {}
    for (name, found), column in zip(ADVANCED.items(), st.columns(3), strict=True):
        settings[name] = column.number_input(
            found.title, found.least, found.most, step=0.01, format="%.2f",
            key=f"{PREFIX}{name}", help=found.about,
        )  # fmt: skip
    for name, title in PRIORS.items():
        settings[name] = _prior(name, title)
    settings["minimum_steps"] = st.number_input(
        "Steps of a multi-step prompt", 1, MOST_STEPS, key=f"{PREFIX}minimum_steps",
        help="Prompts that judges find shorter get a lower score, not another verdict.",
    )  # fmt: skip
    return settings


def _prior(name: str, title: str) -> list[float]:
    about = "A Beta distribution: its mean is alpha / (alpha + beta), its weight their sum."
    parts = zip(("alpha", "beta"), st.columns(2), strict=True)
    return [
        column.number_input(
            f"{title}: {part}", PRIOR_LEAST, PRIOR_MOST, step=0.5, key=f"{PREFIX}{name}_{part}",
            help=about,
        )
        for part, column in parts
    ]  # fmt: skip
