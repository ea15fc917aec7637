"""What a prompt asks for: its questions, and its requests in the imperative.

Formulas and drawings in code are left out: a question mark in them asks nothing. How an answer is
to be written ("round your answer") is no request of its own.
"""

import re
from collections.abc import Iterator
from typing import Final

from backend.science.rewrite_rules import Span

_FLAGS: Final = re.IGNORECASE
# Stands for a formula: no word and no sentence, but a new one may begin behind it.
_FILLER: Final = "\x00"
_FORMULA: Final = re.compile(
    r"\[asy\].*?(?:\[/asy\]|\Z)|\\begin\{tikzpicture\}.*?(?:\\end\{tikzpicture\}|\Z)"
    r"|```.*?(?:```|\Z)|\$\$[^$]{0,2000}\$\$|\\\[.{0,2000}?\\\]|\\\(.{0,500}?\\\)"
    # One between dollars, unless it reads like words between two prices.
    r"|\$(?!\d[\d.,]*\s+[A-Za-z]{2,}\b)[^$\n]{1,300}\$",
    re.DOTALL,
)
_END_INSIDE: Final = re.compile(r"[\w})](?P<sign>[.?!])\s{0,9}(?:\$|\\[\])])+$")
# A formula before a capital letter ends one: its full stop may stand inside.
_SENTENCE: Final = re.compile(
    rf"(?:[^.?!？。！\n{_FILLER}]|\.(?=\w)|\n(?![ \t]{{0,40}}\n)"
    rf"|{_FILLER}(?!\s{{1,20}}[A-Z][a-z])){{1,4000}}{_FILLER}?[.?!？。！]*"
)
_START: Final = (
    rf"(?:^|[.?!:;,)\]}}\n{_FILLER}]|\b(?:and|then|is\s+to|asked\s+to)\b)[ \t*_#>-]{{0,4}}"
)
_BEGIN: Final = rf"(?:^|[.?!:;)\]}}\n{_FILLER}])[ \t*_#>-]{{0,4}}"
_ADDING: Final = (
    r"(?:(?:also|then|next|now|finally|lastly|in\s+addition|additionally|furthermore|moreover|besides"
    r"|afterwards?|after\s+that|second(?:ly)?|third(?:ly)?)\b,?\s+)"
)
_POLITE: Final = r"(?:please\s+|kindly\s+|you\s+(?:should|must|are\s+to|need\s+to)\s+)"
_OF_A_VALUE: Final = (
    r"find(?!\s+(?:out\s+that|that|it|himself|herself|themselves)\b)|compute|determine|calculate"
    r"|evaluate|solve|simplify|factori[sz]e|factor|expand|estimate|work\s+out|figure\s+out|obtain"
    r"|identify|rationali[sz]e|derive|differentiate|integrate"
)
_OF_A_FORM: Final = (
    r"express|list|name|state|tell|give|provide|report|count|convert|specify|write|enter|round"
    r"|approximate|predict|complete|fill|repeat|graph|plot|sketch|draw|reduce|rewrite|translate"
    r"|answer|output|build|combine|create|perform|show|prove|explain|construct|classify|compare"
    r"|describe|implement|return|arrange|use|apply|divide|multiply|add|subtract"
)
# A story may go on "and give 5 to her": only where a sentence begins is that told to the reader.
_REQUEST: Final = re.compile(
    rf"(?:{_START}{_ADDING}{{0,2}}{_POLITE}?(?P<value>{_OF_A_VALUE})"
    rf"|{_BEGIN}(?P<adding>{_ADDING}{{0,2}}){_POLITE}?(?P<form>{_OF_A_FORM}))\b"
    r"(?P<rest>[^.?!\n]{0,120})",
    _FLAGS,
)
_BEFORE_WH: Final = r"(?:(?:by|in|to|of|for|at|on|with|from|into)\s+)?"
_VERB: Final = r"(?:is|are|was|were|do|does|did|will|would|can|has|have|should)"
# Without a mark; "5 apples, which is more" and "When it rains, he runs" ask nothing.
_OPEN_QUESTION: Final = re.compile(
    rf"{_START}{_ADDING}?{_BEFORE_WH}(?:how\s+(?:many|much|long|far|old|large|tall|fast|often|big|{_VERB})"
    rf"|what)\b|{_BEGIN}{_ADDING}?{_BEFORE_WH}(?:(?:when|where|who|whom|why)\s+{_VERB}|whose"
    r"|which\s+(?:of|one|\w+\s+(?:is|are|was|were|has|have|will|would|can|did|do|does)))\b"
    r"|[求几]|多少|什么|计算|多大",
    _FLAGS,
)
# "Faster when it rains and when it does not" asks once.
_SECOND_QUESTION: Final = re.compile(
    rf"\b(?:and|or|as\s+well\s+as|plus)\s+{_BEFORE_WH}(?:how|what|which|who|whom|whose|why"
    r"|(?:when|where)\s+(?:is|are|was|were|do|does|did|will|would|can))\b",
    _FLAGS,
)
_QUESTION_WORD: Final = re.compile(
    r"\b(?:how|what|which|who|whom|whose|why|calculate|compute|find|determine|can\s+you)\b", _FLAGS
)
_MARK: Final = re.compile(r"[?？]")
_OF_THE_ANSWER: Final = re.compile(r"\b(?:answers?|results?|solutions?|response)\b", _FLAGS)
_ANSWER_ITSELF: Final = re.compile(
    r"\s+(?:your|the|all)\s+(?:final\s+)?(?:answers?|results?)\b", _FLAGS
)
_OF_MORE: Final = re.compile(r"\b(?:whether|both|separately|too|as\s+well)\b", _FLAGS)
_OF_ALL_IN_ONE: Final = re.compile(
    r"\s+(?:only\s+)?(?:the|their|its)\s+(?:sum|product|difference|total|value)\b", _FLAGS
)


def asks(prompt: str) -> list[Span]:
    """Where the prompt asks for a value, each once, in reading order."""
    plain = _without_formulas(prompt)
    found: list[Span] = []
    for sentence in _SENTENCE.finditer(plain):
        if _MARK.search(sentence[0]):
            found += _questions(sentence)
        else:
            found += _requests(sentence, is_first=not found)
    return found


def asks_anything(prompt: str) -> bool:
    """Whether there is a question or a request at all, be it without a question mark."""
    plain = _without_formulas(prompt)
    return any(found.search(plain) for found in (_MARK, _REQUEST, _OPEN_QUESTION))


def _questions(sentence: re.Match[str]) -> Iterator[Span]:
    """The sentence, and a second question in it."""
    text, offset = sentence[0], sentence.start()
    word = _QUESTION_WORD.search(text)
    begins = word.start() if word else len(text) - len(text.lstrip())
    yield offset + begins, offset + len(text)
    for second in _SECOND_QUESTION.finditer(text):
        if _QUESTION_WORD.search(text, 0, second.start()):
            yield offset + second.start(), offset + second.end()


def _requests(sentence: re.Match[str], *, is_first: bool) -> Iterator[Span]:
    """What the sentence tells to find; `is_first`: nothing was asked before."""
    for request in _REQUEST.finditer(sentence[0]):
        if _is_of_a_value(request, is_first=is_first):
            is_first = False
            start = request.start("value" if request["value"] else "form")
            yield sentence.start() + start, sentence.start() + request.end("rest")


def _is_of_a_value(request: re.Match[str], *, is_first: bool) -> bool:
    """Whether it asks for a further value, and not for the form of one."""
    rest = request["rest"]
    if _OF_MORE.search(rest):
        return True
    if request["form"] and not is_first:
        return bool(request["adding"]) and not _OF_ALL_IN_ONE.match(rest)
    if request["value"]:
        return not _ANSWER_ITSELF.match(rest)
    return not _OF_THE_ANSWER.search(rest)


def _without_formulas(prompt: str) -> str:
    return _FORMULA.sub(_filled, prompt)


def _filled(formula: re.Match[str]) -> str:
    """As long as the formula; a sign that ends a sentence inside it stands at its end."""
    end = _END_INSIDE.search(formula[0])
    return _FILLER * (len(formula[0]) - 1) + (end["sign"] if end else _FILLER)
