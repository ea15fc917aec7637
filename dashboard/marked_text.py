"""Pure: a text with parts of it marked, in pieces or as HTML in which none of it is markup."""

import re
from collections.abc import Mapping, Sequence
from html import escape

SAME_COLOUR = re.compile(rb"(.)\1*", re.DOTALL)

Part = tuple[str, str]
Ranges = Sequence[tuple[int, int]]


def marked_parts(text: str, layers: Mapping[str, Ranges]) -> list[Part]:
    """The text cut where its marks begin and end, each part with the name of its mark, or "".

    Args:
        text: any text.
        layers: half-open character ranges by the name of their mark; they may overlap, and are cut
            to the text. Later layers cover earlier ones.
    """
    names = ["", *layers]
    paint = bytearray(len(text))
    for colour, ranges in enumerate(layers.values(), start=1):
        for start, end in ranges:
            start, end = max(start, 0), min(end, len(text))
            if start < end:
                paint[start:end] = bytes([colour]) * (end - start)
    runs = SAME_COLOUR.finditer(paint)
    return [(text[slice(*run.span())], names[run[0][0]]) for run in runs]


def marked_html(parts: Sequence[Part]) -> str:
    """An element of the class `marked-text`; how its marks look is said in `page.css`.

    Args:
        parts: the text in pieces, from anybody, each with the name of its mark, or "".
    """
    shown = (
        f'<mark class="{mark}">{escape(text)}</mark>' if mark else escape(text)
        for text, mark in parts
    )
    return f'<div class="marked-text" dir="auto">{"".join(shown)}</div>'


def facts_html(facts: Sequence[tuple[str, str]]) -> str:
    """Names and their values side by side, as an element of the class `facts`."""
    rows = (f"<div><dt>{escape(name)}</dt><dd>{escape(value)}</dd></div>" for name, value in facts)
    return f'<dl class="facts">{"".join(rows)}</dl>'
