"""Seeds that belong together: what may not stand on both sides of a split.

Wordings of one seed are one seed here, so its rewrites need no pair. Pairs are near-duplicates and
parents with what was made of them; a family is all that hangs together by pairs.
"""

from collections.abc import Iterable, Mapping

from backend.science.lots import falls_below, lot


class Families:
    """Connected components of seeds; a family is called by its least number.

    Args:
        pairs: seeds that belong together, in any order and direction.
    """

    def __init__(self, pairs: Iterable[tuple[int, int]] = ()) -> None:
        self._above: dict[int, int] = {}
        for one, other in pairs:
            self._join(one, other)

    def of(self, seed_id: int) -> int:
        """The family of a seed; one that is in no pair is a family of its own."""
        root = seed_id
        while (above := self._above.get(root, root)) != root:
            root = above
        while (above := self._above.get(seed_id, seed_id)) != root:
            self._above[seed_id], seed_id = root, above
        return root

    def as_mapping(self) -> Mapping[int, int]:
        """The family of each seed that is in a pair."""
        return {seed_id: self.of(seed_id) for seed_id in self._above}

    def _join(self, one: int, other: int) -> None:
        first, second = sorted((self.of(one), self.of(other)))
        # The least number stays on top, so that names do not depend on the order of the pairs.
        self._above[second] = first
        self._above.setdefault(first, first)


def is_held_out(family: int, random_seed: int, share: float) -> bool:
    """Whether a family is kept for validation: this share of families is, by lot."""
    return falls_below(lot(random_seed, "split", family), share)
