"""A seed's ratings by the rubric: the curator's own first, the judges' folded away until then."""

from typing import Any

import streamlit as st

from dashboard import session
from dashboard.notices import explained
from dashboard.rows import Dimension, Rating, Rubric, SeedDetail
from dashboard.rubric_words import DIMENSIONS, anchors_help
from dashboard.tables import Columns, pick
from dashboard.wording import ago

RATINGS: Columns = {
    "rater": "Rated by",
    **DIMENSIONS,
    "remark": st.column_config.TextColumn("In words", width="large"),
    "rubric_version": st.column_config.TextColumn("Rubric", width="small"),
}
REPLIES: Columns = {
    "endpoint": "Judge",
    "response": st.column_config.TextColumn("Reply", width="large"),
    "finish_reason": "Ended by",
    "completion_tokens": "Tokens",
    "cost": st.column_config.NumberColumn("Cost", format="dollar"),
}


def is_blind(ratings: list[Rating]) -> bool:
    """Whether the judges' ratings are kept from the user, who may rate and has not yet."""
    return session.may("curator") and not any(rating["mine"] for rating in ratings)


def blinded(pane: dict[str, Any]) -> dict[str, Any]:
    """The seed as the pane draws it, without what judges said of it."""
    found = pane["teachability"]
    if found:
        notes = [note for note in found["notes"] if not note.startswith("judges doubt")]
        found = found | {"notes": notes}
    return pane | {"judgments": [], "steps": None, "judge_gap": None, "teachability": found}


def draw(seed: SeedDetail, ratings: list[Rating]) -> None:
    """The form for one's own rating, and what judges and other curators gave."""
    st.subheader("Ratings", anchor=False)
    own = next((rating for rating in ratings if rating["mine"]), None)
    if session.may("curator"):
        _form(seed, own, next(r for r in session.api().rubrics() if r["newest"]))
    _others(seed, [rating for rating in ratings if not rating["mine"]], is_blind(ratings))


def _form(seed: SeedDetail, own: Rating | None, rubric: Rubric) -> None:
    if own is None:
        st.caption("Rate the seed yourself before you see what the judges say; leave out freely.")
    else:
        st.caption(f"Your rating, given {ago(own['created_at'])}.")
    # The keys change with the rating that stands, so that the widgets show it.
    mark = f"{seed['revision_id']}_{own['id'] if own else 0}"
    with st.form(f"rating_{mark}", border=True):
        with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
            chosen = {
                dimension["name"]: _level(dimension, own, mark)
                for dimension in rubric["dimensions"]
            }
        with st.container(horizontal=True, vertical_alignment="center"):
            saved = st.form_submit_button("Save the rating", type="primary")
            withdrawn = own is not None and st.form_submit_button("Take it back", type="tertiary")
    if saved:
        _save(seed, {name: value for name, value in chosen.items() if value is not None}, rubric)
    if withdrawn:
        with explained():
            session.api().withdraw_rating(seed["id"])
            st.rerun()


def _level(dimension: Dimension, own: Rating | None, mark: str) -> int | None:
    name = dimension["name"]
    label, key, help_text = DIMENSIONS[name], f"rate_{name}_{mark}", anchors_help(dimension)
    value: int | None = own.get(name) if own else None  # type: ignore[assignment]
    if name == "steps":
        return st.number_input(
            label, min_value=1, max_value=dimension["most"], value=value, key=key, help=help_text,
            width=150, placeholder="none",
        )  # fmt: skip
    levels = list(range(1, dimension["most"] + 1))
    return st.segmented_control(label, levels, default=value, key=key, help=help_text)


def _save(seed: SeedDetail, levels: dict[str, int], rubric: Rubric) -> None:
    if not levels:
        st.info("Choose at least one level.", icon=":material/info:")
        return
    of = {"revision_id": seed["revision_id"], "rubric_version": rubric["version"]}
    with explained():
        session.api().rate(seed["id"], levels | of)
        st.rerun()


def _others(seed: SeedDetail, curators: list[Rating], blind: bool) -> None:
    judgments = seed["evidence"]["judgments"]
    rows: list[dict[str, Any]] = [
        {**found, "rater": found["endpoint"],
         "remark": f"unscored: {found['unscored']}" if found["unscored"] else found["reasons"]}
        for found in judgments
    ] + [{**rating, "rater": f"{rating['user']} (curator)"} for rating in curators]  # fmt: skip
    if not rows:
        st.caption("No judge has rated this seed, and no other curator.")
        return
    label = f"What judges and other curators gave ({len(rows)})"
    with st.expander(label, icon=":material/balance:", expanded=not blind):
        st.dataframe(pick(rows, RATINGS), hide_index=True, column_config=RATINGS, placeholder="–")
        replies = [s for s in seed["evidence"]["samples"] if s["role"] == "judge"]
        if replies:
            st.caption("The judges' replies as they came")
            st.dataframe(pick(replies, REPLIES), hide_index=True, column_config=REPLIES)
