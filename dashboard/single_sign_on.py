"""Sign-in by the organisation's OpenID Connect provider, where one is set up.

Streamlit asks the provider (`st.login`); what it brings back, the ID token, is checked by the API.
Streamlit reads its settings from a file of secrets or from the server: `server.py` gives them.
"""

import hashlib
import hmac
import os
from typing import Any

import streamlit as st

_SETTINGS = {
    "server_metadata_url": "SEEDBED_OIDC_ISSUER",
    "client_id": "SEEDBED_OIDC_CLIENT_ID",
    "client_secret": "SEEDBED_OIDC_CLIENT_SECRET",
}
DEFAULT_DASHBOARD_URL = "http://127.0.0.1:8301"


def is_offered() -> bool:
    """Whether there is a provider."""
    return bool(os.environ.get("SEEDBED_OIDC_ISSUER"))


def provider_name() -> str:
    """What people call the provider."""
    return os.environ.get("SEEDBED_OIDC_NAME") or "your organisation"


def secrets() -> dict[str, Any]:
    """What Streamlit is to know of the provider.

    Raises:
        RuntimeError: a setting is missing.
    """
    if not is_offered():
        return {}
    given = {name: os.environ.get(variable, "") for name, variable in _SETTINGS.items()}
    missing = [_SETTINGS[name] for name, value in given.items() if not value]
    if missing:
        raise RuntimeError(f"SEEDBED_OIDC_ISSUER needs {' and '.join(missing)} too")
    home = os.environ.get("SEEDBED_DASHBOARD_URL", DEFAULT_DASHBOARD_URL).rstrip("/")
    issuer = given["server_metadata_url"].rstrip("/")
    provider = {**given, "server_metadata_url": f"{issuer}/.well-known/openid-configuration"}
    shared = {
        "redirect_uri": f"{home}/oauth2callback",
        "cookie_secret": _cookie_secret(given["client_secret"]),
        "expose_tokens": ["id"],
    }
    return {"auth": {**shared, **provider}}


def _cookie_secret(client_secret: str) -> str:
    """Follows from the client's secret, so that a restart and a second server know it too."""
    purpose = b"the cookies of Seedbed's dashboard"
    return hmac.new(client_secret.encode(), purpose, hashlib.sha256).hexdigest()


def is_signed_in() -> bool:
    """Whether this browser comes from the provider."""
    return bool(st.user.get("is_logged_in"))


def id_token() -> str | None:
    """What the provider said of this browser's person."""
    return st.user.tokens.get("id") if is_signed_in() else None
