"""The forms that make a queue and change it."""

from typing import Any
from uuid import uuid4

import streamlit as st

from dashboard import session
from dashboard.filter_words import in_words, matching
from dashboard.filters import choose_seeds
from dashboard.notices import explained
from dashboard.queue_words import SORTS, who_decides
from dashboard.rows import ReviewQueue
from dashboard.wording import escaped, plural, rounded

MOST_OVERLAP = 5
TOKEN = "queue_token"


def draw_new() -> None:
    """The form of a new queue, with how much work it would be."""
    api = session.api()
    st.markdown("**Seeds**")
    chosen = choose_seeds(api.values(), status="pending")
    wanted = {**_fields(None), "filter": {"status": "pending", **chosen}}
    counted = api.count_seeds(wanted["filter"])
    about, total = (
        ("", counted["count"]) if counted["exact"] else ("about ", rounded(counted["count"]))
    )
    st.info(
        f"{matching(counted)} now ({escaped(in_words(wanted['filter']))}): "
        f"{about}{plural(total * wanted['overlap'], 'decision')} to take.",
        icon=":material/calculate:",
    )
    if st.button(
        "Make the queue", type="primary", icon=":material/add:", disabled=not wanted["name"]
    ):
        # Kept until it has worked, so that a second press makes no second queue.
        token = st.session_state.setdefault(TOKEN, str(uuid4()))
        with explained():
            queue = api.make_queue({"token": token, **wanted})
            del st.session_state[TOKEN]
            st.query_params.clear()
            st.query_params["queue"] = str(queue["id"])
            st.rerun()
    if not wanted["name"]:
        st.caption("Give it a name first.")


def draw_change(queue: ReviewQueue) -> None:
    """The form that changes a queue, and closes or opens it."""
    api = session.api()
    wanted = _fields(queue)
    if st.toggle("Choose other seeds"):
        chosen = choose_seeds(api.values(), status="pending")
        wanted["filter"] = {"status": "pending", **chosen}
        st.caption(f"{matching(api.count_seeds(wanted['filter']))} now.")
    with st.container(horizontal=True):
        if st.button("Save", type="primary", icon=":material/save:", disabled=not wanted["name"]):
            _change(queue["id"], wanted)
        label, icon = (
            ("Close the queue", ":material/lock:")
            if queue["open"]
            else ("Open the queue again", ":material/lock_open:")
        )
        if st.button(label, icon=icon):
            _change(queue["id"], {"open": not queue["open"]})
    st.caption("A closed queue gives no seeds; what was decided in it stays.")


def _change(queue_id: int, changes: dict[str, Any]) -> None:
    with explained():
        session.api().change_queue(queue_id, changes)
        st.toast("Saved.", icon=":material/check:")
        st.rerun()


def _fields(queue: ReviewQueue | None) -> dict[str, Any]:
    """Everything but the filter."""
    left, right = st.columns(2, gap="large")
    with left:
        name = st.text_input(
            "Name", value=queue["name"] if queue else "", max_chars=100,
            placeholder="for instance: algebra, second look",
        ).strip()  # fmt: skip
        overlap = st.segmented_control(
            "Curators who decide each seed", list(range(1, MOST_OVERLAP + 1)), required=True,
            default=queue["overlap"] if queue else 1,
            help="From two on their opinions are hidden from each other. Where they are not alike, "
            "an adjudicator decides. Fixed once somebody has begun.",
        )  # fmt: skip
        st.caption(who_decides(overlap))
        sort = st.selectbox(
            "Order", list(SORTS), format_func=SORTS.__getitem__,
            index=list(SORTS).index(queue["sort"]) if queue and queue["sort"] in SORTS else 0,
        )  # fmt: skip
    with right:
        curators = _curators(queue)
        instructions = st.text_area(
            "Instructions", value=queue["instructions"] if queue else "", max_chars=5000,
            placeholder="What curators should look for; shown above the seeds.", height=130,
        )  # fmt: skip
    return {
        "name": name, "overlap": overlap, "sort": sort, "curators": curators,
        "instructions": instructions.strip(),
    }  # fmt: skip


def _curators(queue: ReviewQueue | None) -> list[int]:
    names = {person["id"]: person["name"] for person in session.api().curators()}
    given = [person["id"] for person in queue["curators"]] if queue else []
    chosen: list[int] = st.multiselect(
        "Assigned curators", list(names), default=[one for one in given if one in names],
        format_func=lambda user_id: names[user_id], placeholder="everybody",
    )  # fmt: skip
    return chosen
