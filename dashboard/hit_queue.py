"""From one hit to the next: where a reader is stands in the page's address."""

from typing import cast

import streamlit as st

from dashboard import session
from dashboard.keyset import cursors_of
from dashboard.rows import HitFilter, SeedHit

LIST = "hits"
PAGE_SIZE = 50


def show(hit: SeedHit | None) -> None:
    """Draw the page anew with this hit, or with the list."""
    if hit is None:
        show_list()
    else:
        show_pair(hit["seed_id"], hit["id"])


def show_pair(seed_id: int, hit_id: int) -> None:
    """Draw the page anew with this hit."""
    st.query_params["seed"] = str(seed_id)
    st.query_params["hit"] = str(hit_id)
    st.rerun()


def show_list() -> None:
    """Draw the page anew with the list."""
    for name in ("seed", "hit"):
        st.query_params.pop(name, None)
    st.rerun()


def following(chosen: HitFilter, hit_id: int) -> SeedHit | None:
    """The next open hit under a filter, in the order of the list; after the last, the first."""
    still_open = cast(HitFilter, {**chosen, "state": "open"})
    cursor = cursors_of(LIST, chosen)[-1]
    while True:
        page = session.api().hits(still_open, after=cursor, limit=PAGE_SIZE)
        for hit in page["items"]:
            if hit["id"] < hit_id:
                return hit
        cursor = page["next"]
        if cursor is None:
            break
    newest = session.api().hits(still_open, limit=2)["items"]
    return next((hit for hit in newest if hit["id"] != hit_id), None)
