"""The rubric by which judges and curators rate a prompt, and the strict reading of a verdict.

A judge counts reasoning steps and rates on anchored levels. What it answers either fits the schema
and is a verdict, or is unscored: never a zero, never bent into range. The rubric is short enough
for a model with a small context. A change of its words is a new version; earlier ones stay, and
verdicts carry the hash of the one they were given under.
"""

import hashlib
import json
import re
from functools import cache
from typing import Any, Final, NamedTuple, TypeGuard

from backend.science.judge_replies import FENCED, without_repeats
from backend.science.rubric_versions import FIRST, SECOND, Dimension, Rubric
from backend.science.thinking import without_thinking

RUBRICS: Final = {rubric.version: rubric for rubric in (FIRST, SECOND)}
OLDEST_VERSION: Final = FIRST.version
NEWEST_VERSION: Final = SECOND.version

_UNSTORABLE: Final = re.compile(r"[\x00\ud800-\udfff]")


class Verdict(NamedTuple):
    """What a judge said of one prompt; None for what its rubric does not ask."""

    steps: int
    difficulty: int
    reasons: str
    multi_step: int | None = None
    well_posed: int | None = None
    verifiable: int | None = None


class Unscored(NamedTuple):
    """Why a judge's answer cannot be used. Counted, and left out of every mean."""

    reason: str


def rubric_of(version: str) -> Rubric:
    """The rubric of a version.

    Raises:
        ValueError: there is none; says which there are.
    """
    if version not in RUBRICS:
        raise ValueError(f"there is no rubric {version}; there are: {', '.join(RUBRICS)}")
    return RUBRICS[version]


@cache
def rubric_hash(version: str) -> str:
    """SHA-256 of the rubric's version, words and schema: the identity of verdicts under it."""
    identity = json.dumps([version, _words(rubric_of(version)), json_schema(version)],
                          sort_keys=True)  # fmt: skip
    return hashlib.sha256(identity.encode()).hexdigest()


def version_of_hash(digest: str) -> str | None:
    """The version of which this is the hash, if there is one."""
    return next((version for version in RUBRICS if rubric_hash(version) == digest), None)


def messages(prompt: str, version: str) -> list[dict[str, str]]:
    """The chat messages that ask a judge to rate a prompt."""
    words = _words(rubric_of(version))
    return [{"role": "user", "content": f"{words}\n\n<problem>\n{prompt}\n</problem>"}]


def _words(rubric: Rubric) -> str:
    dimensions = "\n".join(map(_asked, rubric.dimensions))
    return (
        f"Rate the problem below. Do not solve it in full.\n\n{dimensions}\n"
        "reasons: one short sentence.\n\n"
        f"{rubric.reply}\n{json.dumps(rubric.example)}"
    )


def _asked(dimension: Dimension) -> str:
    levels = [f"{level} = {meaning} ({example})" for level, meaning, example in dimension.anchors]
    return "\n".join([f"{dimension.name}: {dimension.question}".rstrip(), *levels])


def json_schema(version: str) -> dict[str, Any]:
    """The JSON schema of a verdict, for servers with structured output."""
    properties: dict[str, Any] = {
        dimension.name: {"type": "integer", "minimum": 1, "maximum": dimension.most}
        for dimension in rubric_of(version).dimensions
    }
    properties["reasons"] = {"type": "string"}
    return {
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }


def parse_verdict(text: str, version: str, *, cut_off: bool = False) -> Verdict | Unscored:
    """Read a judge's answer: one JSON object, bare or in one fenced block, exactly as the schema.

    Args:
        text: the answer; thinking before it is left out.
        version: the rubric's.
        cut_off: whether the answer ended at the token limit: then that is why it cannot be read.
    """
    answer = without_thinking(text)
    fenced = FENCED.findall(answer)
    if len(fenced) > 1:
        return Unscored("several fenced blocks")
    try:
        value = json.loads(fenced[0] if fenced else answer, object_pairs_hook=without_repeats)
    except (ValueError, RecursionError):
        return Unscored("cut off at the token limit" if cut_off else "not one JSON object")
    dimensions = rubric_of(version).dimensions
    names = [*(dimension.name for dimension in dimensions), "reasons"]
    if not isinstance(value, dict) or set(value) != set(names):
        return Unscored(f"not an object with {', '.join(names[:-1])} and {names[-1]}")
    return _checked(value, dimensions)


def _checked(value: dict[str, Any], dimensions: tuple[Dimension, ...]) -> Verdict | Unscored:
    for dimension in dimensions:
        if not _is_integer_within(value[dimension.name], dimension.most):
            return Unscored(f"{dimension.name} is not an integer from 1 to {dimension.most}")
    reasons = value["reasons"]
    if not isinstance(reasons, str) or _UNSTORABLE.search(reasons):
        return Unscored("reasons is not plain text")
    return Verdict(**value | {"reasons": reasons.strip()})


def _is_integer_within(value: object, most: int) -> TypeGuard[int]:
    return isinstance(value, int) and not isinstance(value, bool) and 1 <= value <= most
