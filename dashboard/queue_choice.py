"""One of the named queues, or all of them."""

from collections.abc import Sequence

import streamlit as st

from dashboard.rows import ReviewQueue


def choose_queue(queues: Sequence[ReviewQueue]) -> int | None:
    """The number of the queue that is chosen, at first that of the address; None means all."""
    names = {queue["id"]: queue["name"] for queue in queues}
    asked = st.query_params.get("queue", "")
    given = int(asked) if asked.isdecimal() and int(asked) in names else None
    chosen: int | None = st.selectbox(
        "Queue", list(names), index=list(names).index(given) if given else None,
        format_func=names.__getitem__, placeholder="all queues", width=280,
    )  # fmt: skip
    return chosen
