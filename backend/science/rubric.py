"""The rubric by which a judge rates a prompt, and the strict reading of its verdict.

The judge counts reasoning steps and rates difficulty on anchored levels. What it answers either
fits the schema and is a verdict, or is unscored: never a zero, never bent into range. The rubric is
short enough for a model with a small context. A change of its words is a new version, and verdicts
carry the hash of the rubric they were given under.
"""

import hashlib
import json
import re
from typing import Any, Final, NamedTuple, TypeGuard

from backend.science.text import without_thinking

RUBRIC_VERSION: Final = "1"
MOST_STEPS: Final = 100

_RUBRIC: Final = """\
Rate the problem below. Do not solve it in full.

steps: how many reasoning steps a careful solution needs. Recalling a fact is 1 step; each \
calculation, deduction or case adds 1.
difficulty:
1 = recall or one operation ("7 * 8")
2 = two or three plain steps (a change-of-money problem)
3 = several linked steps (two trains that meet)
4 = needs an idea or a case split (an olympiad warm-up)
5 = long or research-like (an olympiad final)
reasons: one short sentence.

Reply with JSON only, such as
{"steps": 3, "difficulty": 2, "reasons": "Two prices are added, then change is taken."}"""

_FENCE: Final = re.compile(r"```(?:json|JSON)?\s*\n(.*?)```", re.DOTALL)
_UNSTORABLE: Final = re.compile(r"[\x00\ud800-\udfff]")


class Verdict(NamedTuple):
    """What a judge said of one prompt."""

    steps: int
    difficulty: int
    reasons: str


class Unscored(NamedTuple):
    """Why a judge's answer cannot be used. Counted, and left out of every mean."""

    reason: str


def rubric_hash() -> str:
    """SHA-256 of the rubric's version, words and schema: the identity of verdicts under it."""
    identity = json.dumps([RUBRIC_VERSION, _RUBRIC, json_schema()], sort_keys=True)
    return hashlib.sha256(identity.encode()).hexdigest()


def messages(prompt: str) -> list[dict[str, str]]:
    """The chat messages that ask a judge to rate a prompt."""
    return [{"role": "user", "content": f"{_RUBRIC}\n\n<problem>\n{prompt}\n</problem>"}]


def json_schema() -> dict[str, Any]:
    """The JSON schema of a verdict, for servers with structured output."""
    return {
        "type": "object",
        "properties": {
            "steps": {"type": "integer", "minimum": 1, "maximum": MOST_STEPS},
            "difficulty": {"type": "integer", "minimum": 1, "maximum": 5},
            "reasons": {"type": "string"},
        },
        "required": ["steps", "difficulty", "reasons"],
        "additionalProperties": False,
    }


def parse_verdict(text: str) -> Verdict | Unscored:
    """Read a judge's answer: one JSON object, bare or in one fenced block, exactly as the schema.

    Args:
        text: the answer; thinking before it is left out.
    """
    answer = without_thinking(text)
    fenced = _FENCE.findall(answer)
    if len(fenced) > 1:
        return Unscored("several fenced blocks")
    try:
        value = json.loads(fenced[0] if fenced else answer, object_pairs_hook=_without_repeats)
    except (ValueError, RecursionError):
        return Unscored("not one JSON object")
    if not isinstance(value, dict) or set(value) != {"steps", "difficulty", "reasons"}:
        return Unscored("not an object with steps, difficulty and reasons")
    return _checked(value["steps"], value["difficulty"], value["reasons"])


def _checked(steps: object, difficulty: object, reasons: object) -> Verdict | Unscored:
    if not _is_integer_within(steps, MOST_STEPS):
        return Unscored(f"steps is not an integer from 1 to {MOST_STEPS}")
    if not _is_integer_within(difficulty, 5):
        return Unscored("difficulty is not an integer from 1 to 5")
    if not isinstance(reasons, str) or _UNSTORABLE.search(reasons):
        return Unscored("reasons is not plain text")
    return Verdict(steps, difficulty, reasons.strip())


def _is_integer_within(value: object, most: int) -> TypeGuard[int]:
    return isinstance(value, int) and not isinstance(value, bool) and 1 <= value <= most


def _without_repeats(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    value = dict(pairs)
    if len(value) != len(pairs):
        raise ValueError("a key occurs twice")
    return value
