"""What has been found out about pairs of answers beyond the rules, as a relation for verdicts.

Algebra and judges decide pairs once, and the decisions are stored. Verdicts are computed from
what is stored alone: rules first, then what is known; a pair of which nothing is known, or that
could not be decided, is different.
"""

from collections.abc import Collection, Mapping
from itertools import combinations
from typing import NamedTuple

from backend.science.answer_classes import Equivalence
from backend.science.answer_keys import AnswerKey
from backend.science.equivalence import equivalent_by_rules

Pair = tuple[AnswerKey, AnswerKey]


class PairDecision(NamedTuple):
    """Whether a pair says the same, None where it could not be found out, and who found it out."""

    equivalent: bool | None
    decided_by: str


Known = Mapping[Pair, PairDecision]


def ordered_pair(first: AnswerKey, second: AnswerKey) -> Pair:
    """The pair in the one order that it is stored in: by the code points of `str(key)`."""
    return (first, second) if str(first) <= str(second) else (second, first)


def relation_of(known: Known) -> Equivalence:
    """The relation for `plurality`: rules first, then what is known, else different.

    Args:
        known: decisions by ordered pair.
    """

    def same(first: AnswerKey, second: AnswerKey) -> bool:
        if equivalent_by_rules(first, second):
            return True
        decision = known.get(ordered_pair(first, second))
        return decision is not None and decision.equivalent is True

    return same


def joined_by(keys_of_class: Collection[AnswerKey], known: Known) -> list[str]:
    """Who said that keys of one class are the same, where the rules alone did not; sorted."""
    decisions = (
        known.get(ordered_pair(*pair))
        for pair in combinations(keys_of_class, 2)
        if not equivalent_by_rules(*pair)
    )
    return sorted({found.decided_by for found in decisions if found and found.equivalent})
