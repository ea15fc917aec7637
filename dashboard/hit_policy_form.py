"""The settings of a policy of decontamination as widgets, each explained in a line."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import streamlit as st

from dashboard.rows import HIT_ACTIONS, HIT_VERDICTS, Endpoint, HitPolicy

PREFIX = "hit_policy_"
LAST = "hit_policy_last"
DECIDED_BY = {"model": "the fitted model", "rule": "a plain rule"}
ACTIONS_ABOUT = (
    "Block: the seed is neither accepted nor exported, unless a curator dismisses the hit. Review: "
    "it is once a curator has settled the hit. Ignore: the hit is evidence and stops nothing."
)


class Number(NamedTuple):
    """A setting in numbers: its range, and what it does."""

    title: str
    least: float
    most: float
    about: str


COPIES = {
    "ngram_words": Number(
        "Words of an n-gram", 1, 64,
        "Items are compared by runs of so many words. 8 is usual; fewer find more by chance.",
    ),
    "ngram_coverage": Number(
        "Coverage of an item", 0.01, 1.0,
        "Share of the item's words, rare ones weighing more, that the shared runs must cover.",
    ),
    "extra_words": Number(
        "Words around a short item", 0, 20,
        "A text with so many words besides an item shorter than an n-gram still consists of it.",
    ),
    "common_items": Number(
        "Boilerplate from", 1, 1_000_000,
        "A run that stands in more items than this is boilerplate and weighs nothing.",
    ),
}  # fmt: skip
PAIRS = {
    "candidates": Number(
        "Nearest items", 0, 100,
        "So many are compared closely with each seed; 0 finds copies only.",
    ),
    "same_probability": Number(
        "Contaminated from", 0.01, 1.0,
        "Probability of the same problem. Low: a copy in training data costs more than a look.",
    ),
    "variant_probability": Number(
        "Else a variant from", 0.01, 1.0,
        "Probability of the same problem or a changed one.",
    ),
    "related_similarity": Number(
        "Else related from", 0.01, 1.0,
        "Similarity of the rare words; 1 shows none.",
    ),
}  # fmt: skip
EMBEDDING_SIMILARITY = Number(
    "Near in meaning from", 0.01, 1.0, "Similarity of the two embeddings."
)


NUMBERS = {**COPIES, **PAIRS, "embedding_similarity": EMBEDDING_SIMILARITY}
TITLES = {
    **{field: number.title for field, number in NUMBERS.items()},
    "verdict_by": "Told apart by",
    "embedding_endpoint_id": "Embeddings by",
    "judge_endpoint_id": "Judged by",
    **{verdict: verdict.capitalize() for verdict in HIT_VERDICTS},
}


def label(policy: HitPolicy) -> str:
    """What people call the version."""
    return f"{policy['name']} v{policy['version']}"


def start_from(settings: Mapping[str, Any]) -> None:
    """Put the widgets to these settings."""
    for field, value in settings.items():
        if field == "actions":
            for verdict, action in value.items():
                st.session_state[f"{PREFIX}{verdict}"] = action
            continue
        if found := NUMBERS.get(field):
            value = type(found.least)(min(max(value, found.least), found.most))
        st.session_state[f"{PREFIX}{field}"] = value


def draw(in_force: HitPolicy, endpoints: Sequence[Endpoint]) -> dict[str, Any]:
    """The widgets; the settings that they show."""
    # Widgets forget what they showed while another page is shown.
    if f"{PREFIX}candidates" not in st.session_state:
        start_from(st.session_state.get(LAST, in_force["settings"]))
    copies, pairs, rest = st.columns(3, gap="large")
    with copies:
        st.subheader("Copies", anchor=False)
        settings: dict[str, Any] = {field: _number(field, COPIES[field]) for field in COPIES}
    with pairs:
        st.subheader("Reworded and changed", anchor=False)
        settings |= {field: _number(field, PAIRS[field]) for field in PAIRS}
        settings["verdict_by"] = _choice("verdict_by", list(DECIDED_BY))
        st.caption("A model fitted to pairs of known verdict, or a rule on passages and numbers.")
    with rest:
        st.subheader("What a hit does", anchor=False)
        settings["actions"] = {verdict: _choice(verdict, HIT_ACTIONS) for verdict in HIT_VERDICTS}
        st.caption(ACTIONS_ABOUT)
        settings |= _models(endpoints)
    st.session_state[LAST] = settings
    return settings


def _number(field: str, found: Number) -> int | float:
    whole = isinstance(found.least, int)
    value: int | float = st.number_input(
        found.title, found.least, found.most, step=1 if whole else 0.01,
        format="%d" if whole else "%.2f", key=f"{PREFIX}{field}",
    )  # fmt: skip
    st.caption(found.about)
    return value


def _choice(field: str, options: Sequence[str]) -> str:
    chosen: str = st.selectbox(
        TITLES[field], options, format_func=lambda value: DECIDED_BY.get(value, value),
        key=f"{PREFIX}{field}",
    )  # fmt: skip
    return chosen


def _models(endpoints: Sequence[Endpoint]) -> dict[str, Any]:
    st.subheader("Models", anchor=False)
    names = {one["id"]: one["name"] for one in endpoints if one["archived_at"] is None}
    settings: dict[str, Any] = {}
    for field, about in (
        ("embedding_endpoint_id", "Finds items that say the same in other words."),
        ("judge_endpoint_id", "Asked of pairs in doubt; its word replaces theirs."),
    ):
        chosen = st.session_state.get(f"{PREFIX}{field}")
        archived = [] if chosen is None or chosen in names else [chosen]
        settings[field] = st.selectbox(
            TITLES[field], [*names, *archived], index=None, key=f"{PREFIX}{field}",
            placeholder="left out",
            format_func=lambda number: names.get(number, f"endpoint {number} (archived)"),
        )  # fmt: skip
        st.caption(about)
        if field == "embedding_endpoint_id":
            settings["embedding_similarity"] = _number("embedding_similarity", EMBEDDING_SIMILARITY)
    return settings
