"""Which failures are tried again, how often, and after how long.

Only what can succeed is tried again: what `refusals` says of an HTTP status, a dropped or refused
connection, a timeout, an answer that is no completion.
"""

import random
from collections import Counter

ATTEMPTS = 8
TIMEOUTS = 3
FIRST_BACKOFF_SECONDS = 0.5
LONGEST_BACKOFF_SECONDS = 30.0
# A server that asks for more patience than this is better tried again by a later job.
LONGEST_RETRY_AFTER_SECONDS = 120.0
_CONGESTION = ("rate_limited", "overloaded", "timeout")


class AttemptFailed(Exception):
    """One attempt's failure.

    Attributes:
        code, message: what went wrong, for programs and for people.
        retryable: the same request may succeed at another time.
        wait: what the server asks for, in seconds.
        about_prompt: the prompt is refused, and others may well be answered.
    """

    def __init__(
        self,
        code: str,
        message: str,
        *,
        retryable: bool = True,
        wait: float | None = None,
        about_prompt: bool = False,
    ) -> None:
        super().__init__(code)
        self.code = code
        self.message = message
        self.retryable = retryable
        self.wait = wait
        self.about_prompt = about_prompt

    @property
    def congested(self) -> bool:
        """Whether fewer calls at once may help."""
        return self.code in _CONGESTION


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
