"""What servers say when they refuse: the message, its code, and when to ask again."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import NamedTuple

import orjson

_NUMBER = re.compile(r"\d+(?:\.\d+)?")
_WAIT_IN_WORDS = re.compile(
    r"(?:try again in|retry after) (?P<number>\d+(?:\.\d+)?) ?(?P<unit>ms|s)", re.I
)


class Complaint(NamedTuple):
    """A refusal's message, its code or else its type, and the parameter that it names."""

    message: str
    code: str | None = None
    parameter: str | None = None


def complaint_of(content: bytes) -> Complaint:
    """What a refusal says, whatever form the server gave it."""
    try:
        body = orjson.loads(content)
    except orjson.JSONDecodeError:
        body = content.decode(errors="replace")
    error = body.get("error", body) if isinstance(body, dict) else body
    if not isinstance(error, dict):
        return Complaint(in_words(error))
    message = error.get("message") or error.get("detail") or error
    code, parameter = error.get("code"), error.get("param")
    if code is None or str(code).isdecimal():  # vLLM and llama.cpp repeat the status there
        code = error.get("type")
    return Complaint(in_words(message), code and str(code), parameter and str(parameter))


def in_words(value: object) -> str:
    """JSON as text; text as it stands."""
    return value if isinstance(value, str) else orjson.dumps(value).decode()


def retry_after(headers: Mapping[str, str], message: str, now: datetime) -> float | None:
    """Seconds until the server wants to be asked again; None where it does not say.

    `retry-after-ms` (OpenAI, Azure) is the most exact; `Retry-After` is a number or a date (RFC
    9110, 10.2.3); gateways that drop both leave "try again in 9.8s" in the message.
    """
    milliseconds, after = headers.get("retry-after-ms", ""), headers.get("retry-after", "")
    if _NUMBER.fullmatch(milliseconds):
        return float(milliseconds) / 1000
    if _NUMBER.fullmatch(after):
        return float(after)
    try:
        when = parsedate_to_datetime(after)
    except ValueError:
        said = _WAIT_IN_WORDS.search(message)
        return said and float(said["number"]) / (1000 if said["unit"] == "ms" else 1)
    aware = when if when.tzinfo else when.replace(tzinfo=UTC)
    return max((aware - now).total_seconds(), 0.0)
