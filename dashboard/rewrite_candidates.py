"""The rewrites of one seed that wait, side by side, to choose among."""

import streamlit as st

from dashboard import session
from dashboard.components.triage import shown_text
from dashboard.rewrite_places import show_form, show_rewrite
from dashboard.rewrite_words import doubt, failed_names
from dashboard.rows import RewriteRow
from dashboard.wording import escaped, plural

A_ROW, MOST = 3, 12


def draw(seed_id: int) -> None:
    """Those with the least doubt first; nothing where none waits."""
    page = session.api().rewrites({"seed_id": seed_id, "state": "proposed"}, limit=200)
    waiting = page["items"][::-1]
    if not waiting:
        return
    st.subheader(f"{plural(len(waiting), 'candidate')} to choose from", anchor=False)
    for start in range(0, min(len(waiting), MOST), A_ROW):
        row = waiting[start : start + A_ROW]
        for column, rewrite in zip(st.columns(A_ROW, border=True), row, strict=False):
            with column:
                _candidate(rewrite)
    if len(waiting) > MOST:
        st.caption(f"{plural(len(waiting) - MOST, 'more')} in the list of all rewrites.")


def _candidate(rewrite: RewriteRow) -> None:
    st.markdown(f"**Rewrite {rewrite['id']}** by {escaped(rewrite['author'])}")
    shown_text(rewrite["prompt"], key=f"candidate_{rewrite['id']}")
    if rewrite["answer"]:
        st.markdown(f"Answer: **{escaped(rewrite['answer'])}**")
    failed = f" ({failed_names(rewrite)})" if rewrite["failed"] else ""
    st.caption(f"Doubt: {doubt(rewrite)}{failed}")
    if rewrite["stale"]:
        st.caption("The seed reads otherwise by now.")
    with st.container(horizontal=True):
        number = rewrite["id"]
        if st.button("Compare", icon=":material/compare:", key=f"compare_{number}"):
            show_rewrite(number)
        if st.button("Revise", icon=":material/edit:", key=f"revise_{number}"):
            show_form(rewrite["seed_id"], number)
