"""What a person needs to see of a hit: the passages both texts share, the numbers that differ."""

from collections.abc import Sequence

from backend.science.aligned_spans import align
from backend.science.contamination import Hit, Span, Verdict
from backend.science.copies import Copy, Run
from backend.science.pairs import Pair
from backend.science.text import Word


def hit_of_copy(
    copy: Copy, item_id: str, seed: Sequence[Word], item: Sequence[Word], coverage: float
) -> Hit:
    """A hit on an item that stands in a seed word by word, or nearly so."""
    covered = [False] * len(seed)
    for run in copy.runs:
        covered[run.seed : run.seed + run.length] = [True] * run.length
    return Hit(
        item_id=item_id,
        verdict="contaminated",
        method="exact" if copy.is_whole else "ngram",
        score=coverage,
        coverage_item=coverage,
        coverage_seed=sum(covered) / len(seed),
        longest_shared_words=max(run.length for run in copy.runs),
        spans=tuple(_span(run, seed, item) for run in sorted(_without_contained(copy.runs))),
    )


def hit_of_pair(pair: Pair, item_id: str, verdict: Verdict, score: float) -> Hit:
    """A hit on an item that was compared closely."""
    seed, item = pair.seed, pair.benchmark
    aligned = align(seed.problem.words, seed.problem.stems, item.problem.words, item.problem.stems)
    move = pair.offset
    return Hit(
        item_id=item_id,
        verdict=verdict,
        method=pair.method,
        score=score,
        coverage_item=item.coverage_by(seed.known),
        coverage_seed=seed.coverage_by(item.known),
        longest_shared_words=aligned.longest,
        spans=tuple(Span(s.seed_start + move, s.seed_end + move, *s[2:]) for s in aligned.spans),
        seed_numbers=tuple((n.start + move, n.end + move) for n in seed.numbers_besides(item)),
        item_numbers=tuple((n.start, n.end) for n in item.numbers_besides(seed)),
    )


def _span(run: Run, seed: Sequence[Word], item: Sequence[Word]) -> Span:
    return Span(
        seed_start=seed[run.seed].start,
        seed_end=seed[run.seed + run.length - 1].end,
        item_start=item[run.item].start,
        item_end=item[run.item + run.length - 1].end,
    )


def _without_contained(runs: Sequence[Run]) -> list[Run]:
    """The runs, without those whose words of the item another shows all."""
    kept: list[Run] = []
    shown = 0
    for run in sorted(runs, key=lambda run: (run.item, -run.length)):
        if run.item + run.length > shown:
            kept.append(run)
            shown = run.item + run.length
    return kept
