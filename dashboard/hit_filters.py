"""The filter of hits as widgets, bound to the page's address."""

from collections.abc import Sequence
from typing import cast

import streamlit as st

from dashboard.hit_words import METHODS
from dashboard.rows import HIT_ACTIONS, HIT_METHODS, HIT_STATES, HIT_VERDICTS, HitFilter
from dashboard.wording import name

# The address and other pages' widgets share one space of names.
PREFIX = "hit_"


def choose_hits(benchmarks: Sequence[str], sources: Sequence[str]) -> HitFilter:
    """Draw the widgets; the chosen filter, of open hits at first."""
    offered: dict[str, tuple[str, Sequence[str]]] = {
        "verdict": ("Called", HIT_VERDICTS),
        "state": ("State", HIT_STATES),
        "action": ("Action", HIT_ACTIONS),
        "method": ("Found by", HIT_METHODS),
        "benchmark": ("Benchmark", benchmarks),
        "source": ("Source of the seed", sources),
    }
    with st.container(horizontal=True, vertical_alignment="bottom"):
        chosen = {
            field: st.selectbox(
                label, options, index=options.index("open") if field == "state" else None,
                key=f"{PREFIX}{field}", placeholder="any", bind="query-params",
                format_func=lambda value: METHODS.get(value, name(value)),
            )
            for field, (label, options) in offered.items()
        }  # fmt: skip
    return cast(HitFilter, {field: value for field, value in chosen.items() if value})


def whatever_became_of_them(chosen: HitFilter) -> HitFilter:
    """The filter for counts by verdict and state, which shows all of these."""
    kept = {k: value for k, value in chosen.items() if k not in ("verdict", "state")}
    return cast(HitFilter, kept)
