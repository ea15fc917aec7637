"""Near-duplicates: the search, the groups, and one group side by side (`?group=ID`)."""

from uuid import uuid4

import streamlit as st

from dashboard import duplicate_group, job_progress, session
from dashboard.keyset import cursors_of, draw_pages
from dashboard.notices import empty, explained
from dashboard.rows import DuplicateGroup, DuplicateSearch
from dashboard.tables import Columns, choose_row
from dashboard.wording import plural

PAGE_SIZE = 50
JOB = "duplicates_job"
COLUMNS: Columns = {
    "size": st.column_config.NumberColumn("Seeds", width="small"),
    "similarity": st.column_config.NumberColumn(
        "Least alike", format="percent", help="The member that is least like the first seed."
    ),
    "kind": "Kind",
    "undecided": st.column_config.CheckboxColumn("Undecided"),
    "prompt": st.column_config.TextColumn("First seed", width="large"),
    "source": "Source",
}


def _search(search: DuplicateSearch) -> None:
    with st.container(horizontal=True, vertical_alignment="center"):
        st.caption(
            f"{plural(search['copies'], 'group')} of copies and {search['variants']:,} of the same "
            f"words with other numbers, among {plural(search['seeds'], 'seed')}. Imported and "
            "edited seeds are looked at by themselves.",
            width="stretch",
        )
        label = "Find near-duplicates"
        if session.may("curator") and st.button(label, icon=":material/search:"):
            with explained():
                st.session_state[JOB] = session.api().find_duplicates()["id"]
                st.rerun()
    job_id = search["job"]["id"] if search["job"] else st.session_state.get(JOB)
    if job_id is not None:
        job_progress.follow(job_id, "Looking for near-duplicates")


def _limits(search: DuplicateSearch) -> None:
    if search["left_out"]:
        st.warning(
            f"{plural(search['left_out'], 'seed')} found their group full: a group takes "
            f"{search['group_limit']:,} members. They are in no group.",
            icon=":material/warning:",
        )
    if search["crowded"]:
        st.warning(
            f"{plural(search['crowded'], 'seed')} share boilerplate with more than "
            f"{search['bucket_limit']} others and were not compared with all of them: duplicates "
            "of these may be missing.",
            icon=":material/warning:",
        )
    if search["no_words"]:
        st.caption(f"{plural(search['no_words'], 'seed')} without a word cannot be compared.")


def _resolved() -> None:
    """What was decided last, and its undo."""
    resolved = st.session_state.get(duplicate_group.RESOLVED)
    if resolved is None:
        return
    with st.container(border=True, horizontal=True, vertical_alignment="center"):
        st.markdown(resolved["words"], width="stretch")
        if st.button("Undo", icon=":material/undo:"):
            with explained():
                undone = session.api().undo_batch(resolved["batch"], str(uuid4()))
                kept = f" {undone['left_out']:,} were decided again since." * bool(
                    undone["left_out"]
                )
                st.toast(f"Taken back.{kept}", icon=":material/undo:")
                del st.session_state[duplicate_group.RESOLVED]
                st.rerun()


def _groups(search: DuplicateSearch) -> None:
    if not search["copies"] + search["variants"]:
        _nothing(search)
        return
    with st.container(horizontal=True, vertical_alignment="bottom"):
        kind = st.segmented_control(
            "Show", list(duplicate_group.KINDS), format_func=duplicate_group.KINDS.__getitem__
        )
        decided = st.toggle("Decided ones too")
    chosen = {"kind": kind, "undecided": None if decided else True}
    cursors = cursors_of("groups", chosen)
    page = session.api().duplicate_groups(**chosen, after=cursors[-1], limit=PAGE_SIZE)
    if not page["items"]:
        empty("All decided", "New groups come with new seeds; show the decided ones to look back.")
        return
    _table(page["items"])
    draw_pages(cursors, page["next"], "Choose a row to see the seeds side by side.")


def _table(groups: list[DuplicateGroup]) -> None:
    shown = [
        {
            **group,
            "kind": duplicate_group.KINDS[group["kind"]],
            "prompt": " ".join(group["leader"]["prompt"].split()),
            "source": group["leader"]["source"],
        }
        for group in groups
    ]
    index = choose_row(shown, COLUMNS, key="group_table")
    if index is not None:
        st.query_params["group"] = str(groups[index]["id"])
        st.rerun()


def _nothing(search: DuplicateSearch) -> None:
    if search["due"]:
        empty(
            f"{plural(search['due'], 'seed')} to look at",
            "The search begins by itself after an import; “Find near-duplicates” begins it now.",
        )
    elif search["seeds"]:
        empty(
            "No near-duplicates",
            f"No two seeds share {search['threshold']:.0%} of their three-word sequences.",
        )
    else:
        empty("No seeds yet", "Import seeds: they are compared with each other as they come in.")
        st.page_link("app_pages/imports.py", label="Import seeds", icon=":material/upload:")


with explained(whole_page=True):
    group_id = st.query_params.get("group")
    if group_id and group_id.isdecimal():
        duplicate_group.draw(int(group_id))
    else:
        st.title("Near-duplicates", anchor=False)
        found = session.api().duplicate_search()
        _search(found)
        _limits(found)
        _resolved()
        _groups(found)
