"""Which failures are tried again, how often, and after how long.

Only what can succeed is tried again: 408, 429, 5xx, a dropped or refused connection, a timeout, an
answer that is no completion. Any other refusal would meet the same request again.
"""

import random
from collections import Counter
from collections.abc import Mapping
from datetime import UTC, datetime

from workers.chat_protocol import retry_after

ATTEMPTS = 8
TIMEOUTS = 3
FIRST_BACKOFF_SECONDS = 0.5
LONGEST_BACKOFF_SECONDS = 30.0
# A server that asks for more patience than this is better tried again by a later job.
LONGEST_RETRY_AFTER_SECONDS = 120.0
# 501 and 505 say that the server will never do this.
_FINAL = (501, 505)
_CONGESTION = ("rate_limited", "timeout")


class AttemptFailed(Exception):
    """One attempt's failure; `wait` is what the server asks for, in seconds."""

    def __init__(
        self, code: str, message: str, *, retryable: bool = True, wait: float | None = None
    ) -> None:
        super().__init__(code)
        self.code = code
        self.message = message
        self.retryable = retryable
        self.wait = wait

    @property
    def congested(self) -> bool:
        """Whether fewer calls at once may help."""
        return self.code in _CONGESTION


def refusal(
    status: int, headers: Mapping[str, str], message: str, code: str | None
) -> AttemptFailed:
    """What an HTTP status that is no success means."""
    wait = retry_after(headers.get("retry-after"), datetime.now(UTC))
    if 300 <= status < 400:
        message = f"the server redirects to {headers.get('location')}: register that address"
    message = message or "the server gave no reason"
    if status == 429:
        # OpenAI answers 429 to an empty account too; no waiting fills it.
        if code == "insufficient_quota":
            return AttemptFailed("quota", message, retryable=False)
        return AttemptFailed("rate_limited", message, wait=wait)
    retryable = status == 408 or (status >= 500 and status not in _FINAL)
    return AttemptFailed(f"http_{status}", message, retryable=retryable, wait=wait)


def gives_up(failure: AttemptFailed, failures: Counter[str], attempts: int) -> bool:
    """Whether this was the last of so many attempts, given all failures so far by code."""
    return (
        not failure.retryable
        or failures.total() >= attempts
        or failures["timeout"] >= TIMEOUTS
        or (failure.wait or 0) > LONGEST_RETRY_AFTER_SECONDS
    )


def backoff(failure: AttemptFailed, failures: int) -> float:
    """Seconds until the next attempt: what the server asks for, else 2^k with full jitter.

    Full jitter: Brooker, "Exponential Backoff And Jitter" (AWS, 2015).
    """
    if failure.wait is not None:
        return failure.wait
    longest = min(FIRST_BACKOFF_SECONDS * 2.0 ** (failures - 1), LONGEST_BACKOFF_SECONDS)
    return random.uniform(0, longest)
