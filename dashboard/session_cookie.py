"""The cookie by which a sign-in outlives a reload. It is HttpOnly: no script can read it.

Only the answer to a request of the browser can set such a cookie, and Streamlit's pages are drawn
over a websocket. So a page leaves what the cookie is to hold under a ticket, and its script hands
the ticket in at `/session`, whose answer sets the cookie. A ticket is good for one use and a
minute. The request is JSON, which other sites cannot send; the cookie is SameSite=Strict, Secure
on HTTPS, and ends with the session. Its name holds the port, since all ports of a host share
cookies.
"""

import secrets
import threading
import time
from typing import NamedTuple
from urllib.parse import urlsplit

import streamlit as st
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

TICKET_SECONDS = 60.0


class Cookie(NamedTuple):
    """What the browser is to keep; 0 seconds: to forget."""

    name: str
    value: str
    seconds: int


class Tickets:
    """Cookies that wait to be fetched. In this process: a browser's requests all reach the same."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._waiting: dict[str, tuple[float, Cookie]] = {}

    def leave(self, cookie: Cookie) -> str:
        """The ticket for which it is given out."""
        ticket = secrets.token_urlsafe(32)
        with self._lock:
            self._waiting[ticket] = (time.monotonic(), cookie)
            self._drop_old()
        return ticket

    def take(self, ticket: str) -> Cookie | None:
        """Give it out, once."""
        with self._lock:
            self._drop_old()
            return self._waiting.pop(ticket, (0.0, None))[1]

    def _drop_old(self) -> None:
        oldest = time.monotonic() - TICKET_SECONDS
        self._waiting = {key: kept for key, kept in self._waiting.items() if kept[0] > oldest}


tickets = Tickets()


def cookie_name(url: str | None) -> str:
    """The cookie's name for the dashboard at this address."""
    port = urlsplit(url or "").port
    return f"seedbed_session_{port}" if port else "seedbed_session"


async def _hand_in(request: Request) -> Response:
    if request.headers.get("content-type") != "application/json":
        return Response(status_code=415)
    try:
        ticket = str((await request.json())["ticket"])
    except (ValueError, KeyError, TypeError):
        return Response(status_code=422)
    cookie = tickets.take(ticket)
    if cookie is None:
        return Response(status_code=410)
    answer = Response(status_code=204, headers={"Cache-Control": "no-store"})
    answer.set_cookie(
        cookie.name,
        cookie.value,
        max_age=cookie.seconds,
        httponly=True,
        samesite="strict",
        # What the browser sees, also where something else ends TLS before us.
        secure=request.headers.get("origin", "").startswith("https:"),
    )
    return answer


def address() -> str:
    """Where tickets are handed in."""
    base = str(st.get_option("server.baseUrlPath")).strip("/")
    return f"/{base}/session" if base else "/session"


def route() -> Route:
    """For the server."""
    return Route(address(), _hand_in, methods=["POST"])
