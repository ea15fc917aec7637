"""How often what is trained on, cell by cell: epochs, caps, budgets, and the share of safety.

A cell holds the examples of one cluster, source and licence: all rules speak of these alone, so a
plan takes as long for ten million examples as for ten. The unit of amounts is the token, since that
is what is trained on. Nothing is rounded here.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Final, NamedTuple

from backend.science.quality_tiers import Tier

TOLERANCE: Final = 1e-9
MOST_ROUNDS: Final = 1000
EVERY: Final = "*"
"""The name whose cap is for all that have none of their own."""


class CapsCannotHold(ValueError):
    """Caps on shares that leave no mixture at all; the message names them.

    Attributes:
        what: "sources" or "licences", where it is due to one of these alone.
        caps: the names whose caps are at fault, as the rules have them.
    """

    def __init__(self, message: str, what: str = "", caps: Sequence[str] = ()) -> None:
        super().__init__(message)
        self.what, self.caps = what, list(caps)


class Cluster(NamedTuple):
    """A domain at one tier of quality."""

    domain: str | None
    tier: Tier


class Cell(NamedTuple):
    """The examples of one cluster, source and licence: how many, and their tokens in all."""

    cluster: Cluster
    source: str
    licence: str | None
    examples: int
    tokens: int


class Cap(NamedTuple):
    """The most that there may be: a share of all tokens, a number of examples, or both."""

    share: float | None = None
    examples: float | None = None


class PartRules(NamedTuple):
    """How a part is mixed.

    Attributes:
        epochs: how often each example of a cluster is seen.
        default_epochs: of clusters that are not named.
        source_caps: by the source's name, `EVERY` for all others.
        licence_caps: by licence; what has none is called "".
        budget_tokens: the most tokens in all.
    """

    epochs: Mapping[Cluster, float]
    default_epochs: float = 1.0
    source_caps: Mapping[str, Cap] = {}
    licence_caps: Mapping[str, Cap] = {}
    budget_tokens: float | None = None


def part_epochs(cells: Sequence[Cell], rules: PartRules) -> list[float]:
    """The epochs of each cell: those asked for, brought down until all caps and the budget hold.

    What is over a cap is brought down as a whole, and the budget brings down everything alike, so
    that what is within a cap keeps its proportions. Nothing is ever raised above what was asked.

    Raises:
        CapsCannotHold: the caps on shares cannot hold with these sources or licences.
    """
    epochs = [rules.epochs.get(cell.cluster, rules.default_epochs) for cell in cells]
    groupings = (
        ("sources", [cell.source for cell in cells], rules.source_caps),
        ("licences", [cell.licence or "" for cell in cells], rules.licence_caps),
    )
    for _, names, caps in groupings:
        epochs = _within_examples(cells, epochs, names, caps)
    for _ in range(MOST_ROUNDS):
        before = epochs
        for what, names, caps in groupings:
            epochs = _within_shares(cells, epochs, names, caps, what)
        if all(old - new <= TOLERANCE * old for old, new in zip(before, epochs, strict=True)):
            return within_budget(cells, epochs, rules.budget_tokens)
    raise CapsCannotHold("the caps of sources and of licences cannot hold together")


def example_limits(cells: Sequence[Cell], rules: PartRules) -> Iterator[tuple[Sequence[int], int]]:
    """The places of the cells of each source and licence with a cap on examples, and that cap."""
    groupings = (
        ([cell.source for cell in cells], rules.source_caps),
        ([cell.licence or "" for cell in cells], rules.licence_caps),
    )
    for names, caps in groupings:
        for name in dict.fromkeys(names):
            if (most := _cap_of(caps, name).examples) is not None:
                yield [at for at, of in enumerate(names) if of == name], int(most)


def within_budget(
    cells: Sequence[Cell], epochs: Sequence[float], budget_tokens: float | None
) -> list[float]:
    """The epochs, all of them brought down alike where they take more tokens than there may be."""
    tokens = tokens_of(cells, epochs)
    if budget_tokens is None or tokens <= budget_tokens:
        return list(epochs)
    return [each * budget_tokens / tokens for each in epochs]


def safety_epochs(cells: Sequence[Cell], other_tokens: float, share: float) -> list[float]:
    """The epochs of the safety examples, so that they are this share of all tokens.

    Args:
        cells: those of safety.
        other_tokens: of all else.
        share: below 1.
    """
    own = sum(cell.tokens for cell in cells)
    return [other_tokens * share / (1 - share) / own if own else 0.0 for _ in cells]


def tokens_of(cells: Sequence[Cell], epochs: Sequence[float]) -> float:
    """The tokens of cells at these epochs."""
    return sum(cell.tokens * each for cell, each in zip(cells, epochs, strict=True))


def _within_examples(
    cells: Sequence[Cell], epochs: Sequence[float], names: Sequence[str], caps: Mapping[str, Cap]
) -> list[float]:
    amounts = _by_name(names, (c.examples * e for c, e in zip(cells, epochs, strict=True)))

    def factor(name: str) -> float:
        most = _cap_of(caps, name).examples
        return 1.0 if most is None or amounts[name] <= most else most / amounts[name]

    return _scaled(epochs, names, factor)


def _within_shares(
    cells: Sequence[Cell],
    epochs: Sequence[float],
    names: Sequence[str],
    caps: Mapping[str, Cap],
    what: str,
) -> list[float]:
    """Bring down the names over their share; the total shrinks with them, so others may follow."""
    amounts = _by_name(names, (c.tokens * e for c, e in zip(cells, epochs, strict=True)))
    shares = {name: _cap_of(caps, name).share for name in amounts}
    held: dict[str, float] = {}
    total = sum(amounts.values())
    while over := {
        name: share
        for name, share in shares.items()
        if share is not None and name not in held
        and amounts[name] > share * total * (1 + TOLERANCE)
    }:  # fmt: skip
        held |= over
        rest, left = sum(amounts[n] for n in amounts if n not in held), 1 - sum(held.values())
        if rest <= 0 or left <= 0:
            named = ", ".join(sorted(name or "none" for name in held))
            raise CapsCannotHold(
                f"the caps leave nothing to train on: {what} {named} are all that there is, and "
                f"together they may be {sum(held.values()):.0%} of it",
                what,
                sorted({name if name in caps else EVERY for name in held}),
            )
        total = rest / left

    def factor(name: str) -> float:
        return held[name] * total / amounts[name] if name in held else 1.0

    return _scaled(epochs, names, factor)


def _cap_of(caps: Mapping[str, Cap], name: str) -> Cap:
    return caps.get(name) or caps.get(EVERY) or Cap()


def _by_name(names: Sequence[str], amounts: Iterable[float]) -> dict[str, float]:
    totals: dict[str, float] = defaultdict(float)
    for name, amount in zip(names, amounts, strict=True):
        totals[name] += amount
    return totals


def _scaled(
    epochs: Sequence[float], names: Sequence[str], factor: Callable[[str], float]
) -> list[float]:
    return [each * factor(name) for each, name in zip(epochs, names, strict=True)]
