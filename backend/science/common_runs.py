"""What two sequences of words have in common, in order."""

from collections.abc import Hashable, Sequence


def common_subsequence(ours: Sequence[Hashable], theirs: Sequence[Hashable]) -> int:
    """Length of the longest common subsequence, by Hyyrö's bit-parallel recurrence (2004)."""
    masks: dict[Hashable, int] = {}
    for place, word in enumerate(theirs):
        masks[word] = masks.get(word, 0) | 1 << place
    full = (1 << len(theirs)) - 1
    rows = full
    for word in ours:
        matched = rows & masks.get(word, 0)
        rows = ((rows + matched) | (rows - matched)) & full
    return len(theirs) - rows.bit_count()


def longest_common_run(ours: Sequence[Hashable], theirs: Sequence[Hashable]) -> int:
    """Most words in a row that both have."""
    places: dict[Hashable, list[int]] = {}
    for place, word in enumerate(theirs):
        places.setdefault(word, []).append(place)
    best = 0
    ending: dict[int, int] = {}
    for word in ours:
        ending = {place: ending.get(place - 1, 0) + 1 for place in places.get(word, ())}
        if ending:
            best = max(best, max(ending.values()))
    return best
