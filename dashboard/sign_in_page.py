"""Sign in by the provider, or with a name and password; the one-time link needs no page."""

import streamlit as st

from dashboard import session, single_sign_on
from dashboard.api import Api, ApiError
from dashboard.wording import escaped


def draw(problem: str | None) -> None:
    """The form, under what went wrong so far."""
    with st.container(key="sign_in_page"):
        st.title("Seedbed", anchor=False)
        st.caption("Decide which prompts are worth teaching a model.")
        if problem:
            st.error(escaped(problem), icon=":material/error:")
        if single_sign_on.is_offered():
            st.button(
                f"Sign in with {single_sign_on.provider_name()}",
                type="primary",
                width="stretch",
                on_click=st.login,
            )
            st.caption("or with a name and password of Seedbed's own:")
        with st.form("sign_in"):
            name = st.text_input("Name", autocomplete="username")
            password = st.text_input("Password", type="password", autocomplete="current-password")
            if st.form_submit_button("Sign in", type="primary", width="stretch"):
                _sign_in(name, password)
        st.markdown(
            "On the machine that runs Seedbed, `seedbed sign-in-link` prints a link that signs you "
            "in without a password."
        )


def _sign_in(name: str, password: str) -> None:
    try:
        session.begin(Api.sign_in(name=name, password=password))
    except ApiError as error:
        st.error(escaped(str(error)), icon=":material/error:")
    else:
        st.rerun()
