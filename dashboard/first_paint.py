"""The page's background before its first script has run: in the dark, white would flash.

Streamlit's own page has no colours until its theme is drawn, a second or two after it is opened.
"""

import streamlit as st
from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

_HEAD = b"<head>"


def _style() -> bytes:
    light, dark = (
        str(st.get_option(f"theme.{name}.backgroundColor")) for name in ("light", "dark")
    )
    in_the_dark = f"@media (prefers-color-scheme: dark) {{ html {{ background: {dark}; }} }}"
    return f"<style>html {{ background: {light}; }} {in_the_dark}</style>".encode()


class FirstPaint:
    """Puts the theme's backgrounds into each page that is served."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        if scope["type"] != "http" or "text/html" not in Headers(scope=scope).get("accept", ""):
            await self.app(scope, receive, send)
            return
        # Compressed, the page could not be added to.
        headers = [pair for pair in scope["headers"] if pair[0] != b"accept-encoding"]
        await self.app({**scope, "headers": headers}, receive, _Painting(send))


class _Painting:
    def __init__(self, send: Send) -> None:
        self.send = send
        self.start: Message | None = None

    async def __call__(self, message: Message) -> None:
        """Hold the start of a page until its length is known."""
        if message["type"] == "http.response.start" and _is_page(message):
            self.start = message
            return
        if self.start is not None:
            style = _style() if _HEAD in message.get("body", b"") else b""
            message = {**message, "body": message["body"].replace(_HEAD, _HEAD + style, 1)}
            headers = MutableHeaders(raw=self.start["headers"])
            if "content-length" in headers:
                headers["content-length"] = str(int(headers["content-length"]) + len(style))
            await self.send(self.start)
            self.start = None
        await self.send(message)


def _is_page(start: Message) -> bool:
    return Headers(raw=start["headers"]).get("content-type", "").startswith("text/html")
