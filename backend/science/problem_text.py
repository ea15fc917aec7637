"""A problem taken apart: its words, numbers, names, formula, question and options.

What a benchmark item and a seed are compared by (`pair_features`). Nothing here is certain: where a
part cannot be told, it is empty, and the comparison rests on the others.
"""

import re
from collections import Counter
from collections.abc import Iterable
from typing import Final, NamedTuple

from backend.science.code_words import code_words
from backend.science.problem_numbers import FoundNumber, find_numbers
from backend.science.text import Word, words_with_offsets

_STEM_LETTERS: Final = 5
_MARKER: Final = re.compile(
    r"(?:(?<=\n)|(?<=\s)|^)(?:\(([A-Za-z])\)|([A-Za-z])\s?[.):])\s?|Answer(\d):"
)
# Most texts have no third option, which a look for these says quickly.
_THIRD_MARKS: Final = (
    "(C)", "C.", "C)", "C:", "C .", "C )", "C :", "Answer3:",
    *(f"{space}c{end}" for space in " \n(\t" for end in (".", ")", ":", " .", " )", " :")),
)  # fmt: skip
_SENTENCE: Final = re.compile(r"(?:[^.?!。？！\n]|[.?!](?!\s)|\n(?![^\S\n]*+\n))+[.?!。？！]?")
_ASKING: Final = re.compile(
    r"[?？]|\b(?:find|compute|calculate|determine|evaluate|what|how many|how much|which|prove|solve"
    r"|simplify|express)\b",
    re.IGNORECASE,
)
_NAME: Final = re.compile(r"(?<=[a-z,;'’] )[A-Z][a-z]{2,}\b")
_SYMBOL: Final = re.compile(
    r"\\[a-zA-Z]+|(?<![a-zA-Z])[b-zB-HJ-Z](?![a-zA-Z'’])|[-+*/^=<>|!≤≥≠×÷±√∞]"
)
_FUNCTION: Final = re.compile(
    r"\b(?:def|function|func|fn)\s+(\w+)|\b(?:int|void|bool|char|double|float|long)\*?\s+\*?(\w+)\("
)
_FORMATTING: Final = frozenset(
    """
    \\left \\right \\text \\mathrm \\mathbf \\textbf \\displaystyle \\quad \\qquad \\begin \\end
    \\dfrac \\tfrac \\frac \\boxed \\big \\Big \\limits \\ldots \\dots \\cdots \\rm \\item
    """.split()
)
_COMMON: Final = frozenset(
    """
    a an the of to in and is are was were be been it its he she they his her their them him that
    this these those there for on at by with from as if so or but then than each every all any how
    many much what which who whom whose when where why do does did has have had will would can
    could should may might i you we me my your our us not no into out up down over under after
    before between during per more most less least very also just about one
    """.split()
)


class Problem(NamedTuple):
    """The parts of a text that comparisons look at.

    Attributes:
        text: the text itself.
        words: all normalised words, with their places.
        stems: the beginning of each word, so that `requires` meets `required`.
        body: how many of the words stand before the options of a multiple choice.
        numbers: the values before the options.
        names: capitalised words within sentences.
        symbols: variables, operators and functions of its formulas, with how often each stands.
        question: stems of the sentences that ask.
        options: stems of the options.
        is_code: whether the words are those of a program.
    """

    text: str
    words: list[Word]
    stems: list[str]
    body: int
    numbers: list[FoundNumber]
    names: frozenset[str]
    symbols: Counter[str]
    question: frozenset[str]
    options: frozenset[str]
    is_code: bool


def read_problem(text: str) -> Problem:
    """Take a text apart."""
    cut = options_start(text)
    words = words_with_offsets(text)
    body = sum(word.start < cut for word in words)
    stems = _stems(words)
    return Problem(
        text=text,
        words=words,
        stems=stems,
        body=body,
        numbers=find_numbers(text[:cut]),
        names=frozenset(name.lower() for name in _NAME.findall(text[:cut])),
        symbols=_symbols(text[:cut]),
        question=_question(text[:cut], words),
        options=frozenset(stems[body:]),
        is_code=False,
    )


def read_program(text: str) -> Problem:
    """Take a program apart: what it says of itself, and the names of its functions as question."""
    words = code_words(text)
    heads = " ".join(name for names in _FUNCTION.findall(text) for name in names)
    return Problem(
        text=text,
        words=words,
        stems=_stems(words),
        body=len(words),
        numbers=find_numbers(text),
        names=frozenset(),
        symbols=Counter(),
        question=frozenset(_stems(code_words(heads))),
        options=frozenset(),
        is_code=True,
    )


def options_start(text: str) -> int:
    """Where the options of a multiple-choice question begin; the text's length without options.

    Options are marked A, B, C ... (`A.`, `(A)`, `a)`) or Answer1, Answer2 ... in order, and at
    least three of them.
    """
    start = len(text)
    if not any(mark in text for mark in _THIRD_MARKS):
        return start
    expected, first, count = "", 0, 0
    for match in _MARKER.finditer(text):
        mark = (match[1] or match[2] or match[3]).upper()
        if mark in ("A", "1"):
            first, count = match.start(), 1
        elif mark == expected:
            count += 1
        else:
            continue
        expected = chr(ord(mark) + 1)
        if count == 3:
            start = first
    return start


def is_content(stem: str) -> bool:
    """Whether a stem is of a word that says what a text is about."""
    return stem not in _COMMON_STEMS


_COMMON_STEMS: Final = frozenset(word[:_STEM_LETTERS] for word in _COMMON)


def _question(text: str, words: list[Word]) -> frozenset[str]:
    sentences = list(_SENTENCE.finditer(text))
    asking = [sentence for sentence in sentences if _ASKING.search(sentence.group())]
    spans = [sentence.span() for sentence in asking[-2:] or sentences[-1:]]
    asked = [word for word in words if any(start <= word.start < end for start, end in spans)]
    return frozenset(stem for stem in _stems(asked) if is_content(stem))


def _stems(words: Iterable[Word]) -> list[str]:
    return [word.text[:_STEM_LETTERS] for word in words]


def _symbols(text: str) -> Counter[str]:
    found = Counter(_SYMBOL.findall(text))
    for name in _FORMATTING & found.keys():
        del found[name]
    return found
