"""The dashboard: the sign-in gate and the list of pages.

streamlit run dashboard/app.py
"""

from pathlib import Path

import streamlit as st
from streamlit.navigation.page import StreamlitPage

from dashboard import session, sign_in_page
from dashboard.api import ApiDown
from dashboard.wording import escaped

HERE = Path(__file__).parent


def _page(file: str, title: str, icon: str, address: str | None = None) -> StreamlitPage:
    default = file == "overview"
    return st.Page(
        f"app_pages/{file}.py",
        title=title,
        icon=f":material/{icon}:",
        url_path=None if default else address or file,
        default=default,
    )


PAGES = {
    "Decide": [
        _page("overview", "Overview", "insights"),
        _page("triage", "Triage", "keyboard"),
        _page("seeds", "Seeds", "grass"),
    ],
    "Measure": [
        _page("runs", "Runs", "play_circle"),
        _page("policies", "Policies", "tune"),
        _page("endpoints", "Endpoints", "hub"),
        _page("judges", "Judges", "balance"),
        _page("benchmarks", "Benchmarks", "shield"),
    ],
    "Move": [
        _page("imports", "Import", "upload", "import"),
        _page("exports", "Export", "download", "export"),
    ],
}


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
    st.logo(HERE / "seedbed_wordmark.svg", size="large", icon_image=HERE / "seedbed.svg")
    with st.sidebar:
        who = session.user()
        st.caption(f"{escaped(who['name'])} ({who['role']})")
        st.button("Sign out", icon=":material/logout:", on_click=session.sign_out)
        session.draw_cookie()
    page.run()


main()
