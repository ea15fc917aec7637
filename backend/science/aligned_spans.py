"""What two texts share, as passages of both that can be marked side by side."""

from collections.abc import Sequence
from difflib import SequenceMatcher
from typing import Final, NamedTuple

from backend.science.contamination import Span
from backend.science.problem_text import is_content
from backend.science.text import Word

_MOST_WORDS: Final = 400


class Alignment(NamedTuple):
    """Shared passages in the order of both texts, and the most words in one."""

    spans: tuple[Span, ...]
    longest: int


def align(
    seed: Sequence[Word], seed_stems: Sequence[str], item: Sequence[Word], item_stems: Sequence[str]
) -> Alignment:
    """Passages whose words have the same stems, in the same order in both texts.

    A single common word (`the`, `of`) is no passage. Beyond 400 words nothing is aligned.
    """
    ours, theirs = seed_stems[:_MOST_WORDS], item_stems[:_MOST_WORDS]
    blocks = SequenceMatcher(None, ours, theirs, autojunk=False).get_matching_blocks()
    told = [b for b in blocks if b.size > 1 or (b.size == 1 and is_content(ours[b.a]))]
    spans = tuple(
        Span(
            seed[block.a].start, seed[block.a + block.size - 1].end,
            item[block.b].start, item[block.b + block.size - 1].end,
        )
        for block in told
    )  # fmt: skip
    return Alignment(spans, max((block.size for block in told), default=0))
