"""In which order a run's prompts come: a rule, the same on all processes and after each restart."""

import random
from collections.abc import Sequence
from typing import Final, Literal

from training.exports import Row

Order = Literal["given", "easy_first", "teachable_first"]

# Verdicts from easy to hard. Suspect keys come last: what they teach is doubtful.
_VERDICTS: Final = ("easy", "teachable", "unsettled", "hard", "suspect")


class PromptOrder:
    """Which prompt comes at which place of a run, counted from 0 without end.

    A version's own order and curricula are gone through once and then again; where the export has
    no order, each time through is another random one.

    Args:
        rows: the prompts, as exported.
        order: as the recipe has it.
        random_seed: of the random order.
        is_ordered: whether the export's own order is one.
    """

    def __init__(
        self, rows: Sequence[Row], order: Order, random_seed: int, *, is_ordered: bool
    ) -> None:
        self._rows, self._random_seed = rows, random_seed
        self._is_random = order == "given" and not is_ordered
        self._pass, self._places = 0, list(range(len(rows)))
        if order != "given":
            rank = _easiness if order == "easy_first" else _teachability
            self._places.sort(key=lambda place: (*rank(rows[place]), place))
        if self._is_random:
            self._shuffle(0)

    def rows(self, start: int, count: int) -> list[Row]:
        """So many prompts, from a place of the run on."""
        return [self._row(place) for place in range(start, start + count)]

    def _row(self, place: int) -> Row:
        time_through, within = divmod(place, len(self._rows))
        if self._is_random and time_through != self._pass:
            self._shuffle(time_through)
        return self._rows[self._places[within]]

    def _shuffle(self, time_through: int) -> None:
        self._pass, self._places = time_through, list(range(len(self._rows)))
        random.Random(f"{self._random_seed}:{time_through}").shuffle(self._places)


def _teachability(row: Row) -> tuple[float, ...]:
    """The highest score first; prompts without one come last."""
    score = row.get("score")
    return (1.0, 0.0) if score is None else (0.0, -score)


def _easiness(row: Row) -> tuple[float, ...]:
    """By verdict; the score is low at both ends, so easy ones go up with it and the others down."""
    verdict, score = row.get("verdict"), row.get("score") or 0.0
    if verdict not in _VERDICTS:
        return (float(len(_VERDICTS)), 0.0)
    return (float(_VERDICTS.index(verdict)), score if verdict == "easy" else -score)
