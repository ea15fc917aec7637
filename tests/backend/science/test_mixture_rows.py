import math
import random

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from backend.science.lots import RANGE, falls_below, lot
from backend.science.mixture_rows import (
    Examples,
    Numbers,
    copies,
    ranks,
    training_order,
    whole_counts,
)

MOST_CELLS = 4
IDS = st.lists(
    st.tuples(st.integers(1, 99), st.integers(0, 5), st.integers(0, MOST_CELLS - 1)),
    unique_by=lambda row: row[:2],
    max_size=40,
)
COUNTS = st.lists(st.integers(0, 90), min_size=MOST_CELLS, max_size=MOST_CELLS)


def examples_of(rows: list[tuple[int, int, int]]) -> Examples:
    columns = zip(*rows, strict=True) if rows else ((), (), ())
    return Examples(*(np.array(column, np.int64) for column in columns))


def copied(examples: Examples, counts: list[int], key: int) -> Numbers:
    return copies(examples.cell, ranks(examples, key), counts)


def named(rows: list[tuple[int, int, int]], counts: list[int], key: int) -> list[tuple[int, ...]]:
    """What a version would hold, in its order: wording, trace, copy."""
    examples = examples_of(rows)
    order = training_order(examples, copied(examples, counts, key), key)
    return [
        (int(examples.revision[at]), int(examples.sample[at]), int(copy))
        for at, copy in zip(order.example, order.copy, strict=True)
    ]


def test_whole_counts_known_values() -> None:
    """By hand: the sum is 5, the whole parts make 4, and the largest remainder, .6, gets one."""
    assert whole_counts([2.3, 1.6, 1.1]) == [2, 2, 1]
    assert whole_counts([0.5, 0.5, 0.5]) == [1, 1, 0]  # 1.5 is 2; of equals the first
    assert whole_counts([0.25, 0.25]) == [1, 0]
    assert whole_counts([]) == []


@given(st.lists(st.floats(0, 1e6), max_size=20))
def test_whole_counts_are_next_to_what_is_wanted_and_so_is_their_sum(wanted: list[float]) -> None:
    counts = whole_counts(wanted)
    assert sum(counts) == math.floor(math.fsum(wanted) + 0.5)
    assert all(
        math.floor(value) <= count <= math.floor(value) + 1
        for value, count in zip(wanted, counts, strict=True)
    )


@given(IDS, COUNTS, st.integers(0, 9))
def test_each_cell_gets_its_count_and_its_examples_as_many_but_one(
    rows: list[tuple[int, int, int]], counts: list[int], key: int
) -> None:
    examples = examples_of(rows)
    found = copied(examples, counts, key)
    for cell in range(MOST_CELLS):
        mine = found[examples.cell == cell]
        if len(mine):
            assert mine.sum() == counts[cell]
            assert mine.max() - mine.min() <= 1


@given(IDS, COUNTS, st.integers(0, 9), st.integers(0, MOST_CELLS - 1))
def test_one_copy_more_takes_none_away(
    rows: list[tuple[int, int, int]], counts: list[int], key: int, cell: int
) -> None:
    examples = examples_of(rows)
    more = [count + (at == cell) for at, count in enumerate(counts)]
    difference = copied(examples, more, key) - copied(examples, counts, key)
    assert set(difference.tolist()) <= {0, 1}
    assert difference.sum() == (cell in examples.cell)


@given(IDS, COUNTS, st.integers(0, 9), st.randoms(use_true_random=False), st.integers(1, 5))
def test_rows_are_the_same_however_many_workers_read_them(
    rows: list[tuple[int, int, int]],
    counts: list[int],
    key: int,
    shuffle: random.Random,
    workers: int,
) -> None:
    shares: list[list[tuple[int, int, int]]] = [[] for _ in range(workers)]
    for row in shuffle.sample(rows, len(rows)):
        shuffle.choice(shares).append(row)
    joined = [row for share in shares for row in share]
    assert named(joined, counts, key) == named(rows, counts, key)


@given(IDS, COUNTS)
def test_order_holds_every_copy_once(rows: list[tuple[int, int, int]], counts: list[int]) -> None:
    found = named(rows, counts, 1)
    assert len(set(found)) == len(found)
    for revision, sample, copy in found:
        assert copy == 0 or (revision, sample, copy - 1) in found


def test_copies_of_an_example_are_spread_over_the_order() -> None:
    """Each third of the way holds one of three copies of each of 200 examples."""
    rows = [(n, 0, 0) for n in range(200)]
    found = named(rows, [600, 0, 0, 0], 3)
    for third in (found[:200], found[200:400], found[400:]):
        assert len({revision for revision, _, _ in third}) == 200


def test_another_random_seed_gives_another_order() -> None:
    rows = [(n, 0, 0) for n in range(50)]
    assert named(rows, [75, 0, 0, 0], 1) != named(rows, [75, 0, 0, 0], 2)


def test_lots_are_what_they_were() -> None:
    """Frozen versions rest on them: sha256 of "7 order 12 3", its first eight bytes."""
    assert lot(7, "order", 12, 3) == 5001880207047395546


@settings(max_examples=25)
@given(st.integers(), st.sampled_from([0.05, 0.3, 0.9]))
def test_lots_fall_below_a_share_as_often_as_it_says(key: int, share: float) -> None:
    """Of 2000, within five standard deviations."""
    fallen = sum(falls_below(lot(key, "split", number), share) for number in range(2000))
    assert abs(fallen - 2000 * share) <= 5 * math.sqrt(2000 * share * (1 - share))
    assert 0 <= lot(key, "split", 1) < RANGE
