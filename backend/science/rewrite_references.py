"""Does a prompt stand alone, or does it speak of what is not there?"""

import re
from collections.abc import Iterator
from typing import Final

from backend.science.rewrite_rules import Checked, quoted, spans_of

_FLAGS: Final = re.IGNORECASE
_DRAWING: Final = (
    r"(?:figure|diagram|picture|image|graph|chart|photo(?:graph)?|drawing|sketch|plot|illustration"
    r"|map|screenshot|video|animation|number\s+line)"
)
_TEXT: Final = (
    r"(?:passage|excerpt|article|paragraph|dialogue|transcript|spreadsheet|handout|worksheet|caption"
    r"|appendix|footnote|attachment)"
)
_THING: Final = rf"(?P<thing>{_DRAWING}|{_TEXT})"
_TELLS: Final = (
    r"(?:shows?|gives?|contains?|explains?|depicts?|represents?|illustrates?|indicates?|displays?"
    r"|describes?|makes?)"
)
_ASIDE: Final = (
    r"(?:on|to|at|in)\s+the\s+(?:far\s+)?(?:right|left|margin|next\s+page|opposite\s+page)"
)
_SHOWN: Final = r"(?:shown|illustrated|pictured|depicted|sketched|drawn|displayed)"
_EARLIER: Final = (
    r"(?:problem|question|exercise|part|section|chapter|step|example|result|task|item|lesson|page"
    r"|theorem|lemma|slide|message|conversation)"
)
_THING_SHOWN: Final = re.compile(
    rf"\b(?:see|in|from|on|off|by|use|using|consult|study|look\s+at|according\s+to|based\s+on"
    rf"|refer(?:ring)?\s+to|with)\s+(?:the|this|that)\s+(?:\w+\s+)?{_THING}\b(?!\s+of\b)"
    rf"|\b(?:the|this)\s+(?:\w+\s+)?(?P<teller>{_DRAWING}|{_TEXT})\s+(?:clearly\s+)?{_TELLS}\b",
    _FLAGS,
)
_DRAWING_SHOWN: Final = re.compile(
    rf"\bthe\s+(?:following|accompanying|attached|adjacent|enclosed)\s+(?:{_DRAWING}|{_TEXT})\b"
    rf"|\b(?:{_DRAWING}|{_TEXT})s?\s+(?:above|below|{_SHOWN}|{_ASIDE})\b"
    rf"|\b{_SHOWN}\s+(?:here\b|opposite\b|{_ASIDE}\b)|\bas\s+{_SHOWN}\b"
    r"|\b(?:figure|fig\.|diagram|chart|exhibit|plate)\s*\d"
    r"|!\[|\[image\b|如图|下图|上图|图中",
    _FLAGS,
)
# "The area of the figure" may be a figure that the words describe.
_DRAWING_NAMED: Final = re.compile(
    r"\b(?:the|this)\s+(?P<thing>figure|diagram|picture|image|graph|chart|photo|drawing|sketch|plot)"
    r"\b(?!\s+of\b)",
    _FLAGS,
)
_INTRODUCED: Final = (
    r"\b(?:an?|one|each|every|two|three|his|her|their|my|our|its|some|\d+)\s+(?:[\w-]+\s+){0,3}"
)
_ELSEWHERE: Final = re.compile(
    rf"\b(?:previous|preceding|last|earlier|prior)\s+{_EARLIER}\b|\b(?:next|opposite)\s+page\b"
    r"|\b(?:attached|enclosed|accompanying)\s+(?:file|sheet|document|table|data|text|page|list)\b"
    r"|\b(?:your|the|this|our)\s+(?:textbook|lecture|course\s+notes|lecture\s+notes)\b(?!\s+hall)"
    r"|\b(?:proved|proven|shown|discussed|learned|learnt|seen|covered|derived|taught|introduced"
    r"|stated|done)\s+(?:earlier\s+|before\s+)?in\s+(?:class|the\s+(?:book|course|text|notes))\b"
    r"|\b(?:comes|provided|supplied|included)\s+with\s+this\s+(?:problem|question|task|exercise)\b"
    r"|上一?题|前一题|前面的",
    _FLAGS,
)
_LETTERED: Final = re.compile(
    r"\b(?:[Aa]ppendix|[Ee]xhibit|[Aa]nnex|[Tt]able|[Ff]igure|[Pp]anel)\s+(?:[A-Z]|[IVX]{1,4})\b"
)
_TABLE: Final = re.compile(r"\bthe\s+(?:following|next|adjacent|given)\s+table\b", _FLAGS)
_HAS_TABLE: Final = re.compile(r"\\begin\{(?:tabular|array)|\||\t|(?:\n[^\n]*\d[^\n]*){2}")
_IN_PART: Final = re.compile(
    r"\b(?:in|from|of|by|use|using|with)\s+\((?P<name>[a-e]|i{1,3}|iv)\)(?![\w'])", _FLAGS
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
    r"exercise(?!\s\d+\s+(?:hours?|minutes?|days?|times))|question|section|chapter|example|table"
    r"|(?<=see\s)page|(?<=refer\sto\s)page|(?<=(?:given|shown|found)\son\s)page)"
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
_FAR: Final = 2000
"""Characters before a thing in which it may have been introduced."""


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
    if not _is_drawn(prompt):
        yield from _DRAWING_SHOWN.finditer(prompt)
        yield from (match for match in _THING_SHOWN.finditer(prompt) if _is_new(prompt, match))
    if not _HAS_TABLE.search(prompt):
        yield from _TABLE.finditer(prompt)
    yield from _ELSEWHERE.finditer(prompt)
    yield from (match for match in _UP_OR_DOWN.finditer(prompt) if not _has_room(prompt, match))
    parts, labels = _parts(prompt), _definitions(prompt)
    for part in (_PART, _IN_PART):
        yield from (match for match in part.finditer(prompt) if match["name"].lower() not in parts)
    yield from (match for match in _NUMBERED.finditer(prompt) if _label(match) not in labels)
    yield from (match for match in _LETTERED.finditer(prompt) if not _is_heading(prompt, match))


def _doubtful(prompt: str) -> Iterator[re.Match[str]]:
    if _is_drawn(prompt):
        yield from _DRAWING_SHOWN.finditer(prompt)
    yield from (match for match in _DRAWING_NAMED.finditer(prompt) if _is_new(prompt, match))
    yield from (match for match in _UP_OR_DOWN.finditer(prompt) if _has_room(prompt, match))


def _is_drawn(prompt: str) -> bool:
    return "[asy]" in prompt or "\\begin{tikzpicture}" in prompt


def _is_new(prompt: str, match: re.Match[str]) -> bool:
    """Whether a thing is spoken of that nothing before has introduced: "a photo", "her map"."""
    named = match.groupdict()
    thing = re.escape((named["thing"] or named.get("teller") or "").lower())
    before = prompt[max(0, match.start() - _FAR) : match.start()]
    return not re.search(rf"{_INTRODUCED}{thing}", before, _FLAGS)


def _is_heading(prompt: str, match: re.Match[str]) -> bool:
    """Whether what is named stands under that name in the prompt itself."""
    heading = rf"(?m)^[ *#_]{{0,8}}{re.escape(match[0])}\b(?=[ *_]{{0,4}}(?:[.:(]|$))"
    return re.search(heading, prompt) is not None


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
