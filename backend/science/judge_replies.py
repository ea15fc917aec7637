"""The strict reading of what a judge replies: one JSON object, or nothing."""

import json
import re
from typing import Any, Final

from backend.science.thinking import without_thinking

# A fenced block; read in linear time, however much white space a reply has.
FENCED: Final = re.compile(r"```(?:json|JSON)?[^\S\n]*+\n(.*?)```", re.DOTALL)


def json_object(text: str) -> dict[str, Any] | None:
    """The one JSON object of a reply, bare or in one fenced block; None for anything else.

    Args:
        text: the reply; thinking before it is left out.
    """
    reply = without_thinking(text)
    fenced = FENCED.findall(reply)
    if len(fenced) > 1:
        return None
    try:
        value = json.loads(fenced[0] if fenced else reply, object_pairs_hook=without_repeats)
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) else None


def without_repeats(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """An object of its pairs, for `json.loads`.

    Raises:
        ValueError: a key occurs twice.
    """
    value = dict(pairs)
    if len(value) != len(pairs):
        raise ValueError("a key occurs twice")
    return value
