"""Keys of model servers: read from the worker's environment when they are needed, never stored."""

import os

from workers.retries import AttemptFailed

REASON_CHARACTERS = 500


def key_in(variable: str | None) -> str | None:
    """The key that an environment variable holds; None where the endpoint needs none.

    Raises:
        AttemptFailed: the variable is not set, or holds what cannot be sent.
    """
    if variable is None:
        return None
    key = os.environ.get(variable, "").strip()
    if key.isascii() and key.isprintable() and key:
        return key
    found = "holds what no header can carry" if key else "is not set"
    reason = f"the environment variable {variable} of the worker {found}"
    raise AttemptFailed("no_key", reason, retryable=False)


def without_key(key: str | None, message: str) -> str:
    """The message for people: without the key, and cut only after that."""
    hidden = message.replace(key, "[key]") if key else message
    return " ".join(hidden.split())[:REASON_CHARACTERS]
