"""How far raters agree on categories without order: by pair, all together, and one with the others.

A rater's ratings are a mapping of items to categories; raters need not have rated the same.
"""

from collections import Counter, defaultdict
from collections.abc import Hashable, Mapping, Sequence
from typing import NamedTuple

from backend.science.agreement import cohen_kappa, krippendorff_alpha, percent_agreement
from backend.science.agreement_intervals import Interval, alpha_interval, kappa_interval

Ratings = Mapping[int, Hashable]


class NominalPair(NamedTuple):
    """Two raters on the items that both rated; None where it is undefined.

    Attributes:
        items: how many they are.
        percent: share of them rated alike, in [0, 1].
        kappa: Cohen's.
        interval: of kappa, 95 per cent.
    """

    items: int
    percent: float | None
    kappa: float | None
    interval: Interval | None


class NominalGroup(NamedTuple):
    """Krippendorff's nominal alpha, 95 per cent interval, over items that two or more rated."""

    items: int
    alpha: float | None
    interval: Interval | None


class WithOthers(NamedTuple):
    """In how many of the comparisons with another rater's rating of an item the two are alike."""

    alike: int
    compared: int


def compare_pair(first: Ratings, second: Ratings) -> NominalPair:
    """Compare two raters."""
    common = [item for item in first if item in second]
    left, right = [first[item] for item in common], [second[item] for item in common]
    return NominalPair(
        len(common),
        percent_agreement(left, right),
        cohen_kappa(left, right),
        kappa_interval(left, right),
    )


def compare_all(raters: Sequence[Ratings]) -> NominalGroup:
    """Compare all raters at once."""
    units = [unit for unit in _units(raters).values() if len(unit) >= 2]
    codes = {value: code for code, value in enumerate(dict.fromkeys(v for u in units for v in u))}
    coded = [[codes[value] for value in unit] for unit in units]
    return NominalGroup(len(units), krippendorff_alpha(coded, "nominal"), alpha_interval(coded))


def with_others(raters: Mapping[int, Ratings]) -> dict[int, WithOthers]:
    """Each rater against every other who rated the same item."""
    given = {item: Counter(unit) for item, unit in _units(list(raters.values())).items()}
    found = {}
    for rater, ratings in raters.items():
        alike = sum(given[item][value] - 1 for item, value in ratings.items())
        compared = sum(given[item].total() - 1 for item in ratings)
        found[rater] = WithOthers(alike, compared)
    return found


def _units(raters: Sequence[Ratings]) -> dict[int, list[Hashable]]:
    units: dict[int, list[Hashable]] = defaultdict(list)
    for ratings in raters:
        for item, value in ratings.items():
            units[item].append(value)
    return units
