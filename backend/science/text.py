"""The one normalisation of text: what near-exact comparison and n-grams see.

A text is a sequence of *words*: compatibility forms composed (NFKC), case folded, punctuation and
TeX layout left out, numbers kept (`1,000` is `1000`, `3.5` stays whole), one word for each
character of a script written without spaces. Every word knows where it stood in the original, so
whatever is found in the normalised text can be shown in the text that a person reads. All of it is
one pass of a regular expression without backtracking: time is linear in the length of the text.
"""

import re
import unicodedata
from typing import Final, NamedTuple

_INVISIBLE: Final = "\u00ad\u200b-\u200d\u2060\ufeff"
_RAISED: Final = "⁰¹²³⁴⁵⁶⁷⁸⁹₀₁₂₃₄₅₆₇₈₉"
_UNSPACED: Final = "\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
# Possessive, so that a word of any length is read once.
_LETTERS: Final = rf"(?:[^\W_{_RAISED}{_UNSPACED}]++|[\u0300-\u036f{_INVISIBLE}]++)++"

_TEX: Final = r"(?P<environment>\\(?:begin|end)\s?\{[a-zA-Z*]{1,30}\})|\\(?P<macro>[a-zA-Z]+)"
_NUMBER: Final = r"\d{1,3}(?:(?:,|\{,\}|,\\!)\d{3})+(?:\.\d+)?(?!\d)|\d++\.\d+"
_ASCII_TEX: Final = re.compile(_TEX)
_ASCII_NUMBER: Final = re.compile(rf"(?<![a-zA-Z0-9])(?:{_NUMBER})", re.ASCII)
_ASCII_TOKEN: Final = re.compile(rf"{_NUMBER}|[a-zA-Z0-9]+", re.ASCII)
_IN_NUMBER: Final = re.compile(r"[0-9](?:[.,][0-9]|\{,\}|,\\)")
# Outside ASCII, and in no word: quotation marks, dashes, signs.
_SEPARATING: Final = re.compile(rf"[^\x00-\x7f\w\u0300-\u036f{_INVISIBLE}]")
_TOKEN: Final = re.compile(
    rf"""
      {_TEX}
    | (?P<number>{_NUMBER})
    | (?P<word>[{_RAISED}]+|[{_UNSPACED}]|{_LETTERS})
    """,
    re.VERBOSE,
)
_GROUPING: Final = re.compile(r"[,{}\\!]")
_REMOVED: Final = re.compile(f"[{_INVISIBLE}]")
_ALPHANUMERIC: Final = re.compile(r"[^\W_]+(?:\.\d+)?")

# Layout and symbols: their plain-text twins (a slash, a dot, a bracket) are punctuation.
_SILENT_MACROS: Final = frozenset(
    """
    frac dfrac tfrac cfrac sqrt text textbf textit textrm textsf texttt emph mathrm mathbf mathbb
    mathcal mathit mathsf operatorname left right big Big bigg Bigg bigl bigr quad qquad hspace
    vspace displaystyle textstyle limits boxed fbox cdot cdots ldots dots times div pm mp le leq ge
    geq lt gt ne neq equiv approx sim circ degree to rightarrow Rightarrow leftarrow iff implies in
    notin cup cap subset subseteq setminus forall exists mid nmid parallel perp angle triangle
    overline underline bar hat vec item hline newline noindent label
    """.split()
)
_GREEK: Final = {
    unicodedata.name(letter).rsplit(" ", 1)[1].lower(): letter
    for letter in "αβγδεζηθικλμνξοπρστυφχψω"
} | {"lambda": "λ"}


class Word(NamedTuple):
    """A normalised word and the half-open span of the original text that it came from."""

    text: str
    start: int
    end: int


def words_with_offsets(text: str) -> list[Word]:
    """Split a text into normalised words that know their place in the original.

    Args:
        text: any text; TeX and Markdown are welcome.

    Returns:
        Words in reading order. A character that unfolds into several words (`½`) gives each of
        them its own span, so spans can repeat but never run backwards.
    """
    if text.isascii() and "\\" not in text:
        return [
            Word(_ascii_form(match.group()), *match.span()) for match in _ASCII_TOKEN.finditer(text)
        ]
    words: list[Word] = []
    for match in _TOKEN.finditer(text):
        start, end = match.span()
        words.extend(Word(form, start, end) for form in _normal_forms(match))
    return words


def with_plain_words(text: str, point: str) -> str:
    """A text with the same words, for those who split it at all that is no letter or digit.

    Args:
        text: any text.
        point: a character that stands for the points in decimal numbers, and for nothing else.

    Returns:
        The words as `words_with_offsets` finds them, except that ASCII letters keep their case.
    """
    text = text.replace(point, " ")
    if not text.isascii():
        text = _SEPARATING.sub(" ", text)
    if not text.isascii():
        return " ".join(word.text for word in words_with_offsets(text)).replace(".", point)
    if "\\" in text:
        text = _ASCII_TEX.sub(_plain_tex, text)
    if _IN_NUMBER.search(text):
        text = _ASCII_NUMBER.sub(lambda number: _plain_number(number.group(), point), text)
    return text


def normalise(text: str) -> str:
    """The words of a text, joined by single spaces."""
    return " ".join(word.text for word in words_with_offsets(text))


def _ascii_form(token: str) -> str:
    return token.lower() if token.isalnum() else _GROUPING.sub("", token)


def _normal_forms(match: re.Match[str]) -> list[str]:
    token = match.group()
    if match.lastgroup == "word":
        if token.isascii():
            return [token.lower()]
        folded = unicodedata.normalize("NFKC", _REMOVED.sub("", token)).casefold()
        # Folding can undo composition, so compose again: equal words must be equal strings.
        return _ALPHANUMERIC.findall(unicodedata.normalize("NFKC", folded))
    if match.lastgroup == "number":
        plain = unicodedata.normalize("NFKC", _GROUPING.sub("", token))
        return [plain]
    if match.lastgroup == "macro":
        return _macro_words(match.group("macro"))
    return []


def _plain_tex(match: re.Match[str]) -> str:
    name = match.group("macro")
    return f" {' '.join(_macro_words(name))} " if name else " "


def _plain_number(number: str, point: str) -> str:
    # A number ends its word: 3.5cm is two.
    return _GROUPING.sub("", number).replace(".", point) + " "


def _macro_words(name: str) -> list[str]:
    if name in _SILENT_MACROS:
        return []
    return [_GREEK.get(name.removeprefix("var").lower(), name.lower())]
