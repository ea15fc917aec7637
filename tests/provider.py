"""A small OpenID Connect provider: a real HTTP server with keys of its own."""

import base64
import hashlib
import html
import json
import secrets
import threading
import time
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

from joserfc import jwt
from joserfc.jwk import KeySet, RSAKey

CLIENT_ID = "seedbed-in-tests"
CLIENT_SECRET = "a-secret-of-the-client-in-tests"
CONTINUE = """<!doctype html><html lang="en"><title>Provider</title>
<h1>Provider</h1><p>Seedbed asks who you are.</p><a href="{url}">Continue as {email}</a>"""


class Provider:
    """Discovery, keys, the page that asks, tokens for codes, and sign-out.

    `person` is who signs in next; `asked` holds the paths that were asked for.
    """

    def __init__(self) -> None:
        self.person: dict[str, Any] = {
            "sub": "248289761001",
            "email": "ada@example.org",
            "email_verified": True,
        }
        self.asked: list[str] = []
        self.codes: dict[str, dict[str, str]] = {}
        self.rotate()
        handler = type("Handler", (_Handler,), {"provider": self})
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
        self.issuer = f"http://127.0.0.1:{self._server.server_port}"
        self.about: dict[str, Any] = {
            "issuer": self.issuer,
            "authorization_endpoint": f"{self.issuer}/authorize",
            "token_endpoint": f"{self.issuer}/token",
            "jwks_uri": f"{self.issuer}/keys",
            "end_session_endpoint": f"{self.issuer}/end-session",
            "response_types_supported": ["code"],
            "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": ["RS256"],
            "code_challenge_methods_supported": ["S256"],
        }
        # It looks this often whether it is to stop, which each test waits for.
        serve = partial(self._server.serve_forever, poll_interval=0.01)
        self._thread = threading.Thread(target=serve, daemon=True)
        self._thread.start()

    def rotate(self) -> None:
        """Sign with a new key, and publish no other."""
        self.key = RSAKey.generate_key(2048, {"use": "sig", "alg": "RS256"}, auto_kid=True)

    def keys(self) -> dict[str, Any]:
        """What is published."""
        return dict(KeySet([self.key]).as_dict(private=False))

    def token(self, **claims: Any) -> str:
        """An ID token as it should be, but for these claims; None leaves one out."""
        now = int(time.time())
        usual = {"iss": self.issuer, "aud": CLIENT_ID, "iat": now, "exp": now + 600}
        whole = {**usual, **self.person, **claims}
        header = {"alg": "RS256", "kid": self.key.kid}
        return jwt.encode(header, {k: v for k, v in whole.items() if v is not None}, self.key)

    def stop(self) -> None:
        """End the server."""
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


class _Handler(BaseHTTPRequestHandler):
    provider: Provider

    def do_GET(self) -> None:
        parts = urlsplit(self.path)
        query = dict(parse_qsl(parts.query))
        self.provider.asked.append(parts.path)
        if parts.path == "/.well-known/openid-configuration":
            self._answer(self.provider.about)
        elif parts.path == "/keys":
            self._answer(self.provider.keys())
        elif parts.path == "/authorize":
            self._ask(query)
        elif parts.path == "/end-session":
            self.send_response(302)
            self.send_header("Location", query["post_logout_redirect_uri"])
            self.end_headers()
        else:
            self.send_error(404)

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        form = dict(parse_qsl(body))
        asked = self.provider.codes.pop(form.get("code", ""), None)
        if asked is None or not self._is_client() or not _is_verifier_of(form, asked):
            self._answer({"error": "invalid_grant"}, 400)
            return
        token = self.provider.token(nonce=asked["nonce"])
        self._answer({"access_token": "opaque", "token_type": "Bearer", "id_token": token})

    def _ask(self, query: dict[str, str]) -> None:
        assert query["client_id"] == CLIENT_ID
        assert "openid" in query["scope"]
        code = secrets.token_urlsafe(8)
        self.provider.codes[code] = query
        url = f"{query['redirect_uri']}?{urlencode({'code': code, 'state': query['state']})}"
        page = CONTINUE.format(url=html.escape(url), email=self.provider.person["email"])
        self._answer(page.encode(), kind="text/html; charset=utf-8")

    def _is_client(self) -> bool:
        sent = self.headers.get("Authorization", "").removeprefix("Basic ")
        return base64.b64decode(sent).decode() == f"{CLIENT_ID}:{CLIENT_SECRET}"

    def _answer(self, body: Any, status: int = 200, kind: str = "application/json") -> None:
        content = body if isinstance(body, bytes) else json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, format: str, *args: Any) -> None:
        """Keep quiet."""


def _is_verifier_of(form: dict[str, str], asked: dict[str, str]) -> bool:
    """Whether who brings the code is who asked for it (PKCE)."""
    digest = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode() == asked["code_challenge"]
