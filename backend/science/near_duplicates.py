"""Groups of near-duplicates without chains: every member is confirmed against its group's leader.

Two texts are near-duplicates where the Jaccard similarity of their shingles reaches the threshold.
Where they also give the same numbers in the same order they are *copies*; else *variants*, a
template filled in anew. Texts join in their order, each the most similar leader before it:

- a leader of which it is a copy: it joins the copies, and leads nothing;
- else a leader of which it is a variant, unless that one is a variant itself: it joins the
  variants, and goes on to lead copies of its own;
- else none: it is a leader.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, Literal, NamedTuple

from backend.science.minhash import Banding
from backend.science.text import with_plain_words

Kind = Literal["copies", "variants"]
Numbers = tuple[str, ...]

_NUMBER_WORDS: Final = frozenset(
    """
    zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen
    sixteen seventeen eighteen nineteen twenty thirty forty fifty sixty seventy eighty ninety
    hundred thousand million billion half third quarter once twice thrice double triple dozen
    """.split()
)
_POINT: Final = "\x01"
_WORD: Final = re.compile(rf"(?:[^\W_]|[\u0300-\u036f{_POINT}])+")
_DIGIT: Final = re.compile(r"\d")


@dataclass(frozen=True)
class DuplicateRule:
    """What near-duplicates are, and how far they are looked for.

    Attributes:
        banding: threshold and sketch.
        bucket_limit: leaders of one bucket that a text is compared with: buckets of boilerplate
            would hold all of them.
        group_limit: members that a group takes; those beyond are only counted.
    """

    banding: Banding = field(default_factory=Banding)
    bucket_limit: int = 50
    group_limit: int = 1000


class Match(NamedTuple):
    """A text that one is similar enough to, by its place among the texts."""

    place: int
    similarity: float


class Membership(NamedTuple):
    """That a text joins the group of a kind that the leader has."""

    text: int
    kind: Kind
    leader: int
    similarity: float


def numbers_in(text: str) -> Numbers:
    """The numbers of a text in their order, in digits or in English words, normalised."""
    plain = with_plain_words(text, _POINT)
    words = _WORD.findall(plain.lower() if plain.isascii() else plain)
    return tuple(
        word.replace(_POINT, ".")
        for word in words
        if word in _NUMBER_WORDS or (not word.isalpha() and _DIGIT.search(word))
    )


def join_groups(
    count: int,
    matches: Mapping[int, Sequence[Match]],
    numbers: Mapping[int, Numbers],
    variants: frozenset[int],
) -> list[Membership]:
    """Let texts join groups, one after the other.

    Args:
        count: texts 0 to `count` - 1 join; those with higher places are leaders already.
        matches: of each joining text the similar ones, leaders or earlier texts; the first of
            equally similar ones is preferred.
        numbers: those of every text that stands in `matches`.
        variants: the leaders that are variants of another.

    Returns:
        At most one membership for each text that joins; a text without one, or among variants,
        leads from now on.
    """
    followers: set[int] = set()
    led = set(variants)
    memberships: list[Membership] = []
    for text in range(count):
        leading = [match for match in matches.get(text, ()) if match.place not in followers]
        copies = [match for match in leading if numbers[match.place] == numbers[text]]
        if copies:
            best = max(copies, key=lambda match: match.similarity)
            followers.add(text)
            memberships.append(Membership(text, "copies", *best))
        elif heads := [match for match in leading if match.place not in led]:
            best = max(heads, key=lambda match: match.similarity)
            led.add(text)
            memberships.append(Membership(text, "variants", *best))
    return memberships
