"""The dashboard: the sign-in gate and the list of pages.

`server.py` serves it.
"""

from pathlib import Path

import streamlit as st
from streamlit.navigation.page import StreamlitPage

from dashboard import pane_leases, session, sign_in_page
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
        _page("queues", "Queues", "view_list"),
        _page("rewrites", "Rewrites", "edit_note"),
        _page("adjudication", "Adjudication", "gavel"),
        _page("seeds", "Seeds", "grass"),
        _page("duplicates", "Near-duplicates", "file_copy"),
        _page("contamination", "Contamination", "difference"),
        _page("history", "History", "history"),
        _page("people", "People", "group"),
    ],
    "Measure": [
        _page("runs", "Runs", "play_circle"),
        _page("traces", "Traces", "psychology"),
        _page("safety", "Safety", "health_and_safety"),
        _page("policies", "Policies", "tune"),
        _page("endpoints", "Endpoints", "hub"),
        _page("judges", "Judges", "balance"),
        _page("agreement", "Agreement", "handshake"),
        _page("benchmarks", "Benchmarks", "shield"),
        _page("decontamination", "Decontamination policy", "rule"),
    ],
    "Train": [
        _page("training", "Training", "model_training"),
        _page("reward", "Reward", "show_chart"),
    ],
    "Move": [
        _page("imports", "Import", "upload", "import"),
        _page("mixtures", "Mixtures", "blender"),
        _page("exports", "Export", "download", "export"),
        _page("lineage", "Lineage", "account_tree"),
    ],
}


def _sign_in() -> str | None:
    """Sign in from the link or the cookie; what went wrong, if anything."""
    try:
        return session.restore()
    except ApiDown as error:
        return str(error)


def _sign_out() -> None:
    pane_leases.give_back(session.api())
    session.sign_out()


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
    page = st.navigation(PAGES, expanded=True)
    st.logo(HERE / "seedbed_wordmark.svg", size="large", icon_image=HERE / "seedbed.svg")
    with st.sidebar:
        who = session.user()
        st.caption(f"{escaped(who['name'])} ({who['role']})")
        st.button("Sign out", icon=":material/logout:", on_click=_sign_out)
        session.draw_cookie()
    if page.url_path != "triage":
        pane_leases.give_back(session.api())
    page.run()


main()
