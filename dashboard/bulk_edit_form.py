"""What an edit of many seeds changes: tags to add and remove, and a domain for all."""

from typing import Any

import streamlit as st

from dashboard import session

_EMPTY: dict[str, Any] = {
    "bulk_add_tags": [], "bulk_remove_tags": [], "bulk_domain": None, "bulk_no_domain": False,
}  # fmt: skip
MOST_TAGS = 50


def forget() -> None:
    """Empty the form for the next edit."""
    st.session_state.update(_EMPTY)


def draw() -> dict[str, Any]:
    """The form; returns what changes as the API takes it, nothing where nothing is said."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        add = _tags("Add tags", "bulk_add_tags")
        remove = _tags("Remove tags", "bulk_remove_tags")
        no_domain = bool(st.session_state.get("bulk_no_domain"))
        domain = st.selectbox(
            "Domain of all", session.api().values()["domains"], index=None, key="bulk_domain",
            placeholder="as it is", accept_new_options=True, disabled=no_domain,
        )  # fmt: skip
        st.checkbox("No domain", key="bulk_no_domain")
    changes: dict[str, Any] = {}
    if add:
        changes["add_tags"] = add
    if remove:
        changes["remove_tags"] = remove
    if no_domain or (domain or "").strip():
        changes["domain"] = None if no_domain else domain
    return changes


def _tags(label: str, key: str) -> list[str]:
    given = st.multiselect(
        label, [], key=key, accept_new_options=True, max_selections=MOST_TAGS,
        placeholder="type a tag",
    )  # fmt: skip
    return [tag for tag in given if tag.strip()]
