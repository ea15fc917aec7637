"""Does a prompt stand alone, or does it speak of what is not there?"""

import re
from collections.abc import Iterator
from typing import Final

from backend.science.rewrite_rules import Checked, quoted, spans_of

_FLAGS: Final = re.IGNORECASE
_DRAWING: Final = r"(?:figure|diagram|picture|image|graph|chart|photo|drawing|sketch|plot)"
_EARLIER: Final = (
    r"(?:problem|question|exercise|part|section|chapter|step|example|result|task|item|lesson|page)"
)
_DRAWING_SHOWN: Final = re.compile(
    rf"\b(?:see|in|from|on|by|refer\s+to|shown\s+in)\s+(?:the|this)\s+(?:\w+\s+)?{_DRAWING}\b"
    rf"|\bthe\s+(?:following|accompanying|attached|adjacent)\s+{_DRAWING}\b"
    rf"|\b{_DRAWING}s?\s+(?:above|below|shown|on\s+the\s+(?:right|left)|(?:to|at)\s+(?:the\s+)?"
    rf"(?:right|left)|shows)\b|\b(?:figure|fig\.|diagram)\s*\d"
    r"|!\[|\[image\b|如图|下图|上图|图中",
    _FLAGS,
)
# "The area of the figure" may be a figure that the words describe.
_DRAWING_NAMED: Final = re.compile(rf"\b(?:the|this)\s+{_DRAWING}\b", _FLAGS)
_ELSEWHERE: Final = re.compile(
    rf"\b(?:previous|preceding|last|earlier|prior)\s+{_EARLIER}\b"
    r"|\b(?:attached|enclosed)\s+(?:file|sheet|document|table|data|text)\b"
    r"|\b(?:your|the|this)\s+(?:textbook|lecture)\b|上一?题|前一题|前面的",
    _FLAGS,
)
_UP_OR_DOWN: Final = re.compile(
    r"\b(?:as|given|shown|defined|described|mentioned|stated|listed|noted|seen|stated|the)\s+"
    r"(?P<where>above|below|earlier|previously)\b"
    r"|\b(?:table|list|code|text|passage|program|equation|formula|system|expression|problem|"
    r"function|data)s?\s+(?P<side>above|below)\b",
    _FLAGS,
)
_PART: Final = re.compile(
    r"\bparts?\s?(?P<open>\()?(?P<name>[a-e]|i{1,3}|iv|[1-9])(?(open)\))(?![\w'])", _FLAGS
)
_PART_BEGINS: Final = re.compile(
    r"(?:^|[\n.:;?]) {0,8}\(?(?P<name>[a-e]|i{1,3}|iv|[1-9])\)", _FLAGS
)
_NOUN: Final = (
    r"(?P<noun>theorem|lemma|corollary|proposition|definition|equations?|eqs?\.|formula|problem|"
    r"exercise|question|section|chapter|example|table|page)"
)
_NUMBERED: Final = re.compile(
    rf"\b{_NOUN}\s?(?:no\.\s?)?(?P<number>\(\d[\d.]{{0,8}}\)|\d[\d.]{{0,8}}(?=\D|$))", _FLAGS
)
_HEADING: Final = re.compile(
    rf"^[ *#_]{{0,8}}{_NOUN}\s?\(?(?P<number>\d[\d.]{{0,8}}?)\)? ?(?:[.:)*(](?!\d)|$)",
    _FLAGS | re.MULTILINE,
)
_TAG: Final = re.compile(
    r"\\tag\*?\{\(?(?P<tag>\d[\d.]{0,8}?)\)?\}|[\w$\]}] {0,20}\((?P<end>\d[\d.]{0,8})\) {0,8}$",
    re.MULTILINE,
)
_EQUATION: Final = re.compile(r"eq|formula", _FLAGS)
_LEAST_CONTENT: Final = 30


def stands_alone(prompt: str) -> Checked:
    """Whether the prompt can be read without anything beside it.

    Failed where it names what is surely elsewhere (a figure, "the previous problem", "Theorem 3");
    unknown where what it names may be in its own words ("as above" under other text).
    """
    missing = spans_of(_missing(prompt))
    if missing:
        return Checked("failed", f"refers to what is not there: {quoted(prompt, missing)}", missing)
    doubtful = spans_of(_doubtful(prompt))
    if doubtful:
        shown = quoted(prompt, doubtful)
        return Checked("unknown", f"may refer to what is not there: {shown}", doubtful)
    return Checked("passed", "refers to nothing outside")


def _missing(prompt: str) -> Iterator[re.Match[str]]:
    if "[asy]" not in prompt and "\\begin{tikzpicture}" not in prompt:
        yield from _DRAWING_SHOWN.finditer(prompt)
    yield from _ELSEWHERE.finditer(prompt)
    yield from (match for match in _UP_OR_DOWN.finditer(prompt) if not _has_room(prompt, match))
    parts, labels = _parts(prompt), _definitions(prompt)
    yield from (match for match in _PART.finditer(prompt) if match["name"].lower() not in parts)
    yield from (match for match in _NUMBERED.finditer(prompt) if _label(match) not in labels)


def _doubtful(prompt: str) -> Iterator[re.Match[str]]:
    yield from _DRAWING_SHOWN.finditer(prompt)
    yield from _DRAWING_NAMED.finditer(prompt)
    yield from (match for match in _UP_OR_DOWN.finditer(prompt) if _has_room(prompt, match))


def _has_room(prompt: str, match: re.Match[str]) -> bool:
    """Whether enough is said on that side that it could be what is meant."""
    if (match["where"] or match["side"]).lower() == "below":
        return len(prompt[match.end() :].strip()) >= _LEAST_CONTENT
    # The sentence that says "above" is not what it means.
    begins = max(prompt.rfind(sign, 0, match.start()) for sign in ".?!\n。")
    return len(prompt[: begins + 1].strip()) >= _LEAST_CONTENT


def _parts(prompt: str) -> set[str]:
    """The names of the parts that the prompt has itself."""
    return {match["name"].lower() for match in _PART_BEGINS.finditer(prompt)}


def _definitions(prompt: str) -> set[tuple[str, str]]:
    """What stands under its number in the prompt itself."""
    headings = {_label(match) for match in _HEADING.finditer(prompt)}
    tags = {("equation", match["tag"] or match["end"]) for match in _TAG.finditer(prompt)}
    return headings | tags


def _label(match: re.Match[str]) -> tuple[str, str]:
    noun = "equation" if _EQUATION.match(match["noun"]) else match["noun"].lower()
    return noun, match["number"].strip("().")
