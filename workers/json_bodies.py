"""JSON as servers send it."""

import json
from typing import Any

import orjson

from backend.scoring.samples import storable

# More digits may not fit into the 64 bits that JSON is written with again.
_MOST_DIGITS = 18


def json_of(content: bytes) -> Any:
    """What a body says.

    Servers that cut text between the halves of a surrogate pair or within a character, or write
    NaN, are read too, with replacement characters: their answers are paid for like any others.

    Raises:
        ValueError: it is not JSON.
    """
    try:
        return orjson.loads(content)
    except orjson.JSONDecodeError:
        try:
            found = json.loads(content.decode(errors="replace"))
            return json.loads(
                storable(json.dumps(found, ensure_ascii=False)), parse_int=_whole_number
            )
        except RecursionError:
            raise ValueError("the JSON is nested too deeply") from None


def _whole_number(digits: str) -> float:
    return int(digits) if len(digits) <= _MOST_DIGITS else float(digits)
