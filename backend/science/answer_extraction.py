"""The final answer of a response, as the model wrote it.

Read after the thinking, in this order: the last boxed answer; the last statement of an answer
(`### Answer:`, `#### 5`, `the final answer is`, `Answer:`, `"answer":` in JSON, `ans =`); the last
line, whole where it is short, else its last date or number. A response that was cut off has no
answer. A statement in free words (`because the demand grew`) is kept whole: cut down to what stands
after its verb, different statements would look alike. Who says that they cannot or will not answer
gives none, else such words could win a plurality. Every step is linear in the length of the
response.
"""

import json
import re
from typing import Final

from backend.science.thinking import without_thinking

_CUT_OFF: Final = frozenset({"length", "content_filter"})
_BRACE: Final = re.compile(r"\\(?:boxed|fbox)\s{0,9}(\{)|\\[\\{}]|[{}]")
_STATEMENT: Final = re.compile(
    r"""
      \b(?:ans|answer)\b [*_`'"]{0,3} (?:\s?:|\s?=|\s(?:is|are|would\sbe)\b:?)
    | \banswer\b [^.:=\n?]{1,60}? \bis\b:?
    | \#{2,4}\s?(?:final\s)?answer\b[*_:]{0,3}
    | (?P<hashes>\#{4})(?!\#)
    """,
    re.VERBOSE | re.IGNORECASE,
)
_WINDOW: Final = 2000
_MOST_WORDS: Final = 12
_MOST_FREE_WORDS: Final = 60
_JSON_STRING: Final = re.compile(r'"(?:[^"\\]|\\.)*"')
_SENTENCE_END: Final = re.compile(
    r"[.!?](?=\s|$)|,?\s(?:because|since)\s|,\s(?:which|so|as)\s|\s\#\#"
)
_VERB: Final = re.compile(r"\b(?:is|are|was|were|be|equals|has|have|had)\b:?\s")
_EMPTY_SUBJECT: Final = re.compile(
    r"(?:that\s+)?(?:it|this|that|there|(?:the|its|his|her|their|my)\s+"
    r"(?:final\s+|correct\s+|only\s+)?(?:answer|result|value|solution|output|choice|option))",
    re.IGNORECASE,
)
_VALUE_SIGN: Final = re.compile(r"[\d\\${}=^<>|]|^\W?\w\W?$")
_NAMES: Final = re.compile(r"(?:(?:the|a|an|of|and|de|la)\s|[^\W\da-z][\w.'-]*(?:\s|$))+")
_NUMBER: Final = re.compile(
    r"(?<![\w.])\d{1,4}[/-]\d{1,2}[/-]\d{1,4}(?![\w/])"
    r"|[-−]?(?<![\d.])\d[\d,]*(?:\.\d+)?(?:\s?/\s?\d+)?(?:\s?\\?%)?"
)
_EDGES: Final = " \t*_`'\"$.,;:"
_WORDY: Final = re.compile(r"\b(?<!\\)\w")
_FILLED: Final = re.compile(r"[^\s.…_]")
_REFUSAL: Final = re.compile(
    r"""\W{0,3}(?:
      (?:(?:i['’]m|i\sam)\s(?:\w+\s)?)?sorry\b\W+\w
    | i\s(?:apologi[sz]e|decline|do(?:n['’]t|\snot)\sknow)\b
    | i\s(?:(?:can|could|will)\s?not|(?:can|couldn|won)['’]t)\b
    | (?:i['’]m|i\sam)\s(?:unable|not\sable|not\s(?:\w+\s)?sure)\b
    | as\san\sai\b
    )""",
    re.VERBOSE | re.IGNORECASE,
)


def extract_answer(response: str, finish_reason: str | None = None) -> str | None:
    """Find the final answer in a response.

    Args:
        response: what the model wrote, thinking and all.
        finish_reason: why it stopped, as an OpenAI-compatible server says it.

    Returns:
        The answer's own words, or None where there is none, the response was cut off, or it says
        that the model cannot or will not answer.
    """
    if finish_reason in _CUT_OFF:
        return None
    text = without_thinking(response)
    answer = _last_boxed(text) or _last_statement(text) or _last_line(text)
    return None if answer is None or _REFUSAL.match(answer) else answer


def boxed_spans(text: str) -> list[tuple[int, int]]:
    r"""Where the contents of each `\boxed{}` stand that closes and holds something."""
    open_braces: list[int | None] = []
    found = []
    for match in _BRACE.finditer(text):
        token = match.group()
        if match[1] is not None:
            open_braces.append(match.end())
        elif token == "{":
            open_braces.append(None)
        elif token == "}" and open_braces:
            start = open_braces.pop()
            if start is not None and _FILLED.search(text, start, match.start()):
                found.append((start, match.start()))
    return found


def _last_boxed(text: str) -> str | None:
    spans = boxed_spans(text)
    return text[slice(*spans[-1])].strip() if spans else None


def _last_statement(text: str) -> str | None:
    last = None
    for match in _STATEMENT.finditer(text):
        # Four hashes also open a heading: an answer behind them starts with a number or ends all.
        if match["hashes"] is None or _is_hash_answer(text, match.end()):
            last = match
    return _stated(text[last.end() : last.end() + _WINDOW]) if last else None


def _is_hash_answer(text: str, start: int) -> bool:
    return bool(re.compile(r"\s{0,3}[-$(]{0,3}\d|[^\n]{1,200}\s{0,20}\Z").match(text, start))


def _stated(rest: str) -> str | None:
    """The answer at the start of a text; None where what stands there is an explanation."""
    lines = rest.splitlines()
    for index, line in enumerate(lines):
        content = line.strip().lstrip("*_: ")
        if quoted := _JSON_STRING.match(content):
            return _unquoted(quoted.group())
        if _WORDY.search(content):
            sentence = _SENTENCE_END.split(content, maxsplit=1)[0]
            explains = any(_NUMBER.search(later) for later in lines[index + 1 :])
            return _short(sentence) or (None if explains else _free(content))
    return None


def _short(sentence: str) -> str | None:
    """The value that a sentence states: `that Bob bought 2 fish` says 2, `World War 2` itself.

    None where it states none: it has a verb, and what stands after it is no value of its own.
    """
    *before, value = _VERB.split(sentence)
    value = value.strip(_EDGES)
    value = value if "{" in value else value.rstrip("}")  # the end of a JSON object
    words = value.split()
    numbers = _NUMBER.findall(value)
    if len(numbers) == 1 and len(words) > 3 and (words[0] == "that" or words[0][0].isdigit()):
        return str(numbers[0])
    says_all = not before or _EMPTY_SUBJECT.fullmatch(before[-1].strip())
    is_value = says_all or _VALUE_SIGN.search(value) or _NAMES.fullmatch(value)
    return value or None if is_value and len(words) <= _MOST_WORDS else None


def _free(content: str) -> str | None:
    """A statement in free words, whole; None where numbers say that it explains a value."""
    words = content.split()
    if len(words) > _MOST_FREE_WORDS or _NUMBER.search(content):
        return None
    return content.strip(_EDGES) or None


def _unquoted(string: str) -> str | None:
    try:
        value = json.loads(string, strict=False)
    except ValueError:
        value = string[1:-1]  # a TeX macro in JSON, whose backslash was not escaped
    return str(value).strip() or None


def _last_line(text: str) -> str | None:
    lines = (line for line in reversed(text.splitlines()) if _WORDY.search(line))
    line = re.sub(r"^\s*A:", "", next(lines, "")).strip()
    if numbers := _NUMBER.findall(line[-_WINDOW:]):
        return line.strip(_EDGES) if len(line.split()) <= 2 else str(numbers[-1])
    return line.strip(_EDGES) or None if len(line.split()) <= 5 else None
