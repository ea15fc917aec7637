"""Programs as words: what they are about, whatever language and layout they are written in.

Identifiers fall into their parts (`parseNestedParens` and `parse_nested_parens` are three words),
comments and strings stay as they are, and what every program has (keywords, types, names of the
standard libraries) is left out. So a program that was translated or whose variables were renamed
still shares its subject, its examples and its comments with the original.
"""

import re
from typing import Final

from backend.science.text import Word

_PART: Final = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+(?:\.\d+)?|[^\W\d_a-zA-Z]+")
_SIGN: Final = re.compile(
    r"^[^\S\n]*+(?:```\w|/\*|def \w+\s?\(|class \w+\s?[:({]|from \w+(?:\.\w+)* import |import \w+$"
    r"|#include\s?[<\"]"
    r"|function \w+\s?\(|func \w+\(|fn \w+\(|public (?:static|class) |using namespace |template ?<"
    r"|(?:const|let|var) \w+ = |>>> |(?:int|void|bool|char|double|long)\*? \w+\([^)]*\)\s*\{)",
    re.MULTILINE,
)
_SEEN_CHARACTERS: Final = 20_000
_SHORT_PROSE: Final = 200
_FRAME: Final = frozenset(
    """
    def return if else elif for while in not and or is none null true false import from class self
    this new int float double bool boolean str string char void long short unsigned list dict set
    tuple array vector map any optional object const let var function func public private static
    final include define using namespace std typing type struct auto size length len push append
    printf print console log cout endl main lambda try except catch throw raise with as pass
    break continue switch case default do then end math floor stdio stdlib h c cpp python
    javascript js code here param params returns argument arguments example output input note
    i j k n x s a b num arr res result temp of the to given be number numbers should it an by that
    malloc free sizeof strlen std nullptr undefined typeof prototype require module exports
    """.split()
)


def is_code(text: str) -> bool:
    """Whether a text is a program, or the head of one.

    Prose with a stub behind it, as coding contests have, is compared as the prose that it is.
    """
    sign = _SIGN.search(text, 0, _SEEN_CHARACTERS)
    if sign is None:
        return False
    return len(text[: sign.start()].strip()) < max(len(text) / 2, _SHORT_PROSE)


def code_words(text: str) -> list[Word]:
    """The telling words of a program and its comments, lower case, with their places."""
    return [
        Word(match.group().lower(), *match.span())
        for match in _PART.finditer(text)
        if match.group().lower() not in _FRAME
    ]
