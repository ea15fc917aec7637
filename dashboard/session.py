"""Sign-in: who is using this browser, kept over a reload by a cookie.

The one-time link's token (`?link=`), a name and password, or the word of the provider are
exchanged for a session secret. It lives in Streamlit's session state and in a cookie
(`session_cookie.py`), so that a reload stays signed in.
"""

from datetime import UTC, datetime

import streamlit as st

from dashboard import single_sign_on
from dashboard.api import Api, ApiDown, ApiError, SignedOut
from dashboard.rows import SignIn, User
from dashboard.session_cookie import Cookie, address, cookie_name, tickets

# Streamlit draws it again and again; each ticket is handed in once.
_HAND_IN = """
const handedIn = new Set();
export default async ({ data, setTriggerValue }) => {
  if (handedIn.has(data.ticket)) return;
  handedIn.add(data.ticket);
  const body = JSON.stringify({ ticket: data.ticket });
  const headers = { "Content-Type": "application/json" };
  // It is to arrive also where the page is left meanwhile.
  await fetch(data.path, { method: "POST", headers, body, keepalive: true }).catch(() => {});
  if (data.tell) setTriggerValue("done", true);
};
"""
_hand_in = st.components.v2.component("seedbed_cookie", js=_HAND_IN)


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
    _keep(signed_in["secret"], seconds_until(signed_in["expires_at"], datetime.now(UTC)))


def forget() -> None:
    """Forget the session, here and in the browser."""
    for name in ("secret", "user"):
        st.session_state.pop(name, None)
    _keep("", 0)


def _keep(value: str, seconds: int) -> None:
    cookie = Cookie(cookie_name(st.context.url), value, seconds)
    st.session_state["ticket"] = tickets.leave(cookie)


def sign_out() -> None:
    """End the session at the API and forget it; then sign out at the provider."""
    try:
        api().sign_out()
    except ApiError:
        pass  # It is forgotten here all the same, and ends by itself there.
    forget()
    st.session_state["leaving"] = single_sign_on.is_signed_in()


def draw_cookie() -> None:
    """Bring the browser's cookie in line with the session."""
    ticket = st.session_state.get("ticket")
    if ticket:
        leaving = st.session_state.get("leaving", False)
        data = {"ticket": ticket, "path": address(), "tell": leaving}
        _hand_in(key="cookie_script", data=data, on_done_change=_leave)


def _leave() -> None:
    """Go to the provider's sign-out, now that the cookie is gone."""
    if st.session_state.pop("leaving", False):
        st.logout()


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
    if "ticket" in st.session_state:  # signed out, or refused, since the page was opened
        return None
    secret = st.context.cookies.get(cookie_name(st.context.url))
    token = single_sign_on.id_token()
    if secret and _resume(secret):
        return None
    if token:
        return _enter(token)
    return "Your session has ended. Please sign in again." if secret else None


def _resume(secret: str) -> bool:
    """Go on with a session; whether it still lives."""
    try:
        st.session_state["user"] = Api(secret).me()
    except SignedOut:
        forget()
        return False
    st.session_state["secret"] = secret
    return True


def _enter(id_token: str) -> str | None:
    """Sign in by what the provider said."""
    try:
        begin(Api.sign_in(id_token=id_token))
    except ApiDown:
        raise
    except ApiError as error:
        forget()
        return f"{single_sign_on.provider_name()} could not sign you in: {error}."
    return None


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
