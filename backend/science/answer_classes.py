"""Classes of equivalent answers, by complete linkage.

Equivalence is not transitive (5 cm, 5, 5 m), so that joining along chains would put what differs
into one class. A key joins a class only if it is equivalent to every key in it.
"""

from collections import Counter
from collections.abc import Callable, Sequence

from backend.science.answer_keys import AnswerKey
from backend.science.equivalence import may_be_equivalent

Equivalence = Callable[[AnswerKey, AnswerKey], bool]


def linked_keys(
    keys: Sequence[AnswerKey | None], equivalent: Equivalence
) -> dict[AnswerKey, AnswerKey]:
    """For each distinct key, the key that stands for its class: the most frequent one in it.

    Keys are taken by falling frequency, equal ones in the order of their text, and join the first
    class that takes them: the result does not depend on the order of the input. `equivalent` is
    asked once for a pair, the more frequent key first, and only where kinds allow a yes.
    """
    counts = Counter(key for key in keys if key is not None)
    classes: list[list[AnswerKey]] = []
    for key in sorted(counts, key=lambda key: (-counts[key], str(key))):
        home = next((members for members in classes if _fits(key, members, equivalent)), None)
        if home is None:
            classes.append([key])
        else:
            home.append(key)
    return {key: members[0] for members in classes for key in members}


def _fits(key: AnswerKey, members: Sequence[AnswerKey], equivalent: Equivalence) -> bool:
    return all(may_be_equivalent(member, key) for member in members) and all(
        equivalent(member, key) for member in members
    )
