"""People: one's own progress, who did what, and the leaderboard for those who want it."""

import streamlit as st

from dashboard import session
from dashboard.notices import empty, explained
from dashboard.people_table import draw_people
from dashboard.rows import Leaderboard
from dashboard.tables import Columns, pick
from dashboard.wording import number

STANDINGS: Columns = {
    "user": "Curator",
    "today": st.column_config.NumberColumn("Today", format="localized"),
    "week": st.column_config.NumberColumn("Seven days", format="localized"),
    "agreement": st.column_config.NumberColumn(
        "Others agreed", format="percent",
        help="Of the comparisons with another curator's opinion on the same seed.",
    ),
    "compared": st.column_config.NumberColumn("Comparisons", format="localized"),
}  # fmt: skip


def _mine() -> None:
    progress = session.api().progress()
    seconds = progress["median_seconds"]
    with st.container(horizontal=True):
        st.metric("Mine today", number(progress["mine_today"]), border=True)
        st.metric("Left", number(progress["left"]), border=True)
        st.metric("Decided", number(progress["total_decided"]), border=True)
        pace = "–" if seconds is None else f"{seconds:.0f} s"
        st.metric("My seconds a seed", pace, border=True, help="The median of my last 500.")


def _people() -> None:
    st.subheader("Who did what", anchor=False)
    people = session.api().people()
    if people:
        draw_people(people)
    else:
        empty("Nobody has decided anything yet", "Open the triage page to decide the first seeds.")
        with st.container(horizontal=True, horizontal_alignment="center"):
            st.page_link("app_pages/triage.py", label="Triage", icon=":material/keyboard:")


def _switch(key: str, name: str) -> None:
    """Save what was switched; a toggle shows the opposite of `hidden`."""
    on = st.session_state[key]
    with explained():
        session.api().set_leaderboard(**{name: on if name == "enabled" else not on})


def _leaderboard(board: Leaderboard) -> None:
    st.subheader("Last seven days", anchor=False)
    with st.container(horizontal=True):
        if board["enabled"]:
            st.toggle(
                "Show me the leaderboard", value=not board["hidden"], key="board_shown",
                on_change=_switch, args=("board_shown", "hidden"),
                help="Hidden, you do not see it, and others do not see you in it.",
            )  # fmt: skip
        if session.may():
            st.toggle(
                "Leaderboard for all", value=board["enabled"], key="board_enabled",
                on_change=_switch, args=("board_enabled", "enabled"),
            )  # fmt: skip
    if not board["enabled"]:
        st.caption("An admin has switched the leaderboard off.")
    elif board["rows"]:
        st.dataframe(
            pick(board["rows"], STANDINGS), hide_index=True, column_config=STANDINGS,
            placeholder="–",
        )  # fmt: skip
        st.caption("Seeds decided by hand. Fast is worth little where others do not agree.")
    elif not board["hidden"]:
        st.caption("Nobody has decided anything in the last seven days.")


with explained(whole_page=True):
    st.title("People", anchor=False)
    _mine()
    _people()
    _leaderboard(session.api().leaderboard())
