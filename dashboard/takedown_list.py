"""Takedowns: what must not be used any more, which versions it blocks, and how it is lifted."""

import streamlit as st

from dashboard import session, takedown_form
from dashboard.keyset import cursors_of, draw_pages
from dashboard.mixture_words import TAKEDOWN_REASONS
from dashboard.notices import empty, explained
from dashboard.rows.mixtures import MixtureVersion
from dashboard.rows.takedowns import TakedownBatch
from dashboard.wording import ago, escaped, plural


def draw() -> None:
    """The form that takes seeds down, and all that was."""
    takedown_form.draw_last()
    if session.may("curator"):
        with st.expander("Take seeds down", icon=":material/block:"):
            takedown_form.draw()
    cursors = cursors_of("takedowns", "all")
    page = session.api().takedown_batches(after=cursors[-1])
    if not page["items"]:
        empty("Nothing is taken down", "What a licence or its owner forbids is marked here.")
        return
    for batch in page["items"]:
        with st.container(border=True):
            _batch(batch)
    draw_pages(cursors, page["next"], "What is lifted stays on record.")


def _batch(batch: TakedownBatch) -> None:
    standing = batch["standing"]
    with st.container(horizontal=True, vertical_alignment="center"):
        title = f"**{plural(batch['seeds'], 'seed')}**: {TAKEDOWN_REASONS[batch['reason']]}"
        note = f" · “{escaped(batch['note'])}”" if batch["note"] else ""
        st.markdown(f"{title}{note}  \n:gray[{_when(batch)}]", width="stretch")
        one = batch["first_seed_id"]
        st.page_link(
            "app_pages/seeds.py", label=f"Seed {one}" + (" …" if batch["seeds"] > 1 else ""),
            icon=":material/grass:", query_params={"seed": str(one)}, width="content",
        )  # fmt: skip
        if standing and session.may("curator"):
            advice = "Let them be used again; the marks of versions go with it."
            if st.button(
                f"Lift {standing:,}", key=f"lift_{batch['batch']}", icon=":material/undo:",
                type="tertiary", help=advice,
            ):  # fmt: skip
                with explained():
                    takedown_form.lift(batch["batch"], standing)
    if standing:
        _blocked(session.api().versions_blocked_by(batch["batch"]))


def _when(batch: TakedownBatch) -> str:
    words = f"{ago(batch['created_at'])} · {escaped(batch['user'])}"
    if batch["lifted_at"] is None:
        return words
    rest = f", all but {batch['standing']:,}" if batch["standing"] else ""
    return f"{words} · lifted {ago(batch['lifted_at'])} by {escaped(str(batch['lifted_by']))}{rest}"


def _blocked(versions: list[MixtureVersion]) -> None:
    """Links to the versions that nothing new may be made of."""
    if not versions:
        st.caption("No version holds any of them.")
        return
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(f":red[Blocks {plural(len(versions), 'version')}:]", width="content")
        for version in versions:
            st.page_link(
                "app_pages/mixtures.py",
                label=escaped(f"{version['mixture']} {version['number']}"), width="content",
                query_params={"mixture": str(version["mixture_id"]), "version": str(version["id"])},
            )  # fmt: skip
