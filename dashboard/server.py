"""The dashboard's server: Streamlit's, told of the provider, with the route of the cookie.

streamlit run dashboard/server.py
"""

from pathlib import Path

# Before anybody is served: a chart that is drawn while another reader's page imports it would find
# half of it, as the charts' library looks for it among the modules that are there.
import pandas  # noqa: F401
import streamlit as st
from starlette.middleware import Middleware

from dashboard import session_cookie, single_sign_on
from dashboard.first_paint import FirstPaint

# Found by its name.
app = st.App(
    Path(__file__).parent / "app.py",
    secrets=single_sign_on.secrets(),
    routes=[session_cookie.route()],
    middleware=[Middleware(FirstPaint)],
)
