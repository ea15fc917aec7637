import random

from hypothesis import given
from hypothesis import strategies as st

from backend.science.seed_families import Families, is_held_out

SEEDS = st.integers(1, 20)
PAIRS = st.lists(st.tuples(SEEDS, SEEDS), max_size=30)


def reachable(pairs: list[tuple[int, int]], start: int) -> set[int]:
    """By walking: an implementation of its own."""
    found, border = {start}, {start}
    while border:
        border = {
            there
            for one, other in pairs
            for here, there in ((one, other), (other, one))
            if here in border
        } - found
        found |= border
    return found


def test_families_known_values() -> None:
    families = Families([(7, 5), (9, 7), (3, 2)])
    assert [families.of(seed) for seed in (5, 7, 9, 2, 3, 4)] == [5, 5, 5, 2, 2, 4]
    assert families.as_mapping() == {5: 5, 7: 5, 9: 5, 2: 2, 3: 2}


@given(PAIRS)
def test_a_family_is_what_hangs_together_called_by_its_least(pairs: list[tuple[int, int]]) -> None:
    families = Families(pairs)
    for seed in range(1, 21):
        assert families.of(seed) == min(reachable(pairs, seed))


@given(PAIRS, st.randoms(use_true_random=False))
def test_order_and_direction_of_pairs_do_not_matter(
    pairs: list[tuple[int, int]], shuffle: random.Random
) -> None:
    mixed = [pair[::-1] if shuffle.random() < 0.5 else pair for pair in pairs]
    shuffle.shuffle(mixed)
    assert Families(mixed).as_mapping() == Families(pairs).as_mapping()


@given(PAIRS, st.integers(0, 9), st.floats(0, 1))
def test_no_pair_is_divided_by_the_split(
    pairs: list[tuple[int, int]], key: int, share: float
) -> None:
    families = Families(pairs)
    for one, other in pairs:
        sides = {is_held_out(families.of(seed), key, share) for seed in (one, other)}
        assert len(sides) == 1


@given(st.integers(1, 10**6), st.integers(0, 9), st.floats(0, 1), st.floats(0, 1))
def test_a_larger_share_holds_out_more_and_lets_none_back(
    family: int, key: int, one: float, other: float
) -> None:
    less, more = sorted((one, other))
    assert is_held_out(family, key, less) <= is_held_out(family, key, more)
