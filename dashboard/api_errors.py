"""What the API refuses, and why, in plain words."""

from collections.abc import Mapping
from typing import Any

import httpx


class ApiError(Exception):
    """The API refused; the text names the field (and row) at fault.

    `fields` are the messages by field, for a form that says them where the field stands.
    """

    def __init__(
        self,
        message: str,
        *,
        status: int = 0,
        code: str = "error",
        fields: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.fields = dict(fields or {})


class ApiDown(ApiError):
    """The API could not be reached or did not answer in time."""


class SignedOut(ApiError):
    """The session has ended or was never begun."""


def _sentence(error: Mapping[str, Any]) -> str:
    row = f"Row {error['index'] + 1}, " if isinstance(error.get("index"), int) else ""
    field, message = error.get("field"), str(error.get("message", ""))
    # Some messages begin with the field's name themselves.
    named = f"{field}: " if field and not message.startswith(field) else ""
    return f"{row}{named}{message}"


def error_from(response: httpx.Response) -> ApiError:
    """The error of a refused request, in words."""
    try:
        body = response.json()
    except ValueError:
        body = {}
    if not isinstance(body, dict):
        body = {}
    errors = [e for e in body.get("errors") or [] if isinstance(e, dict)]
    sentences = "; ".join(map(_sentence, errors))
    message = sentences or str(body.get("detail") or response.reason_phrase)
    kind = SignedOut if response.status_code == 401 else ApiError
    return kind(
        message, status=response.status_code, code=str(body.get("code", "error")),
        fields={str(e["field"]): str(e.get("message", "")) for e in errors if e.get("field")},
    )  # fmt: skip
