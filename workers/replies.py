"""What a call brings: replies, or a failure with its reason."""

from collections.abc import Sequence
from dataclasses import dataclass

from workers.retries import AttemptFailed


@dataclass(frozen=True, slots=True)
class Reply:
    """One sample.

    Attributes:
        text: what the model said; empty where it said nothing.
        reasoning: its thinking, where the server gives it apart.
        finish_reason: the server's word: "stop", "length", "content_filter" …
        prompt_tokens: the request's prompt, divided over its samples: it is paid once.
        completion_tokens: of this sample, thinking included.
        latency_ms: of the request that brought it, without queueing and retries.
        reasoning_tokens: how many of the completion's were thinking; None where nothing tells.
    """

    text: str
    reasoning: str | None
    finish_reason: str | None
    prompt_tokens: int
    completion_tokens: int
    latency_ms: int
    reasoning_tokens: int | None = None


class CallFailed(Exception):
    """A call that brought no answer; the message is fit to be shown and never holds the key.

    Attributes:
        code: no_key, rate_limited, overloaded, quota, context_length, content_filter,
            request_too_large, refused_setting, timeout, connection, garbage or http_<status>.
        retryable: the same call may succeed at another time.
        about_prompt: the prompt is refused, and others may well be answered.
        replies: what arrived for the same question before one of its requests failed.
    """

    def __init__(
        self,
        code: str,
        message: str,
        *,
        retryable: bool,
        about_prompt: bool = False,
        replies: Sequence[Reply] = (),
    ) -> None:
        super().__init__(f"{code}: {message}")
        self.code = code
        self.message = message
        self.retryable = retryable
        self.about_prompt = about_prompt
        self.replies = tuple(replies)


def call_failed(last: AttemptFailed, replies: Sequence[Reply] = ()) -> CallFailed:
    """The failure of a call whose last attempt this was."""
    return CallFailed(
        last.code, last.message, retryable=last.retryable, about_prompt=last.about_prompt,
        replies=replies,
    )  # fmt: skip
