"""One request to a server and the reading of its response, whatever is asked for."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

Answer = TypeVar("Answer")


class NotAnAnswer(ValueError):
    """A body that does not hold what was asked for; the message says what it is instead."""


@dataclass(frozen=True)
class Exchange(Generic[Answer]):
    """What is sent where, and what its response means.

    Attributes:
        path: below the endpoint's address.
        body: makes the JSON of the request, when it is sent.
        prompt_tokens: estimates what the request takes at least.
        completion_tokens: the most that it may be answered.
        read: the answer in the body of a response and the milliseconds that it took; raises
            NotAnAnswer.
        taken: the tokens that an answer took.
    """

    path: str
    body: Callable[[], Mapping[str, Any]]
    prompt_tokens: Callable[[], int]
    completion_tokens: int
    read: Callable[[bytes, int], Answer]
    taken: Callable[[Answer], int]
