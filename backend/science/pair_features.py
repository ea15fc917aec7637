"""What tells the same problem reworded from a changed one and from one of the same topic.

Each feature is a plain number that a person could check: how much of the item's rare words the
seed has, which numbers, names and symbols stand on one side only, whether the questions ask the
same. `FEATURES` names them in the order of the vector.
"""

import math
from collections import Counter
from collections.abc import Sequence
from itertools import pairwise
from typing import Final

from backend.science.common_runs import common_subsequence, longest_common_run
from backend.science.problem_numbers import FoundNumber, all_values
from backend.science.problem_text import Problem, is_content

FEATURES: Final = (
    "similarity", "lead",
    "item_coverage", "seed_coverage", "seed_coverage_by_all", "item_bigrams", "seed_bigrams",
    "item_trigrams", "rare_words", "ordered_words", "longest_run", "first_words",
    "length_ratio", "item_words", "seed_words", "item_only_weight", "seed_only_weight",
    "question_coverage", "turning_words", "unknowns",
    "item_numbers", "item_only_numbers", "seed_only_numbers", "shared_numbers",
    "share_of_item_numbers", "share_of_seed_numbers", "ordered_numbers",
    "item_only_names", "seed_only_names",
    "item_only_symbols", "seed_only_symbols", "shared_symbols",
    "options_coverage", "has_options", "is_code",
)  # fmt: skip

_RARE_WEIGHT: Final = 7.0
"""About one of a thousand items has the word."""
_TURNING: Final = frozenset(
    word[:5]
    for word in """
    not never except without least most more less fewer greater smaller larger increase decrease
    minimum maximum even odd positive negative before after first last highest lowest longest
    shortest remaining total each average sum difference product quotient lost gained bought sold
    double twice triple half third quarter percent
    """.split()
)
_UNKNOWNS: Final = frozenset("some certain other unknown several few many".split())
_UNKNOWN_STEMS: Final = frozenset(word[:5] for word in _UNKNOWNS)
_MOST_WORDS: Final = 200
_MOST_NUMBERS: Final = 100


class Side:
    """One text of a pair, with what comparisons need of it, worked out once.

    Args:
        problem: the text, taken apart.
        weights: how rare each of its words is; as many as the problem has words.
    """

    def __init__(self, problem: Problem, weights: Sequence[float]) -> None:
        self.problem = problem
        stems = problem.stems[: problem.body]
        self.stems = stems
        self.weighted = list(zip(stems, weights, strict=False))
        self.known = frozenset(stems)
        self.all_known = frozenset(problem.stems)
        self.weight = sum(weights[: problem.body])
        self.bigrams = frozenset(pairwise(stems))
        self.trigrams = frozenset(zip(stems, stems[1:], stems[2:], strict=False))
        self.content = [stem for stem in stems if is_content(stem)][:_MOST_WORDS]
        self.counts = Counter(stems)
        self.numbers = {number.value: number for number in problem.numbers}
        self.values = all_values(self.numbers.values())
        self.written = [number.value for number in problem.numbers][:_MOST_NUMBERS]

    def coverage_by(self, known: frozenset[str]) -> float:
        """The weighted share of its words that are among these."""
        shared = sum(weight for stem, weight in self.weighted if stem in known)
        return shared / self.weight if self.weight else 0.0

    def weight_outside(self, known: frozenset[str]) -> float:
        """The weight of its words, each counted once, that are not among these."""
        return sum({stem: w for stem, w in self.weighted if stem not in known}.values())

    def numbers_besides(self, other: "Side") -> list[FoundNumber]:
        """Its numbers that the other side does not have, in any unit."""
        return [number for number in self.numbers.values() if not number.says(other.values)]


def pair_features(seed: Side, item: Side, similarity: float, lead: float) -> list[float]:
    """Compare a seed with a benchmark item.

    Args:
        seed: the seed, or the part of it in which the item may stand.
        item: the item.
        similarity: cosine by which the item was retrieved, in [0, 1].
        lead: how far that is above the similarity of the nearest item with another text.

    Returns:
        As many numbers as there are `FEATURES`.
    """
    return [
        similarity,
        lead,
        *_words(seed, item),
        *_lengths(seed, item),
        *_questions(seed, item),
        *_numbers(seed, item),
        *_names(seed.problem.names, item.problem.names),
        *_symbols(seed.problem.symbols, item.problem.symbols),
        *_options(seed.problem, item.problem),
        float(item.problem.is_code),
    ]


def _words(seed: Side, item: Side) -> list[float]:
    rare = {stem for stem, weight in item.weighted if weight > _RARE_WEIGHT and stem in seed.known}
    first = [ours == theirs for ours, theirs in zip(seed.stems[:3], item.stems[:3], strict=False)]
    return [
        item.coverage_by(seed.known),
        seed.coverage_by(item.known),
        seed.coverage_by(item.all_known),
        _share(item.bigrams, seed.bigrams),
        _share(seed.bigrams, item.bigrams),
        _share(item.trigrams, seed.trigrams),
        math.log1p(len(rare)),
        common_subsequence(seed.content, item.content) / max(len(item.content), 1),
        longest_common_run(seed.stems[:_MOST_WORDS], item.stems[:_MOST_WORDS])
        / max(len(item.stems), 1),
        sum(first) / 3,
    ]


def _lengths(seed: Side, item: Side) -> list[float]:
    return [
        math.log(max(len(seed.stems), 1) / max(len(item.stems), 1)),
        math.log1p(len(item.stems)),
        math.log1p(len(seed.stems)),
        math.log1p(item.weight_outside(seed.known)),
        math.log1p(seed.weight_outside(item.known)),
    ]


def _questions(seed: Side, item: Side) -> list[float]:
    asked = item.problem.question
    turned = sum(abs(seed.counts[word] - item.counts[word]) for word in _TURNING)
    unknown = sum(max(seed.counts[word] - item.counts[word], 0) for word in _UNKNOWN_STEMS)
    return [
        len(asked & (seed.known | seed.problem.question)) / len(asked) if asked else 1.0,
        min(turned, 10),
        min(unknown, 5),
    ]


def _numbers(seed: Side, item: Side) -> list[float]:
    ours, theirs = len(seed.numbers), len(item.numbers)
    seed_only, item_only = len(seed.numbers_besides(item)), len(item.numbers_besides(seed))
    longer = max(len(seed.written), len(item.written))
    return [
        min(theirs, 10),
        min(item_only, 5),
        min(seed_only, 5),
        min(theirs - item_only, 10),
        1 - item_only / theirs if theirs else 1.0,
        1 - seed_only / ours if ours else 1.0,
        common_subsequence(seed.written, item.written) / longer if longer else 1.0,
    ]


def _names(ours: frozenset[str], theirs: frozenset[str]) -> list[float]:
    return [min(len(theirs - ours), 5), min(len(ours - theirs), 5)]


def _symbols(ours: Counter[str], theirs: Counter[str]) -> list[float]:
    shared = (ours & theirs).total() if ours and theirs else 0
    mine, its = ours.total(), theirs.total()
    return [
        min(its - shared, 20),
        min(mine - shared, 20),
        shared / max(mine, its) if mine or its else 1.0,
    ]


def _options(seed: Problem, item: Problem) -> list[float]:
    present = float(bool(seed.options)) + 2 * float(bool(item.options))
    both = seed.options and item.options
    return [len(seed.options & item.options) / len(item.options) if both else 0.5, present]


def _share(these: frozenset[tuple[str, ...]], those: frozenset[tuple[str, ...]]) -> float:
    return len(these & those) / len(these) if these else 0.0
