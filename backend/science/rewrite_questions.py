"""Does a prompt ask for exactly one short answer?"""

import re
from collections.abc import Iterator, Sequence
from typing import Final

from backend.science.rewrite_rules import Checked, Span, quoted, spans_of

_FLAGS: Final = re.IGNORECASE
# Where a request begins: at the start, after a sentence, or after a word that joins requests.
_REQUEST: Final = r"(?:^|(?<=[.!?:;,)\n])|\b(?:and|then|to|also|please|or))\s*"
_REASONED: Final = re.compile(
    rf"{_REQUEST}(?P<verb>(?:dis)?prove\b(?!\w)|(?:show|demonstrate|verify|argue)\s+that\b"
    r"|explain\s+(?:why|how|what)\b|justify\b(?!\s+your)|discuss\b|describe\b|why\b"
    r"|write\s+an?\s+(?:\w+\s+)?(?:essay|poem|story|letter|paragraph|summary|report|dialogue)\b)"
    r"|证明|为什么|说明理由",
    _FLAGS,
)
_BESIDE: Final = re.compile(
    r"\b(?:explain|justify|show|give)\s+(?:all\s+)?your\s+(?:answer|work|reasoning|steps?|reasons?|"
    r"solution)\b|\b(?:draw|sketch|plot)\s+(?:the|a)\b",
    _FLAGS,
)
_MARKER: Final = re.compile(
    r"(?<![\w)\\}\]'])\((?P<inner>[a-h]|i{1,3}|iv|v|[1-9])\)"
    r"|(?:(?<=\n)|^)[ \t*]*(?P<line>[a-h])[).](?=\s)",
    _FLAGS,
)
_FOLLOWING: Final = re.compile(
    r"\b(?:which|what|one|select|choose)\s+of\s+the\s+following\b", _FLAGS
)
_CHOICES: Final = re.compile(r"\b(?:answer\s+choices|multiple[\s-]choice)\b", _FLAGS)
_ASKED: Final = re.compile(
    r"\b(?:find|compute|determine|calculate|evaluate|what|how\s+(?:many|much|long|far|old|large|"
    r"tall|fast|often)|which|who|when|where|solve|simplify|express|list|name|state|write|give|"
    r"count|factor|expand|convert|round|estimate|is|are|does|can)\b|[求几]|多少|什么|计算|多大",
    _FLAGS,
)
_QUESTION: Final = re.compile(r"[?？]")
_SERIES: Final = ("abcdefgh", ("i", "ii", "iii", "iv", "v"), "123456789")


def one_answer(prompt: str) -> Checked:
    """Whether the prompt asks for one short answer.

    Failed where it asks for a proof or an explanation, has several parts, or still offers choices;
    unknown where it asks beside the answer for more, or where no question is found.
    """
    choices, parts = _options(prompt)
    found = (
        ("asks for a proof or an explanation", spans_of(_REASONED.finditer(prompt))),
        ("still offers choices", choices),
        ("has several parts", parts),
    )
    for said, spans in found:
        if spans:
            return Checked("failed", f"{said}: {quoted(prompt, spans)}", spans)
    return _doubts(prompt)


def _doubts(prompt: str) -> Checked:
    if spans := spans_of(_BESIDE.finditer(prompt)):
        return Checked("unknown", f"asks for more beside: {quoted(prompt, spans)}", spans)
    questions = spans_of(_QUESTION.finditer(prompt))
    if len(questions) > 1:
        return Checked("unknown", f"has {len(questions)} question marks", questions)
    if not questions and not _ASKED.search(prompt):
        return Checked("unknown", "no question was found")
    return Checked("passed", "asks one question")


def _options(prompt: str) -> tuple[tuple[Span, ...], tuple[Span, ...]]:
    """Where choices are offered, and where parts begin."""
    offered = [*_FOLLOWING.finditer(prompt), *_CHOICES.finditer(prompt)]
    run = _longest_run(list(_MARKER.finditer(prompt)))
    if offered or (len(run) > 2 and (run[0]["inner"] or run[0]["line"]).isupper()):
        return spans_of([*offered, *run]), ()
    return (), spans_of(run)


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
