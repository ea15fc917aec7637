"""Numbers written in words: `twelve`, `twenty-five`, `three and a half`, `two thirds`."""

import re
from typing import Final

_ONES: Final = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen"
    " sixteen seventeen eighteen nineteen"
).split()
_TENS: Final = "twenty thirty forty fifty sixty seventy eighty ninety".split()
_VALUES: Final = {word: value for value, word in enumerate(_ONES)} | {
    word: 10 * tens for tens, word in enumerate(_TENS, 2)
}
_SCALES: Final = {"thousand": 10**3, "million": 10**6, "billion": 10**9, "trillion": 10**12}
PARTS: Final = {
    "half": 2, "third": 3, "quarter": 4, "fourth": 4, "fifth": 5, "sixth": 6, "seventh": 7,
    "eighth": 8, "ninth": 9, "tenth": 10,
}  # fmt: skip
_WORDS: Final = "|".join([*_VALUES, *_SCALES, "hundred"])
CARDINAL: Final = rf"(?:{_WORDS})(?:(?:\s+|-|\s+and\s+)(?:{_WORDS}))*"
_FRACTION: Final = rf"(?P<over>an?|{CARDINAL}?)[\s-]+(?P<under>{'|'.join(PARTS)}|halve)s?"
_NUMBER: Final = re.compile(
    rf"(?P<negative>(?:negative|minus)\s+)?"
    rf"(?:{_FRACTION}"
    rf"|(?P<whole>{CARDINAL})(?:\s+and\s+(?P<plus>{_FRACTION.replace('P<', 'P<p')}))?)"
    r"(?P<rest>\s.*)?",
    re.IGNORECASE,
)


def in_digits(text: str) -> str:
    """The text with the number in words at its start in digits; unchanged where there is none.

    Only what could be an amount is read: a capital letter behind the number makes it a name
    (`Five Guys`), and so does an order that no number has (`five twenty`).
    """
    if text.lower() == "half":
        return "1/2"
    found = _NUMBER.fullmatch(text)
    rest = (found["rest"] or "") if found else ""
    if not found or re.search(r"[A-Z]", rest):
        return text
    sign = "-" if found["negative"] else ""
    if found["under"]:
        over = cardinal(found["over"])
        return text if over is None else f"{sign}{over}/{_part(found['under'])}{rest}"
    whole = cardinal(found["whole"])
    if whole is None:
        return text
    if found["plus"]:
        over = cardinal(found["pover"])
        return text if over is None else f"{sign}{whole} {over}/{_part(found['punder'])}{rest}"
    return f"{sign}{whole}{rest}"


def _part(word: str) -> int:
    return PARTS.get(word.lower(), 2)


def cardinal(words: str) -> int | None:
    """The value of words that match `CARDINAL`, or of an article; None for an order without one.

    None, too, for letters that are alike but for their case (`ſix`).
    """
    if words.lower() in ("a", "an"):
        return 1
    total = group = 0
    least = 10**15  # the size of the next word's place must fall
    for word in re.split(r"[\s-]+", words.lower()):
        if word in _SCALES:
            total, group, least = total + (group or 1) * _SCALES[word], 0, 100
        elif word == "hundred":
            if group >= 100:
                return None
            group, least = (group or 1) * 100, 100
        elif word != "and":
            value = _VALUES.get(word)
            if value is None:
                return None
            place = 10 if value >= 20 else 1
            if place >= least or (least == 10 and value > 9):
                return None
            group, least = group + value, place
    return total + group
