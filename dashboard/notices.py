"""What a page says when the API refuses, cannot be reached, or has nothing yet."""

from collections.abc import Iterator
from contextlib import contextmanager

import streamlit as st

from dashboard import session
from dashboard.api import ApiDown, ApiError, SignedOut
from dashboard.wording import escaped


def show_problem(error: ApiError) -> None:
    """Say what went wrong and what to do."""
    if isinstance(error, ApiDown):
        st.error(
            f"{escaped(str(error))} It may be starting or stopped; try again in a moment.",
            icon=":material/cloud_off:",
        )
        st.button("Try again", icon=":material/refresh:")
    elif error.status == 403:
        st.error(f"Your role does not allow this: {escaped(str(error))}", icon=":material/lock:")
    else:
        st.error(escaped(str(error)), icon=":material/error:")


@contextmanager
def explained(*, whole_page: bool = False) -> Iterator[None]:
    """Turn the API's errors inside into a message.

    whole_page: draw nothing more after it; else the rest of the page goes on.
    """
    try:
        yield
    except SignedOut:
        session.forget()
        st.rerun()
    except ApiError as error:
        show_problem(error)
        if whole_page:
            st.stop()


def empty(title: str, advice: str) -> None:
    """An empty state that says what to do next."""
    with st.container(border=True, horizontal_alignment="center"):
        st.subheader(title, anchor=False)
        st.caption(advice)
