"""Sign-in: who is using this browser, kept over a reload by a cookie.

The one-time link's token (`?link=`) or a name and password are exchanged for a session secret. It
lives in Streamlit's session state and in a cookie, so that a reload stays signed in. Streamlit
cannot set cookies itself: a script without markup does, so the cookie cannot be HttpOnly. It is
SameSite=Strict, Secure on HTTPS, ends with the session, and no seed's text ever runs as script
(`components/triage/text.js`). Its name holds the port, since all ports of a host share cookies.
"""

from datetime import UTC, datetime
from urllib.parse import urlsplit

import streamlit as st

from dashboard.api import Api, ApiDown, ApiError, SignedOut
from dashboard.rows import SignIn, User

_SET_COOKIE = """
export default ({ data }) => {
  const secure = location.protocol === "https:" ? "; Secure" : "";
  const life = `Path=/; SameSite=Strict; Max-Age=${data.seconds}`;
  document.cookie = `${data.name}=${data.value}; ${life}${secure}`;
};
"""
_set_cookie = st.components.v2.component("seedbed_cookie", js=_SET_COOKIE)


def cookie_name(url: str | None) -> str:
    """The cookie's name for the dashboard at this address."""
    port = urlsplit(url or "").port
    return f"seedbed_session_{port}" if port else "seedbed_session"


def seconds_until(expires_at: str, now: datetime) -> int:
    """Whole seconds from now until an ISO 8601 time; 0 when it has passed."""
    expires = datetime.fromisoformat(expires_at)
    if expires.tzinfo is None:
        expires = expires.replace(tzinfo=UTC)
    return max(0, int((expires - now).total_seconds()))


def api() -> Api:
    """The API as the signed-in user sees it."""
    return Api(st.session_state.get("secret"))


def user() -> User:
    """Who is signed in."""
    signed_in: User = st.session_state["user"]
    return signed_in


def may(*roles: str) -> bool:
    """Whether the user's role is one of these; for hiding what the API would refuse."""
    return user()["role"] in (*roles, "admin")


def begin(signed_in: SignIn) -> None:
    """Remember a new session; the cookie follows with the next drawing of the page."""
    st.session_state["secret"] = signed_in["secret"]
    st.session_state["user"] = signed_in["user"]
    seconds = seconds_until(signed_in["expires_at"], datetime.now(UTC))
    st.session_state["cookie"] = {"value": signed_in["secret"], "seconds": seconds}


def forget() -> None:
    """Forget the session, here and in the browser."""
    for name in ("secret", "user"):
        st.session_state.pop(name, None)
    st.session_state["cookie"] = {"value": "", "seconds": 0}


def sign_out() -> None:
    """End the session at the API and forget it."""
    try:
        api().sign_out()
    except ApiError:
        pass  # It is forgotten here all the same, and ends by itself there.
    forget()


def draw_cookie() -> None:
    """Bring the browser's cookie in line with the session."""
    cookie = st.session_state.get("cookie")
    if cookie:
        _set_cookie(key="cookie_script", data={"name": cookie_name(st.context.url), **cookie})


def restore() -> str | None:
    """Sign in from the link or the cookie where there is one; returns what went wrong, if anything.

    Raises:
        ApiDown: the API cannot be asked.
    """
    if "user" in st.session_state:
        return None
    link = st.query_params.get("link")
    if link:
        return _follow(link)
    secret = None if "cookie" in st.session_state else st.context.cookies.get(_name())
    if not secret:
        return None
    try:
        st.session_state["user"] = Api(secret).me()
    except SignedOut:
        forget()
        return "Your session has ended. Please sign in again."
    st.session_state["secret"] = secret
    return None


def _name() -> str:
    return cookie_name(st.context.url)


def _follow(link: str) -> str | None:
    try:
        begin(Api.sign_in(link=link))
    except ApiDown:
        raise
    except ApiError as error:
        del st.query_params["link"]
        return f"The sign-in link could not be used: {error}. Each link works once."
    del st.query_params["link"]
    return None
