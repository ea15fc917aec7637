"""The plurality answer of several responses to one prompt."""

from collections.abc import Sequence
from dataclasses import dataclass

from backend.science.answer_classes import Equivalence, linked_keys
from backend.science.answer_keys import AnswerKey


@dataclass(frozen=True, slots=True)
class AnswerClass:
    """Responses that gave the same answer.

    Attributes:
        key: the most frequent key among them.
        count: how many they are.
        indices: their positions in the input.
        keys: all their distinct keys.
    """

    key: AnswerKey
    count: int
    indices: tuple[int, ...]
    keys: frozenset[AnswerKey]


@dataclass(frozen=True, slots=True)
class Plurality:
    """The votes of several responses, counted.

    Attributes:
        classes: answer classes, the largest first; equal sizes in order of first appearance.
        unanswered: responses without a usable answer.
        total: all responses.
        winner: key of the largest class; None on a tie for first place or where nobody answered.
        share: size of the largest class over all responses, in [0, 1].
        share_of_answered: the same over the responses that answered.
        margin: lead of the largest class over the second, over all responses.
        tie: whether two or more classes share first place.
    """

    classes: tuple[AnswerClass, ...]
    unanswered: int
    total: int
    winner: AnswerKey | None
    share: float
    share_of_answered: float
    margin: float
    tie: bool


def answer_classes(
    keys: Sequence[AnswerKey | None], equivalent: Equivalence | None = None
) -> list[AnswerClass]:
    """The classes of equivalent answers, the largest first; equal sizes by first appearance.

    Args:
        keys: one key for each response, None where there is no usable answer.
        equivalent: whether two distinct keys say the same; None where only equal keys do.
    """
    linked = linked_keys(keys, equivalent) if equivalent else {key: key for key in keys if key}
    members: dict[AnswerKey, list[int]] = {}
    for index, key in enumerate(keys):
        if key is not None:
            members.setdefault(linked[key], []).append(index)
    classes = [
        AnswerClass(
            first, len(indices), tuple(indices), frozenset(key for i in indices if (key := keys[i]))
        )
        for first, indices in members.items()
    ]
    return sorted(classes, key=lambda found: (-found.count, found.indices[0]))


def plurality(keys: Sequence[AnswerKey | None], equivalent: Equivalence | None = None) -> Plurality:
    """Count answers into classes and find the one that most responses gave.

    A missing answer (None) counts among the responses but can never win, and a tie for first
    place has no winner: it is an abstention, not a coin flip.

    Args:
        keys: one key for each response, None where there is no usable answer.
        equivalent: whether two distinct keys say the same; None where only equal keys do.
    """
    classes = answer_classes(keys, equivalent)
    answered = sum(answer_class.count for answer_class in classes)
    first, second = ([answer_class.count for answer_class in classes] + [0, 0])[:2]
    tie = first == second > 0
    return Plurality(
        classes=tuple(classes),
        unanswered=len(keys) - answered,
        total=len(keys),
        winner=classes[0].key if classes and not tie else None,
        share=first / len(keys) if keys else 0.0,
        share_of_answered=first / answered if answered else 0.0,
        margin=(first - second) / len(keys) if keys else 0.0,
        tie=tie,
    )
