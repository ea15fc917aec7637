"""A recipe as widgets: epochs per cluster, and what holds for a part and for the whole."""

from collections.abc import Sequence
from typing import Any

import streamlit as st

from dashboard.mixture_words import TRACE_RULES
from dashboard.optional_number import optional_number
from dashboard.rows import SeedValues
from dashboard.rows.mixtures import ClusterFigures, Recipe

MOST_EPOCHS = 5.0
EPOCHS_STEP = 0.25
SAFETY = "safety"


def draw_epochs(part: Recipe, clusters: Sequence[ClusterFigures], prefix: str) -> None:
    """A slider for each cluster of a part; what they say is written into the part."""
    mine = [one for one in clusters if one["part"] == part["name"]]
    if not mine:
        st.caption("No accepted seed fits this part's filter.")
    with st.container(height=420 if len(mine) > 5 else "content", border=False):
        for one in mine:
            _epochs(part, one, prefix)


def _epochs(part: Recipe, one: ClusterFigures, prefix: str) -> None:
    asked = _asked(part, one)
    found = st.slider(
        f"{one['domain'] or 'no domain'}, {one['tier']}", 0.0, max(MOST_EPOCHS, asked), asked,
        step=EPOCHS_STEP, key=f"{prefix}_{one['domain'] or ''}_{one['tier']}", format="%.2f epochs",
        help=f"{one['examples']:,} examples to train on, {one['held_out']:,} held out",
    )  # fmt: skip
    if found != asked:
        others = [rule for rule in part["clusters"] if not _is_of(rule, one)]
        rule = {"domain": one["domain"], "tier": one["tier"], "epochs": found}
        part["clusters"] = [*others, {k: v for k, v in rule.items() if v is not None}]


def _asked(part: Recipe, one: ClusterFigures) -> float:
    rules = (rule["epochs"] for rule in part["clusters"] if _is_of(rule, one))
    return float(next(rules, part["default_epochs"]))


def _is_of(rule: Recipe, one: ClusterFigures) -> bool:
    return (rule.get("domain"), rule["tier"]) == (one["domain"], one["tier"])


def draw_limits(part: Recipe, values: SeedValues, prefix: str) -> None:
    """Which seeds a part means, and its difficulty and budget."""
    chosen_from = {"domain": values["domains"], "source": values["sources"]}
    for (field, known), column in zip(chosen_from.items(), st.columns(2), strict=True):
        now = part["filter"].get(field)
        options = known if now is None or now in known else [now, *known]
        found = column.selectbox(
            f"Only the {field}", options, index=None if now is None else options.index(now),
            key=f"{prefix}_only_{field}", placeholder="any", help="More conditions: in the YAML.",
        )  # fmt: skip
        _put(part["filter"], field, found)
    least, most = part.get("min_difficulty", 0.0), part.get("max_difficulty", 1.0)
    chosen = st.slider(
        "Difficulty: how often the weak model fails", 0.0, 1.0, (float(least), float(most)),
        step=0.05, key=f"{prefix}_difficulty",
        help="With a limit, seeds without an answer of a weak model are left out.",
    )  # fmt: skip
    _put(part, "min_difficulty", chosen[0] or None)
    _put(part, "max_difficulty", chosen[1] if chosen[1] < 1 else None)
    _tokens(part, "Token budget of this part", f"{prefix}_budget")


def _tokens(recipe: Recipe, label: str, key: str) -> None:
    budget = optional_number(
        None, label, 1, 2**53 - 1, recipe.get("budget_tokens"), key, placeholder="no limit",
        help="Where there would be more, everything is seen more seldom, alike.",
    )  # fmt: skip
    _put(recipe, "budget_tokens", budget)


def draw_whole(recipe: Recipe, tokenizers: Sequence[str], prefix: str) -> None:
    """What holds for all parts; tokenizers by their names."""
    recipe["trace"] = st.selectbox(
        "Trace of a seed", list(TRACE_RULES), list(TRACE_RULES).index(recipe["trace"]),
        format_func=TRACE_RULES.__getitem__, key=f"{prefix}_trace",
    )  # fmt: skip
    left, right = st.columns(2)
    recipe["validation_share"] = left.number_input(
        "Held out for validation", 0.0, 0.5, float(recipe["validation_share"]), step=0.01,
        format="%.3f", key=f"{prefix}_validation",
        help="A share of the families of seeds: rewrites, near-duplicates and synthetic seeds stay "
        "on the side of their parents.",
    )  # fmt: skip
    share = right.number_input(
        "Share of safety", 0.0, 0.99, float(recipe.get(SAFETY, {}).get("share", 0.0)), step=0.01,
        format="%.3f", key=f"{prefix}_safety",
        help="Of all tokens: the accepted seeds of the domain safety, in no part then.",
    )  # fmt: skip
    domain = recipe.get(SAFETY, {}).get("domain", SAFETY)
    _put(recipe, SAFETY, {"domain": domain, "share": share} if share else None)
    recipe["context_tokens"] = left.number_input(
        "Context of the model, in tokens", 1, 2**53 - 1, recipe["context_tokens"],
        key=f"{prefix}_context",
    )  # fmt: skip
    now = recipe.get("tokenizer")
    known = [*tokenizers] if now is None or now in tokenizers else [now, *tokenizers]
    chosen = left.selectbox(
        "Tokenizer that counts", known, index=None if now is None else known.index(now),
        key=f"{prefix}_tokenizer", placeholder="none: tokens are scaled",
        help="Register that of the model to be trained under Tokenizers. What it has not counted "
        "yet is scaled; freezing counts it first.",
    )  # fmt: skip
    _put(recipe, "tokenizer", chosen)
    recipe["token_scale"] = right.number_input(
        "Its tokens for one counted here", 0.01, 10.0, float(recipe["token_scale"]), step=0.05,
        key=f"{prefix}_scale",
        help="Traces are counted by their teacher's tokenizer, prompts by their bytes.",
    )  # fmt: skip
    recipe["random_seed"] = left.number_input(
        "Random seed", 0, 2**53 - 1, recipe["random_seed"], key=f"{prefix}_random_seed"
    )
    with right:
        _tokens(recipe, "Token budget of all", f"{prefix}_whole_budget")


def _put(recipe: Recipe, field: str, value: Any) -> None:
    """Absent where there is none, as in the document of the API."""
    recipe.pop(field, None)
    if value is not None:
        recipe[field] = value
