"""The strict reading of what a model proposes: one JSON object with a problem, its answer, and why.

What cannot be used has a fixed code, so that it can be counted, and words that say what was found.
"""

from typing import Any, Final, Literal, NamedTuple, get_args

from backend.science.judge_replies import json_object

Fault = Literal[
    "cut_off", "not_json", "fields", "not_text", "blank", "placeholder", "too_long", "unstorable",
]  # fmt: skip
FAULTS: Final[tuple[Fault, ...]] = get_args(Fault)
MOST_PROMPT: Final = 200_000
MOST_ANSWER: Final = 2_000
MOST_WHY: Final = 5_000
# What templates show in the places of a prompt and an answer: very small models give it back.
PROMPT_PLACE: Final = "the new problem"
ANSWER_PLACE: Final = "its final answer alone, as text"
_FIELDS: Final = {"prompt": MOST_PROMPT, "answer": MOST_ANSWER, "why": MOST_WHY}


class Proposal(NamedTuple):
    """A problem as a model gave it."""

    prompt: str
    answer: str
    why: str


class Unusable(NamedTuple):
    """Why a reply is no proposal."""

    code: Fault
    reason: str


def proposal_schema() -> dict[str, Any]:
    """The JSON schema of a proposal, for servers with structured output."""
    return {
        "type": "object",
        "properties": {field: {"type": "string"} for field in _FIELDS},
        "required": list(_FIELDS),
        "additionalProperties": False,
    }


def parse_proposal(text: str, *, cut_off: bool = False) -> Proposal | Unusable:
    """Read a reply: one JSON object, bare or in a code fence, with exactly the three fields.

    Args:
        text: what the model wrote; thinking before the answer is left out.
        cut_off: whether it ended at the token limit: then that is why it cannot be read.
    """
    found = json_object(text)
    if found is None:
        if cut_off:
            return Unusable("cut_off", "the reply reached its token limit")
        return Unusable("not_json", "the reply is not one JSON object")
    if found.keys() != _FIELDS.keys():
        return Unusable("fields", f"the fields are {_named(found)}, not prompt, answer and why")
    for field, most in _FIELDS.items():
        if (wrong := _wrong(found[field], most)) is not None:
            return Unusable(wrong.code, f"{field} {wrong.reason}")
    proposal = Proposal(*(found[field].strip() for field in Proposal._fields))
    for field, place in (("prompt", PROMPT_PLACE), ("answer", ANSWER_PLACE)):
        if getattr(proposal, field).rstrip(".").casefold() == place:
            return Unusable("placeholder", f"{field} is what the form has in its place")
    return proposal


def _named(found: dict[str, object]) -> str:
    names = ", ".join(sorted(found)).encode(errors="replace").decode().replace("\0", "?")
    return names[:200] or "none"


def _wrong(value: object, most: int) -> Unusable | None:
    if not isinstance(value, str):
        return Unusable("not_text", "is not text")
    if not value.strip():
        return Unusable("blank", "is blank")
    if len(value) > most:
        words = f"has {len(value):,} characters; at most {most:,} are allowed"
        return Unusable("too_long", words)
    if "\0" in value:
        return Unusable("unstorable", "holds a NUL")
    try:
        value.encode()
    except UnicodeEncodeError:
        return Unusable("unstorable", "holds half of a surrogate pair")
    return None
