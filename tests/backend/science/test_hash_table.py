import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from backend.science.hash_table import HashTable

HASHES = arrays(np.uint64, st.integers(0, 200), elements=st.integers(0, 2**64 - 1))


@given(HASHES)
def test_may_hold_what_was_put_in_is_held(hashes: np.ndarray) -> None:
    assert HashTable(hashes).may_hold(hashes).all()


@given(HASHES)
def test_may_hold_empty_table_holds_nothing(hashes: np.ndarray) -> None:
    assert not HashTable(np.zeros(0, dtype=np.uint64)).may_hold(hashes).any()


def test_may_hold_nothing_asked_is_nothing_answered() -> None:
    none = np.zeros(0, dtype=np.uint64)
    assert len(HashTable(none).may_hold(none)) == 0


def test_may_hold_at_most_one_of_eight_strangers_is_let_in() -> None:
    # A table has more than eight places for each hash, so less than an eighth of it is taken.
    generator = np.random.default_rng(7)
    known, strangers = generator.integers(0, 2**64, (2, 100_000), dtype=np.uint64)
    assert 0.03 < HashTable(known).may_hold(strangers).mean() < 0.13
