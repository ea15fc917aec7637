"""Which of a step's groups teach anything: those whose completions are not all right or all wrong.

A group of equal outcomes has advantages of zero. DAPO (arXiv 2503.14476, section 3.2) draws further
prompts until a step is full of others; how often it may do so here is the recipe's.
"""

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from training.exports import Row


class Drawn(NamedTuple):
    """A completion with its prompt: what the trainer has to be given back of it.

    `logprobs` are those of sampling, where rollouts tell them. `is_right`: the answer is the key's,
    and the response neither malformed nor cut off.
    """

    row: Row
    prompt_ids: list[int]
    completion_ids: list[int]
    completion: Any
    logprobs: Any
    is_right: bool


Group = Sequence[Drawn]


class VariedGroups:
    """Fills a step with groups that vary, as far as what is drawn has them.

    Args:
        wanted: groups of a step.
        size: completions of a group.
    """

    def __init__(self, wanted: int, size: int) -> None:
        self._wanted, self._size = wanted, size
        self._varied: list[Group] = []
        self._right: list[Group] = []
        self._wrong: list[Group] = []
        self._rounds = 0

    @property
    def is_full(self) -> bool:
        """Whether there are as many as a step has."""
        return len(self._varied) >= self._wanted

    def add(self, drawn: Sequence[Drawn]) -> None:
        """Take a round's completions; those of one prompt come one after another."""
        self._rounds += 1
        for start in range(0, len(drawn), self._size):
            group = drawn[start : start + self._size]
            right = sum(one.is_right for one in group)
            kind = {0: self._wrong, len(group): self._right}.get(right, self._varied)
            kind.append(group)

    def chosen(self) -> list[Drawn]:
        """The step's completions: varied groups first, filled up with wrong and then right ones."""
        groups = [*self._varied, *self._wrong, *self._right][: self._wanted]
        return [one for group in groups for one in group]

    def counts(self) -> dict[str, float]:
        """What was drawn and skipped, in groups."""
        filled = max(0, self._wanted - len(self._varied))
        wrong = min(filled, len(self._wrong))
        return {
            "rounds": self._rounds,
            "drawn": sum(map(len, (self._varied, self._right, self._wrong))),
            "skipped_right": len(self._right) - (filled - wrong),
            "skipped_wrong": len(self._wrong) - wrong,
            "surplus": max(0, len(self._varied) - self._wanted),
            "kept_without_variance": filled,
        }


def repeated(rows: Iterable[Row], times: int) -> list[Row]:
    """Each row so many times, one after another, as groups lie in a batch."""
    return [row for row in rows for _ in range(times)]
