"""Answers as plain one-line text: TeX, Markdown and Unicode variants written one way.

Meant for answers, which are short: `plain` reads at most `MAX_LENGTH` characters' worth of markup
and callers keep longer texts out.
"""

import re
import unicodedata
from typing import Final

MAX_LENGTH: Final = 1000

# Before NFKC, which would turn x² into x2 and 2½ into 21/2.
_BEFORE_COMPOSITION: Final = str.maketrans(
    {raised: f"^{digit}" for digit, raised in enumerate("⁰¹²³⁴⁵⁶⁷⁸⁹")}
    | {low: f"_{digit}" for digit, low in enumerate("₀₁₂₃₄₅₆₇₈₉")}
    | {char: f" {unicodedata.normalize('NFKC', char)}" for char in "½⅓⅔¼¾⅕⅖⅗⅘⅙⅚⅛⅜⅝⅞"}
)
_AFTER_COMPOSITION: Final = str.maketrans(
    dict.fromkeys("‐‑‒–—−", "-")
    | dict.fromkeys("‘’‚′`", "'")
    | dict.fromkeys('“”„«»″"', "'")
    | dict.fromkeys("·⋅×∗", "*")
    | {"⁄": "/", "÷": "/", "∕": "/", "≤": "<=", "≥": ">=", "≠": "!=", "≈": "~", "π": "pi"}
    | {"°": " degrees ", "∅": "{}", "𝜋": "pi", "∈": "\\in ", "ℝ": "\\mathbb{R}"}
    | {"€": " EUR ", "£": " GBP ", "¥": " JPY ", "₹": " INR ", "¢": " cent "}
    | {"⟨": "(", "⟩": ")"}
    | dict.fromkeys("\u00ad\u200b\u200c\u200d\u2060\ufeff")
)

# An open set brace must survive the removal of grouping braces.
_OPEN_SET: Final = "\ue000"
_CLOSE_SET: Final = "\ue001"
_SYMBOLS: Final = {
    "times": "*",
    "cdot": "*",
    "ast": "*",
    "div": "/",
    "le": "<=",
    "leq": "<=",
    "ge": ">=",
    "geq": ">=",
    "ne": "!=",
    "neq": "!=",
    "lt": "<",
    "gt": ">",
    "pm": "±",
    "infty": "∞",
    "binom": "binom",
    "langle": "(",
    "rangle": ")",
    "lvert": "|",
    "rvert": "|",
    "mid": "|",
    "in": "∈",
    "cup": "∪",
    "approx": "~",
    "circ": " degrees ",
    "degree": " degrees ",
    "emptyset": _OPEN_SET + _CLOSE_SET,
    "varnothing": _OPEN_SET + _CLOSE_SET,
    "lbrace": _OPEN_SET,
    "rbrace": _CLOSE_SET,
    "quad": " ",
    "qquad": " ",
}
_LAYOUT: Final = re.compile(
    r"\\(?:left|right|[bB]igg?[lr]?|displaystyle|textstyle|limits|newline)(?![a-zA-Z])"
    r"|\\[!,;:> ]|~(?=\\)"
)
_TOUCHING_MACROS: Final = re.compile(r"(\\[a-zA-Z]+)(?=\\)")
_REPEATING: Final = re.compile(
    r"(\d*)\.(\d*)\\(?:overline|bar)\s*\{(\d+)\}|(\d*)\.(\d*?)(\d)\6{2,}(?:\.{3}|…|\\l?dots)"
)
_FENCE: Final = re.compile(r"\A\s*(`{3,})[\w+-]*\n(.*?)\n?\1\s*\Z", re.DOTALL)
_TEX_DOLLARS: Final = re.compile(r"(?<!\\)\$\$?([^$]*[^$\\])\$\$?(?!\d)")
_DOLLARS: Final = re.compile(r"(?:\bUS)?\\?\$(?=\s?-?\s?\.?\d)|(?<=\d)\\?\$|(?<=\d)\s\\?\$")
_REALS: Final = re.compile(r"\\(?:mathbb|mathbf)\s*\{?R\}?")
_UNICODE_ROOT: Final = re.compile(r"([∛∜]|√)\s*(\d+(?:\.\d+)?|[A-Za-z]|\([^()]*\))")
_DEGREES_OF_ROOTS: Final = {"√": "", "∛": "[3]", "∜": "[4]"}
_ARGUMENT: Final = r"\s*(\{[^{}]*\}|[A-Za-z0-9])"
_WRAPPER: Final = re.compile(
    r"\\(?:text|textbf|textit|textrm|textsf|texttt|emph|mathrm|mathbf|mathit|mathsf|mathbb|mathcal"
    r"|operatorname\*?|boxed|fbox|mbox|bold|boldsymbol|underline|overline)\s*\{([^{}]*)\}"
)
_FRACTION: Final = re.compile(
    rf"(\\[a-zA-Z]+\s+|[\w)!])?\\[dtc]?frac{_ARGUMENT}{_ARGUMENT}(?=\s*([\^!]?))"
)
_BINOMIAL: Final = re.compile(rf"\\[dtc]?binom{_ARGUMENT}{_ARGUMENT}")
_ROOT: Final = re.compile(r"\\sqrt\s*(?:\[([^\[\]]*)\])?" + _ARGUMENT)
_SCRIPT: Final = re.compile(r"([\^_])\s*\{([^{}]*)\}")
_ATOM: Final = re.compile(r"-?(?:[\d.,]+|[A-Za-z]|\\[a-zA-Z]+|(?:sqrt|root)\([^()]*\))")
_INNER_BRACKETS: Final = re.compile(r"\([^()]*\)")
_MACRO: Final = re.compile(r"\\([a-zA-Z]+)")
_EDGES: Final = " \t\r\n.,;:!?\"'*_#\\"


def plain(answer: str) -> str:
    """Write an answer as one line of plain text.

    Fractions become `a/b`, roots `sqrt(x)`, powers `^`, set braces `{}`, degrees a word, currency
    signs codes (`USD 5`); wrappers, layout, quotes and emphasis go. Letter case stays.
    """
    text = _in_known_characters(_REALS.sub("(-∞,∞)", answer))
    text = _REPEATING.sub(_write_repeating, text)
    text = text.replace("{,}", ",").replace("\\%", "%").replace(",\\!", ",")
    text = re.sub(r"(?<=\d)\s+x\s+(?=\d)", " * ", text)
    text = re.sub(r"\\[()\[\]]", "", text).replace("\\\\", " ")
    text = text.replace("\\{", _OPEN_SET).replace("\\}", _CLOSE_SET)
    text = re.sub(r"\^\s*\{?\\circ\}?", r"\\circ", _LAYOUT.sub(" ", text))
    text = _TOUCHING_MACROS.sub(r"\1 ", text)
    text = _symbols(_unfold(text))
    text = _without_grouping(text).replace(_OPEN_SET, "{").replace(_CLOSE_SET, "}")
    return _without_edges(" ".join(text.split()))


def without_fence(answer: str) -> str:
    """What stands in a fenced block of code, where that is the whole answer."""
    fenced = _FENCE.match(answer)
    return fenced[2] if fenced else answer


def _in_known_characters(text: str) -> str:
    """Letters, digits and signs in one spelling each, dollars that are money apart from TeX's."""
    text = _DOLLARS.sub(" USD ", _TEX_DOLLARS.sub(r"\1", text)).replace("\\$", "")
    text = text.replace("$", "").translate(_BEFORE_COMPOSITION)
    text = unicodedata.normalize("NFKC", text)
    text = without_controls(text).translate(_AFTER_COMPOSITION)
    text = "".join(_ascii_digit(char) for char in text)
    return _UNICODE_ROOT.sub(lambda root: f"\\sqrt{_DEGREES_OF_ROOTS[root[1]]}{{{root[2]}}}", text)


def _ascii_digit(char: str) -> str:
    return str(unicodedata.decimal(char)) if char.isdecimal() else char


def without_controls(text: str) -> str:
    """Without control characters and lone surrogates, which no database takes."""
    return "".join(" " if unicodedata.category(char) in ("Cc", "Cs") else char for char in text)


def _unfold(text: str) -> str:
    """Replace macros with arguments, the innermost first, until none is left."""
    while True:
        before = text
        text = _WRAPPER.sub(r"\1", text)
        text = _ROOT.sub(_write_root, text)
        text = _BINOMIAL.sub(_write_binomial, text)
        text = _SCRIPT.sub(lambda match: match[1] + _group(match[2]), text)
        text = _FRACTION.sub(_write_fraction, text)
        if text == before:
            return text


def _write_fraction(match: re.Match[str]) -> str:
    before, over, under, after = match[1] or "", match[2], match[3], match[4]
    inner = over.strip("{} ")
    fraction = f"{inner if _is_product(inner) else f'({inner})'}/{_group(under)}"
    if before.isdigit() and inner.isdigit() and under.strip("{} ").isdigit():
        return f"{before} {fraction}"  # 1\frac{1}{4} is a mixed number, not 11/4
    return f"{before}({fraction})" if before or after else fraction


def _write_repeating(match: re.Match[str]) -> str:
    r"""0.1\overline{6} and 0.1666... as the fractions that they are."""
    whole, fixed, period = match.groups()[:3] if match[3] else match.groups()[3:]
    nines, places = 10 ** len(period) - 1, 10 ** len(fixed)
    over = int(f"{whole}{fixed}" or 0) * nines + int(period)
    return f"{over}/{nines * places}"


def _is_product(text: str) -> bool:
    """Whether no sum sign or the like stands outside brackets, so that `/` needs none."""
    while text != (text := _INNER_BRACKETS.sub("0", text)):
        pass
    return not re.search(r".[-+]|[±=<>,|]|pm", text)


def _write_binomial(match: re.Match[str]) -> str:
    return f"binom({match[1].strip('{}')},{match[2].strip('{}')})"


def _write_root(match: re.Match[str]) -> str:
    degree, body = match.groups()
    inner = body.strip("{}")
    return f"root({degree},{inner})" if degree else f"sqrt({inner})"


def _group(text: str) -> str:
    inner = text.strip("{} ")
    return inner if _ATOM.fullmatch(inner) else f"({inner})"


def _symbols(text: str) -> str:
    def write(match: re.Match[str]) -> str:
        name = match[1]
        follows_letter = match.end() < len(text) and text[match.end()].isalpha()
        return _SYMBOLS.get(name, f"{name} " if follows_letter else name)

    return _MACRO.sub(write, text)


def _without_grouping(text: str) -> str:
    stripped = text.strip(_EDGES)
    if stripped.startswith("{") and stripped.endswith("}"):
        return stripped  # a set that was written without TeX's backslashes
    return text.replace("{", "").replace("}", "")


def _without_edges(text: str) -> str:
    """Without punctuation and emphasis around, but with the point of .5 and the sign of 5! kept."""
    start = len(text) - len(text.lstrip(_EDGES))
    if 0 < start < len(text) and text[start - 1] == "." and text[start].isdigit():
        start -= 1
    end = len(text.rstrip(_EDGES))
    # The sign of 5! and n! stays, and so does a second one: 5!! is something else.
    factorial = re.compile(r"(?<=[)\d])!+|(?<=(?<![^\W\d])[A-Za-z])!+").match(text, end)
    end = factorial.end() if factorial else end
    return text[start:end]
