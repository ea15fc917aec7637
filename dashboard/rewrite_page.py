"""The studio of one rewrite: original beside proposal, what changed, checks, and what is said."""

import streamlit as st

from dashboard import (
    rewrite_checks,
    rewrite_deciding,
    rewrite_measuring,
    rewrite_talk,
    session,
)
from dashboard.components.triage import load_library, shown_text
from dashboard.event_words import done
from dashboard.heads import detail_head
from dashboard.marked_text import marked_html
from dashboard.rewrite_words import KINDS, STATE_COLOURS, approvals, sides
from dashboard.rows import RewriteDetail
from dashboard.taking_back import draw_refused, event_button
from dashboard.wording import ago, escaped, name

LEGEND = (
    '<p class="mark-legend">Marked: <mark class="removed">taken out</mark> '
    '<mark class="added">put in</mark></p>'
)


def draw(rewrite_id: int) -> None:
    """The page of one rewrite."""
    rewrite = session.api().rewrite(rewrite_id)
    detail_head(f"Rewrite {rewrite_id}", "All rewrites", "rewrite")
    draw_refused()
    _head(rewrite)
    _as_read(rewrite)
    _word_by_word(rewrite)
    rewrite_checks.draw_passages(rewrite)
    left, right = st.columns(2, gap="large")
    with left:
        rewrite_checks.draw(rewrite)
        rewrite_measuring.draw_one(rewrite)
    with right:
        rewrite_deciding.draw(rewrite)
        rewrite_talk.draw(rewrite)
        _history(rewrite)
    load_library()


def _head(rewrite: RewriteDetail) -> None:
    state = rewrite["state"]
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(
            f":{STATE_COLOURS[state]}-badge[{state}] :gray-badge[{KINDS[rewrite['kind']]}] "
            f"by {escaped(rewrite['author'])}, {ago(rewrite['created_at'])}",
            width="content",
        )
        st.page_link(
            "app_pages/seeds.py", label=f"Seed {rewrite['seed_id']}", icon=":material/grass:",
            query_params={"seed": str(rewrite["seed_id"])},
        )  # fmt: skip
        if rewrite["run_id"] is not None:
            st.page_link(
                "app_pages/runs.py", label=f"Run {rewrite['run_id']}",
                icon=":material/play_circle:", query_params={"run": str(rewrite["run_id"])},
            )  # fmt: skip
    st.markdown(f"**Why:** {escaped(rewrite['why'])}")
    if said := _decided(rewrite):
        st.info(said, icon=":material/info:")
    if rewrite["stale"]:
        st.warning(
            "The seed reads otherwise by now than the wording that was rewritten, so this rewrite "
            "cannot be approved any more. Write one of the wording as it is.",
            icon=":material/history_toggle_off:",
        )


def _decided(rewrite: RewriteDetail) -> str:
    by, when = escaped(rewrite["decided_by"] or ""), ago(rewrite["decided_at"])
    match rewrite["state"]:
        case "approved":
            return (
                f"Approved by {by}, {when}: the seed reads so, and its status is "
                f"**{name(rewrite['seed_status'])}**."
            )
        case "rejected":
            return f"Rejected by {by}, {when}: {escaped(rewrite['reason'] or '')}"
        case "withdrawn":
            return f"Withdrawn by {by}, {when}."
    return escaped(approvals(rewrite))


def _as_read(rewrite: RewriteDetail) -> None:
    left, right = st.columns(2, border=True)
    with left:
        st.markdown("**Original**")
        shown_text(rewrite["original_prompt"], key="rewrite_original")
        _answer(rewrite["original_answer"])
    with right:
        st.markdown("**Rewrite**")
        shown_text(rewrite["prompt"], key="rewrite_proposal")
        _answer(rewrite["answer"])


def _answer(answer: str | None) -> None:
    if answer is None:
        st.caption("No answer is given.")
    else:
        st.markdown(f"Answer: **{escaped(answer)}**")


def _word_by_word(rewrite: RewriteDetail) -> None:
    original, proposal = sides(rewrite["difference"])
    with st.expander("Word by word", icon=":material/difference:", expanded=True):
        st.html(LEGEND)
        left, right = st.columns(2, gap="large")
        with left:
            st.html(marked_html(original))
        with right:
            st.html(marked_html(proposal))


def _history(rewrite: RewriteDetail) -> None:
    if not rewrite["history"]:
        return
    st.subheader("History", anchor=False)
    for event in rewrite["history"]:
        with st.container(horizontal=True, vertical_alignment="center"):
            what = "approved" if event["kind"] == "rewrite" else done(event["kind"])
            reason = f": {event['reason']}" if event["reason"] else ""
            st.text(f"{ago(event['created_at'])}, {event['user']}: {what}{reason}")
            event_button(event)
