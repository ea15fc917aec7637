"""Does a prompt ask for exactly one short answer?"""

import re
from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

from backend.science.rewrite_asks import asks, asks_anything
from backend.science.rewrite_rules import MOST_SPANS, Checked, Span, quoted, spans_of

_FLAGS: Final = re.IGNORECASE
# Where a request begins: at the start, after a sentence or formula, or after a word that joins
# requests. "He wants to show that" asks for nothing.
_REQUEST: Final = (
    r"(?:^|(?<=[.!?:;,)\]}$\n])|\b(?:and|then|also|please|or)"
    r"|\b(?:asked|required|(?:task|goal|problem|aim)\s+is)\s+to)\s{0,20}"
)
_TEXT: Final = (
    r"(?:essay|poem|story|letter|paragraph|summary|report|dialogue|proof|derivation|explanation"
    r"|justification|argument|rationale|reasoning)"
)
_REASONED: Final = re.compile(
    rf"{_REQUEST}(?P<verb>(?:dis)?prove\b|(?:show|demonstrate|verify|argue|establish|deduce)\s+"
    r"(?:that|why|how)\b|explain\s+(?:why|how|what|the)\b|justify\b(?!\s+your)|discuss\b"
    r"|describe\b|comment\s+on\b|elaborate\b|why\b|(?:give|write|provide|present|sketch|outline"
    rf"|produce|supply|include)\s+(?:an?|the|your)\s+(?:[\w-]+\s+){{0,2}}{_TEXT}\b)"
    r"|证明|为什么|说明理由",
    _FLAGS,
)
_BESIDE: Final = re.compile(
    r"\b(?:explain|justify)\s+(?:all\s+)?your\s+(?:answer|work|reasoning|steps?|reasons?|solution"
    r"|choice)\b|\b(?:show|give)\s+(?:all\s+)?your\s+(?:work|reasoning|steps?|reasons?)\b"
    rf"|{_REQUEST}(?:draw|sketch|plot)\s+(?:the|a)\b",
    _FLAGS,
)
_LABEL: Final = r"(?:part|question|task|problem|exercise|q)"
_MARKER: Final = re.compile(
    r"(?<![\w)\\}\]'])[(\[](?P<inner>[a-h]|i{1,3}|iv|v|[1-9])[)\]]"
    rf"|(?:(?<=\n)|^)[ \t*-]*{_LABEL}?\s?(?P<line>[a-h]|i{{1,3}}|iv|v|[1-9])[).:](?=[\s*])",
    _FLAGS,
)
_FOLLOWING: Final = re.compile(
    r"\b(?:which|what|one|select|choose)\s+of\s+the\s+following\b", _FLAGS
)
# "Twice as many multiple choice questions as others" offers none.
_CHOICES: Final = re.compile(
    r"\banswer\s+choices\b"
    r"|\bmultiple[\s-]choice\b(?!,|\s+(?:questions?|problems?|tests?|exams?|items?|sections?)\b)"
    rf"|{_REQUEST}(?:choose|select|pick)\s+(?:one\b|from\b|(?:the|an?)\s+(?:\w+\s+)?"
    r"(?:option|answer|choice|alternative)s?\b)",
    _FLAGS,
)
_ONE_OR_OTHER: Final = re.compile(
    r"\b(?:is|are|was|were)\s+(?:it|this|that|they)\s+[^?]{1,80}\bor\b[^?]{1,60}\?", _FLAGS
)
_SERIES: Final = ("abcdefgh", ("i", "ii", "iii", "iv", "v"), "123456789")


def one_answer(prompt: str) -> Checked:
    """Whether the prompt asks for one short answer.

    Failed where it asks for a proof or an explanation, has several parts, or still offers choices;
    unknown where it asks for more than one thing, or for nothing that was found.
    """
    asked = asks(prompt)
    options = _options(prompt, asked)
    found = (
        ("asks for a proof or an explanation", spans_of(_REASONED.finditer(prompt))),
        ("still offers choices", options.choices),
        ("has several parts", options.parts),
    )
    for said, spans in found:
        if spans:
            return Checked("failed", f"{said}: {quoted(prompt, spans)}", spans)
    return _doubts(prompt, asked, options.doubtful)


def _doubts(prompt: str, asked: Sequence[Span], doubtful: tuple[Span, ...]) -> Checked:
    found = (
        ("asks for more beside", spans_of(_BESIDE.finditer(prompt))),
        ("may have parts or choices", doubtful),
        (f"asks for {len(asked)} things", tuple(asked)[:MOST_SPANS] if len(asked) > 1 else ()),
    )
    for said, spans in found:
        if spans:
            return Checked("unknown", f"{said}: {quoted(prompt, spans)}", spans)
    if not asked and not asks_anything(prompt):
        return Checked("unknown", "no question was found")
    return Checked("passed", "asks one question")


class _Options(NamedTuple):
    """Where choices are offered, where parts begin, and what may be either."""

    choices: tuple[Span, ...] = ()
    parts: tuple[Span, ...] = ()
    doubtful: tuple[Span, ...] = ()


def _options(prompt: str, asked: Sequence[Span]) -> _Options:
    offered = [*_FOLLOWING.finditer(prompt), *_CHOICES.finditer(prompt)]
    run = _longest_run(list(_MARKER.finditer(prompt)))
    if offered or (len(run) > 2 and (run[0]["inner"] or run[0]["line"]).isupper()):
        return _Options(choices=spans_of([*offered, *run]))
    starts = [start for start, _ in asked]
    ends = [*(marker.start() for marker in run[1:]), len(prompt)]
    asking = sum(
        any(marker.start() <= start < end for start in starts)
        for marker, end in zip(run, ends, strict=False)
    )
    if asking > 1:
        return _Options(parts=spans_of(run))
    introduced = bool(run) and any(start < run[0].start() for start in starts)
    return _Options(
        doubtful=spans_of(run) if introduced else spans_of(_ONE_OR_OTHER.finditer(prompt))
    )


def _longest_run(markers: Sequence[re.Match[str]]) -> list[re.Match[str]]:
    """Markers that count up from the first of a series: (a), (b), … or (i), (ii), …"""
    runs = [list(_run(markers, series)) for series in _SERIES]
    longest = max(runs, key=len)
    return longest if len(longest) > 1 else []


def _run(markers: Sequence[re.Match[str]], series: Sequence[str]) -> Iterator[re.Match[str]]:
    wanted = 0
    for marker in markers:
        name = (marker["inner"] or marker["line"]).lower()
        if wanted < len(series) and name == series[wanted]:
            wanted += 1
            yield marker
