"""The menu of views: those that everybody finds, one's own, and those that others share."""

from collections.abc import Mapping, Sequence
from typing import Any

import streamlit as st

from dashboard import filters, session
from dashboard.filter_words import in_words, without_sort
from dashboard.notices import explained
from dashboard.rows import SavedView, SeedFilter
from dashboard.wording import escaped


def draw(chosen: SeedFilter) -> None:
    """Draw the button, and the menu while it is open.

    chosen: the filter on the page, for saving it.
    """
    popover = st.popover("Views", icon=":material/bookmarks:", key="views", on_change="rerun")
    if not popover.open:
        return
    with popover, explained():
        st.markdown("**For everybody**")
        for view in session.api().stock_views():
            _open(view["title"], view, f"stock_{view['key']}", view["description"])
        saved = session.api().views()
        _mine([view for view in saved if view["mine"]])
        _shared([view for view in saved if not view["mine"]])
        _save(chosen)


def _open(title: str, view: Mapping[str, Any], key: str, help: str) -> None:
    wanted = {**view["filter"], "sort": view["sort"]}
    st.button(
        escaped(title), key=f"view_{key}", help=escaped(help), type="tertiary",
        on_click=filters.show, args=(wanted,),
    )  # fmt: skip


def _mine(views: Sequence[SavedView]) -> None:
    st.markdown("**Mine**")
    if not views:
        st.caption("None yet: choose filters, then save them below.")
    for view in views:
        with st.container(horizontal=True, vertical_alignment="center"):
            _open(view["name"], view, str(view["id"]), in_words(view["filter"]))
            st.space("stretch")
            st.toggle(
                "Shared", value=view["shared"], key=f"share_{view['id']}", on_change=_share,
                args=(view["id"],), help="Others find it in their menu and cannot change it.",
            )  # fmt: skip
            st.button(
                "Delete", key=f"delete_view_{view['id']}", icon=":material/delete:",
                type="tertiary", on_click=_delete, args=(view,),
            )  # fmt: skip
    _say_deleted()


def _shared(views: Sequence[SavedView]) -> None:
    if not views:
        return
    st.markdown("**Shared by others**")
    for view in views:
        _open(
            f"{view['name']} (by {view['owner']})", view, str(view["id"]), in_words(view["filter"])
        )


def _save(chosen: SeedFilter) -> None:
    with st.form("save_view", border=False, clear_on_submit=True):
        st.markdown("**Save this view**")
        st.caption(escaped(in_words(chosen)))
        name = st.text_input("Name", max_chars=100, placeholder="for example Hard algebra")
        shared = st.checkbox("Share it with everybody")
        if st.form_submit_button("Save", icon=":material/bookmark_add:"):
            body = {"name": name.strip(), "filter": without_sort(chosen), "shared": shared}
            if sort := chosen.get("sort"):
                body["sort"] = sort
            session.api().save_view(body)
            st.rerun()


def _share(view_id: int) -> None:
    with explained():
        session.api().change_view(view_id, {"shared": st.session_state[f"share_{view_id}"]})


def _delete(view: SavedView) -> None:
    with explained():
        session.api().change_view(view["id"], {"deleted": True})
        st.session_state["deleted_view"] = view


def _say_deleted() -> None:
    view = st.session_state.get("deleted_view")
    if view is not None:
        st.button(
            f"Bring back “{escaped(view['name'])}”", icon=":material/undo:", type="tertiary",
            on_click=_bring_back, args=(view["id"],),
        )  # fmt: skip


def _bring_back(view_id: int) -> None:
    st.session_state.pop("deleted_view", None)
    with explained():
        session.api().change_view(view_id, {"deleted": False})
