"""Texts of users in Markdown: they say what they say, and are never markup."""

import re
from collections.abc import Iterable, Sequence
from typing import Final

_MARKUP: Final = re.compile(r"([\\`*_{}\[\]<>#|~$&!])")
_FENCES: Final = re.compile(r"`{3,}")


def plain(text: str) -> str:
    """A text within a line, as it is: without markup, line breaks, cells of a table."""
    return _MARKUP.sub(r"\\\1", one_line(text))


def one_line(text: str) -> str:
    """A text without line breaks; what cannot be printed is left out."""
    return " ".join("".join(sign for sign in text if sign.isprintable() or sign.isspace()).split())


def table(header: Sequence[str], rows: Iterable[Sequence[str | int | float]]) -> str:
    """A table; texts are escaped, numbers are aligned to the right."""
    cells = [[_cell(value) for value in row] for row in rows]
    numbers = [bool(cells) and all(row[at][1] for row in cells) for at in range(len(header))]
    lines = [
        f"| {' | '.join(header)} |",
        f"|{'|'.join('---:' if is_number else '---' for is_number in numbers)}|",
        *(f"| {' | '.join(text for text, _ in row)} |" for row in cells),
    ]
    return "\n".join(lines)


def _cell(value: str | int | float) -> tuple[str, bool]:
    if isinstance(value, str):
        return plain(value), False
    return (f"{value:,}" if isinstance(value, int) else f"{value:g}"), True


def code(text: str, language: str) -> str:
    """A block of code whose fence is longer than any in the text."""
    longest = max((len(fence) for fence in _FENCES.findall(text)), default=2)
    fence = "`" * max(3, longest + 1)
    return f"{fence}{language}\n{text.rstrip()}\n{fence}"


def folded(title: str, content: str) -> str:
    """Content that opens when its title is clicked."""
    return f"<details>\n<summary>{title}</summary>\n\n{content}\n\n</details>"


def listed(points: Iterable[str]) -> str:
    """Points, one on a line."""
    return "\n".join(f"- {point}" for point in points)
