"""Passages of one text that stand word by word in another."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from backend.science.text import Word


class Stretch(NamedTuple):
    """Words in a row that another text has too: a half-open range of our words."""

    first: int
    last: int


def shared_stretches(
    ours: Sequence[Word], theirs: Sequence[Word], size: int, gap: int = 0
) -> list[Stretch]:
    """Our words that are in some `size` words in a row which they have, too.

    Args:
        ours: the words of the text that is looked at.
        theirs: the words of the other one.
        size: how many words in a row are a coincidence no more.
        gap: stretches that are no more words apart are one.

    Returns:
        Stretches in order, none touching another. Linear in the length of both texts.
    """
    known = set(_grams(theirs, size))
    found: list[Stretch] = []
    for at, gram in enumerate(_grams(ours, size)):
        if gram not in known:
            continue
        if found and at <= found[-1].last + gap:
            found[-1] = found[-1]._replace(last=at + size)
        else:
            found.append(Stretch(at, at + size))
    return found


def _grams(words: Sequence[Word], size: int) -> Iterator[tuple[str, ...]]:
    texts = [word.text for word in words]
    return (tuple(texts[at : at + size]) for at in range(len(texts) - size + 1))
