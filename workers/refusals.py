"""What a server means by an HTTP status that is no success, whatever words it has for it.

Read from what OpenAI, Azure, vLLM, SGLang, TGI, llama.cpp, DeepSeek, OpenRouter and gateways to
Anthropic's models answer. 408, 409, 425, 429 and 5xx can pass, with exceptions: an empty account, a
prompt that does not fit or that a filter refuses, a request above the limit of a whole minute.
"""

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import NamedTuple

from workers.complaints import Complaint, retry_after
from workers.retries import AttemptFailed

_PASSING = (408, 409, 425)
_OVERLOADED = (503, 529)
# 501 and 505 say that the server will never do this.
_FINAL = (501, 505)


class _Reading(NamedTuple):
    """A kind of refusal, known by its status together with its code or words."""

    code: str
    statuses: tuple[int, ...]
    codes: frozenset[str]
    words: re.Pattern[str]
    advice: str
    about_prompt: bool


_READINGS = (
    _Reading(
        "context_length",
        # llama.cpp answers 500 where the context fills up while it writes.
        (400, 413, 422, 500),
        frozenset({"context_length_exceeded", "exceed_context_size_error", "context_exceeded"}),
        re.compile(
            r"context (?:length|size|window)|(?:prompt|input)(?: is)? too long"
            r"|input.{0,20} too large to process|must have less than \d+ tokens"
            r"|maximum input length"
            r"|max_tokens must be at least 1|max_new_tokens. must be <=",
            re.IGNORECASE,
        ),
        "prompt and token limit exceed the model's context",
        about_prompt=True,
    ),
    _Reading(
        "content_filter",
        (400, 403, 422),
        frozenset({"content_filter", "content_policy_violation", "data_inspection_failed",
                   "invalid_prompt"}),
        re.compile(
            r"content[ _]?(?:filter|management policy|policy ?violation|exists risk)"
            r"|requires moderation", re.IGNORECASE,
        ),
        "the provider's content filter refuses the prompt",
        about_prompt=True,
    ),
    _Reading(
        "request_too_large",
        (429,),
        frozenset(),
        re.compile(r"request too large", re.IGNORECASE),
        "one request needs more than the provider's limit of a minute",
        about_prompt=True,
    ),
    _Reading(
        "quota",
        (400, 402, 403, 429),
        # OpenAI answers 429 to an empty account too; no waiting fills it.
        frozenset({"insufficient_quota", "billing_hard_limit_reached", "billing_not_active",
                   "billing_error", "account_deactivated"}),
        re.compile(r"credit balance is too low|insufficient (?:balance|credits)", re.IGNORECASE),
        "the provider's account is empty or closed",
        about_prompt=False,
    ),
    _Reading(
        "refused_setting",
        (400, 422),
        frozenset(),
        re.compile(r"(?:unsupported (?:value|parameter)|not support).{0,40}temperature"
                   r"|temperature.{0,40}(?:not support|unsupported)", re.IGNORECASE),
        "register the endpoint without a temperature",
        about_prompt=False,
    ),
)  # fmt: skip


def _reading_of(status: int, complaint: Complaint) -> _Reading | None:
    for reading in _READINGS:
        said = complaint.code in reading.codes or reading.words.search(complaint.message)
        if status in reading.statuses and (said or (status == 402 and reading.code == "quota")):
            return reading
    return None


def is_about_prompt(status: int, complaint: Complaint) -> bool:
    """Whether another prompt might have been answered."""
    reading = _reading_of(status, complaint)
    return reading is not None and reading.about_prompt


def refusal(
    status: int, headers: Mapping[str, str], complaint: Complaint, shown: str
) -> AttemptFailed:
    """What the server means, and whether the same request can succeed later.

    Args:
        status, headers: of the response; a server that says itself whether to try again
            (`x-should-retry`, as OpenAI's do) is believed.
        complaint: what its body says.
        shown: its message as people may see it.
    """
    message = shown or "the server gave no reason"
    if (reading := _reading_of(status, complaint)) is not None:
        return AttemptFailed(
            reading.code, f"{reading.advice}: {message}", retryable=False,
            about_prompt=reading.about_prompt,
        )  # fmt: skip
    if 300 <= status < 400:
        message = f"the server redirects to {headers.get('location')}: register that address"
    passing = status in _PASSING or status == 429 or (status >= 500 and status not in _FINAL)
    retryable = {"true": True, "false": False}.get(headers.get("x-should-retry", ""), passing)
    wait = retry_after(headers, complaint.message, datetime.now(UTC)) if retryable else None
    return AttemptFailed(_code(status), message, retryable=retryable, wait=wait)


def _code(status: int) -> str:
    if status == 429:
        return "rate_limited"
    return "overloaded" if status in _OVERLOADED else f"http_{status}"
