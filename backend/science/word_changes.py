"""Which words of one text are not in another, as spans to be marked where a person reads them."""

from collections.abc import Sequence
from difflib import SequenceMatcher
from typing import Final, NamedTuple

from backend.science.text import Word, words_with_offsets

LONGEST: Final = 3000
"""Words of a text beyond which texts are not aligned: it takes time in the square of them."""

Span = tuple[int, int]


class WordChanges(NamedTuple):
    """Half-open spans of characters that differ, in one text and in the other."""

    first: list[Span]
    second: list[Span]


def word_changes(first: str, second: str) -> WordChanges | None:
    """Align two texts word by word; case, punctuation and layout do not count.

    Returns:
        The spans of the words that differ, neighbouring ones as one; None where a text is too long.
    """
    ours, theirs = words_with_offsets(first), words_with_offsets(second)
    if max(len(ours), len(theirs)) > LONGEST:
        return None
    aligned = SequenceMatcher(
        None, [word.text for word in ours], [word.text for word in theirs], autojunk=False
    )
    changes = WordChanges([], [])
    for operation, begin, end, their_begin, their_end in aligned.get_opcodes():
        if operation != "equal":
            _mark(changes.first, ours[begin:end])
            _mark(changes.second, theirs[their_begin:their_end])
    return changes


def _mark(spans: list[Span], words: Sequence[Word]) -> None:
    if words:
        spans.append((words[0].start, words[-1].end))
