"""Which mixture a command means."""

from typing import Any

from backend.cli.client import Api, answer_of, fail


def mixture_called(api: Api, called: str) -> dict[str, Any]:
    """The mixture of a number or a name; its number first: a name can look like one too."""
    if called.isascii() and called.isdecimal():
        answer = api.ask("GET", f"/v1/mixtures/{called}")
        if answer.status_code not in (404, 422):
            found: dict[str, Any] = answer_of(answer)
            return found
    for one in api.every("/v1/mixtures"):
        if one["name"] == called:
            return one
    fail(f"There is no mixture {called}.")
