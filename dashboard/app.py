"""The dashboard: the sign-in gate and the list of pages.

streamlit run dashboard/app.py
"""

from pathlib import Path

import streamlit as st

from dashboard import session, sign_in_page
from dashboard.api import ApiDown

HERE = Path(__file__).parent
PAGES = {
    "Decide": [
        st.Page("app_pages/overview.py", title="Overview", icon=":material/insights:", default=True),
        st.Page("app_pages/triage.py", title="Triage", icon=":material/keyboard:"),
        st.Page("app_pages/seeds.py", title="Seeds", icon=":material/grass:"),
    ],
    "Measure": [
        st.Page("app_pages/runs.py", title="Runs", icon=":material/play_circle:"),
        st.Page("app_pages/endpoints.py", title="Endpoints", icon=":material/hub:"),
        st.Page("app_pages/benchmarks.py", title="Benchmarks", icon=":material/shield:"),
    ],
    "Move": [
        st.Page("app_pages/imports.py", title="Import", icon=":material/upload:", url_path="import"),
        st.Page("app_pages/exports.py", title="Export", icon=":material/download:", url_path="export"),
    ],
}  # fmt: skip


def _sign_in() -> str | None:
    """Sign in from the link or the cookie; what went wrong, if anything."""
    try:
        return session.restore()
    except ApiDown as error:
        return str(error)


def main() -> None:
    """Draw the page asked for, or in its place the sign-in page."""
    st.set_page_config(
        page_title="Seedbed",
        page_icon=str(HERE / "seedbed.svg"),
        layout="wide",
        initial_sidebar_state=230,
    )
    st.html(HERE / "page.css")
    problem = _sign_in()
    if "user" not in st.session_state:
        st.navigation(PAGES, position="hidden")
        session.draw_cookie()
        sign_in_page.draw(problem)
        return
    page = st.navigation(PAGES)
    with st.sidebar:
        who = session.user()
        st.caption(f"{who['name']} ({who['role']})")
        st.button("Sign out", icon=":material/logout:", on_click=session.sign_out)
        session.draw_cookie()
    page.run()


main()
