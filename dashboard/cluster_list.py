"""Clusters: how many seeds are in each, the formula of their tiers, and moving seeds by a rule."""

from typing import Any
from uuid import uuid4

import streamlit as st

from dashboard import domain_section, job_progress, session
from dashboard.mixture_words import TIERS
from dashboard.notices import empty, explained
from dashboard.rows import BulkResult
from dashboard.rows.mixtures import QualityFormula
from dashboard.tables import Columns, pick
from dashboard.wording import ago, plural

COLUMNS: Columns = {
    "domain": "Domain",
    "tier": "Tier",
    "seeds": st.column_config.NumberColumn("Accepted seeds", format="localized"),
    "mean_quality": st.column_config.NumberColumn("Mean quality", format="%.2f"),
    "by_hand": st.column_config.NumberColumn("By hand", help="Seeds whose tier a curator gave"),
}
LAST, TOKEN = "cluster_move_last", "cluster_move_token"
NO_DOMAIN = "seeds without a domain"
TO_TIERS = [*TIERS, "formula"]


def draw() -> None:
    """All clusters, and the form that moves seeds."""
    found = session.api().clusters()
    if not found["clusters"]:
        empty("No clusters yet", "Accept seeds in triage: each is in the cluster of its domain.")
    else:
        rows = [{**one, "domain": one["domain"] or "no domain"} for one in found["clusters"]]
        st.dataframe(pick(rows, COLUMNS), hide_index=True, column_config=COLUMNS, placeholder="")
        st.caption(f"As of {ago(found['as_of'])}.")
    _formula(found["formula"])
    if session.may("curator"):
        with st.expander("Move seeds to another cluster", icon=":material/move_down:"):
            _move()
    domain_section.draw()


def _formula(formula: QualityFormula) -> None:
    weighed = " + ".join(f"{weight:.2f} {part}" for part, weight in formula["weights"].items())
    verdicts = ", ".join(f"{verdict} {value:g}" for verdict, value in formula["verdicts"].items())
    with st.expander("How tiers are made", icon=":material/function:"):
        st.code(f"quality = {weighed}", language=None)
        st.markdown(
            f"High from {formula['high_from']:.2f}, medium from {formula['medium_from']:.2f}; a "
            "suspect key is always low.\n"
            f"- **verdict**: {verdicts}\n"
            "- **judges**: their mean level of well posed and verifiable, (level − 1) / 4\n"
            "- **traces**: kept ones of those verified, (kept + 1) / (verified + 2)\n"
            "- **source**: accepted of those decided, (accepted + 1) / (decided + 2)\n\n"
            f"What nothing is known of counts as {formula['unknown']:g}. A tag `tier:high`, "
            "`tier:medium` or `tier:low` has the last word."
        )


def _move() -> None:
    last: BulkResult | None = st.session_state.get(LAST)
    if last is not None:
        if last["job_id"] is not None:
            job_progress.follow(last["job_id"], "Moving seeds")
        else:
            st.success(f"{plural(last['count'], 'seed')} moved: History takes it back as one.")
    values = session.api().values()
    left, middle, right = st.columns(3)
    domain = left.selectbox(
        "Seeds of", [NO_DOMAIN, *values["domains"]], index=None, key="move_from",
        placeholder="any domain",
    )  # fmt: skip
    words = left.text_input("with the words", key="move_words", placeholder="triangle or angle")
    to_domain = middle.text_input("to the domain", key="move_domain", placeholder="as it is")
    to_tier = middle.selectbox(
        "to the tier", TO_TIERS, index=None, key="move_tier", placeholder="as it is",
        format_func=lambda tier: "by the formula" if tier == "formula" else tier,
    )  # fmt: skip
    reason = right.text_input("Reason (required)", key="move_reason").strip()
    rule = {
        name: value for name, value in (("domain", to_domain.strip()), ("tier", to_tier)) if value
    }
    if rule:
        with explained():
            _confirm(_meant(domain, words.strip()), rule, reason)


def _meant(domain: str | None, words: str) -> dict[str, Any]:
    chosen: dict[str, Any] = {"q": words} if words else {}
    if domain == NO_DOMAIN:
        chosen["has_domain"] = False
    elif domain is not None:
        chosen["domain"] = domain
    return chosen


def _confirm(meant: dict[str, Any], rule: dict[str, Any], reason: str) -> None:
    order: dict[str, Any] = {"filter": meant, "rules": [rule]}
    known = st.session_state.get(TOKEN)
    if known is None or known[0] != order:  # the token goes with the confirmation of just this
        known = st.session_state[TOKEN] = (order, str(uuid4()))
    order = {**order, "token": known[1], "reason": reason or "counting"}
    counted = session.api().move_seeds({**order, "dry_run": True})["count"]
    if st.button(
        f"Move {plural(counted, 'seed')}", type="primary", disabled=not (reason and counted),
        help=None if reason else "Give a reason first.",
    ):  # fmt: skip
        st.session_state[LAST] = session.api().move_seeds(order)
        del st.session_state[TOKEN]
        st.rerun()
