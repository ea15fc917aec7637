"""From epochs to rows: whole copies of each example, and the order they are trained on.

Everything is decided by lots of the examples themselves (`backend.science.lots`): in which order
they come, and who has read them, makes no difference.
"""

import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from backend.science.lots import RANGE, lot

Numbers = NDArray[np.int64]
Lots = NDArray[np.uint64]


class Examples(NamedTuple):
    """What may be trained on, column by column; a seed has one example for each chosen trace.

    Attributes:
        revision: the wording's number.
        sample: the trace's number; 0 where the prompt stands alone.
        cell: the number of its cell.
    """

    revision: Numbers
    sample: Numbers
    cell: Numbers


class Order(NamedTuple):
    """Rows in the order they are trained on: which example, and its how manyeth copy, from 0."""

    example: Numbers
    copy: Numbers


def whole_counts(wanted: Sequence[float]) -> list[int]:
    """Whole numbers nearest to these, their sum nearest to the sum: largest remainders.

    Of equal remainders the first wins. The sum is rounded half up.
    """
    counts = [math.floor(value) for value in wanted]
    missing = math.floor(math.fsum(wanted) + 0.5) - sum(counts)
    by_remainder = sorted(range(len(counts)), key=lambda at: (counts[at] - wanted[at], at))
    for at in by_remainder[:missing]:
        counts[at] += 1
    return counts


def keep_within(
    counts: list[int], wanted: Sequence[float], members: Sequence[int], most: int
) -> None:
    """Take back what was rounded up, until these together are no more than they may be.

    Args:
        counts: whole numbers near to those wanted; changed.
        wanted: what they were before; of the members no more than `most` in all.
        members: the places of those that are limited together.
        most: how many they may be.
    """
    over = sum(counts[at] for at in members) - most
    by_excess = sorted(members, key=lambda at: (wanted[at] - counts[at], -at))
    for at in by_excess[: max(over, 0)]:
        counts[at] = max(counts[at] - 1, 0)


def lots_of(examples: Examples, random_seed: int, purpose: str) -> Lots:
    """A lot for each example."""
    pairs = zip(examples.revision.tolist(), examples.sample.tolist(), strict=True)
    drawn = (lot(random_seed, purpose, *pair) for pair in pairs)
    return np.fromiter(drawn, np.uint64, len(examples.revision))


def ranks(examples: Examples, random_seed: int) -> Numbers:
    """The place of each example within its cell, from 0, by lot: who is first to get a copy more.

    It hangs on nothing that a recipe weighs, so that it can be kept while weights are tried.
    """
    lots = lots_of(examples, random_seed, "copies")
    order = np.lexsort((examples.sample, examples.revision, lots, examples.cell))
    cells = examples.cell[order]
    found = np.empty(len(order), np.int64)
    found[order] = np.arange(len(order)) - np.searchsorted(cells, cells)
    return found


def copies(cell: Numbers, rank: Numbers, counts: Sequence[int]) -> Numbers:
    """How many copies each example gets, so that each cell has its count.

    All of a cell's examples get as many; what is left over goes to those of the first ranks. So one
    copy more for a cell is one more for one of its examples, and takes none away.
    """
    size = np.bincount(cell, minlength=len(counts))
    each, left = np.divmod(np.asarray(counts, np.int64), np.maximum(size, 1))
    found: Numbers = each[cell] + (rank < left[cell])
    return found


def training_order(examples: Examples, copied: Numbers, random_seed: int) -> Order:
    """All copies, mixed evenly: copy c of k stands at (c + u) / k of the way, u by the lot.

    So clusters are mixed alike from the first step to the last, and the copies of an example are as
    far apart as can be.
    """
    share = lots_of(examples, random_seed, "order").astype(np.float64) / RANGE
    example = np.repeat(np.arange(len(copied)), copied)
    copy = np.arange(len(example)) - np.repeat(np.cumsum(copied) - copied, copied)
    place = (copy + share[example]) / np.maximum(copied, 1)[example]
    order = np.lexsort((copy, examples.sample[example], examples.revision[example], place))
    return Order(example[order], copy[order])
