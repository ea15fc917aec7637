"""How a seed comes by its tier of quality, and the tier that a curator gives it."""

from uuid import uuid4

import streamlit as st

from dashboard import session
from dashboard.mixture_words import TIERS
from dashboard.notices import explained
from dashboard.wording import escaped

FORMULA = "formula"


def draw(seed_id: int) -> None:
    """The line of a seed's page."""
    with explained():
        found = session.api().seed_quality(seed_id)
        parts = ", ".join(f"{name} {value:.2f}" for name, value in found["parts"].items())
        by = " by hand" if found["by_hand"] else ""
        with st.container(horizontal=True, vertical_alignment="center"):
            st.caption(
                escaped(
                    f"Cluster: {found['domain'] or 'no domain'}, {found['tier']}{by}. "
                    f"Quality {found['quality']:.2f}: {parts}."
                )
            )
            if session.may("curator"):
                _by_hand(seed_id, found["tier"] if found["by_hand"] else FORMULA)


def _by_hand(seed_id: int, now: str) -> None:
    choices = [FORMULA, *TIERS]
    chosen = st.selectbox(
        "Tier", choices, choices.index(now), key=f"tier_{seed_id}_{now}", width=160,
        format_func=lambda tier: "by the formula" if tier == FORMULA else tier,
        help="A tier given by hand is a tag; it stands in the history and is undone there.",
    )  # fmt: skip
    if chosen != now:
        rule = {"tier": chosen}
        order = {"token": str(uuid4()), "reason": "on its page", "seed_ids": [seed_id]}
        session.api().move_seeds({**order, "rules": [rule]})
        st.rerun()
