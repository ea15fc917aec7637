"""Stage embedding: a seed and an item whose vectors are near, as a hit.

For translations and heavy rewording, which share few words or none. Nearness says that both are
about the same; it does not see a changed number. So numbers decide, unless a judge is asked: where
each text has one that the other lacks, the seed is a *variant*, else it is *contaminated*.
"""

from bisect import bisect_left

from backend.science.aligned_spans import align
from backend.science.contamination import Hit
from backend.science.problem_text import read_problem
from backend.science.text import Word
from backend.science.written_numbers import differing_numbers


def hit_of_embedding(item_id: str, seed: str, item: str, similarity: float) -> Hit:
    """A hit on an item by a cosine, which is its score; coverage is the plain share of words."""
    one, other = read_problem(seed), read_problem(item)
    aligned = align(one.words, one.stems, other.words, other.stems)
    numbers = differing_numbers(seed, item)
    return Hit(
        item_id=item_id,
        verdict="variant" if numbers.is_change else "contaminated",
        method="embedding",
        score=similarity,
        coverage_item=_covered(other.words, [span[2:] for span in aligned.spans]),
        coverage_seed=_covered(one.words, [span[:2] for span in aligned.spans]),
        longest_shared_words=aligned.longest,
        spans=aligned.spans,
        seed_numbers=numbers.seed,
        item_numbers=numbers.item,
    )


def _covered(words: list[Word], spans: list[tuple[int, int]]) -> float:
    starts = [word.start for word in words]
    shared = sum(bisect_left(starts, end) - bisect_left(starts, start) for start, end in spans)
    return shared / len(words) if words else 0.0
