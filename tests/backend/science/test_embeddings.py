"""Vectors in half precision, and the nearest of them against a look at all."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backend.science import embeddings
from backend.science.embeddings import Near, nearest, packed, unpacked


def _matrix(rows: int, columns: int, seed: int) -> embeddings.Half:
    # Few different values, so that cosines are equal often.
    vectors = np.random.default_rng(seed).integers(-1, 2, (rows, columns)).astype(np.float32)
    return unpacked([packed(vector) for vector in vectors])


def _wide(matrix: embeddings.Half, rows: int, columns: int) -> np.ndarray:
    return matrix.reshape(rows, columns).astype(np.float32)


@settings(max_examples=200)
@given(
    texts=st.integers(1, 5),
    rows=st.integers(0, 40),
    columns=st.integers(1, 6),
    count=st.integers(1, 7),
    least=st.sampled_from([-1.0, 0.0, 0.5, 0.8, 1.0]),
    block=st.integers(1, 9),
    seed=st.integers(0, 10_000),
)
def test_nearest_are_those_of_a_look_at_all(
    texts: int, rows: int, columns: int, count: int, least: float, block: int, seed: int
) -> None:
    asked, matrix = _matrix(texts, columns, seed), _matrix(rows, columns, seed + 1)
    cosines = np.minimum(asked.astype(np.float32) @ _wide(matrix, rows, columns).T, 1)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(embeddings, "_BLOCK", block)
        found = nearest(asked, matrix, count, least)
    assert len(found) == texts
    for text, near in enumerate(found):
        expected = sorted(cosines[text][cosines[text] >= np.float32(least)], reverse=True)[:count]
        # Blocks of another width may round the last bit otherwise.
        assert [one.similarity for one in near] == pytest.approx(expected, abs=1e-6)
        assert len({one.row for one in near}) == len(near)
        for one in near:
            assert one.similarity == pytest.approx(float(cosines[text, one.row]), abs=1e-6)


def test_equally_near_rows_come_in_the_order_of_the_matrix() -> None:
    one = packed(np.array([1, 0], dtype=np.float32))
    matrix = unpacked([one, packed(np.array([0, 1], dtype=np.float32)), one, one])
    assert nearest(unpacked([one]), matrix, 2, 0.5) == [[Near(0, 1.0), Near(2, 1.0)]]


def test_vectors_are_kept_at_unit_length_in_two_bytes_a_number() -> None:
    # (3, 4) has length 5.
    kept = packed(np.array([3, 4], dtype=np.float32))
    assert len(kept) == 4
    assert unpacked([kept]).tolist() == [[np.float16(0.6), np.float16(0.8)]]


def test_huge_and_empty_vectors_are_kept() -> None:
    # The squares of 2e38 are beyond single precision.
    assert unpacked([packed(np.array([2e38, 0], dtype=np.float32))]).tolist() == [[1, 0]]
    assert unpacked([packed(np.zeros(2, dtype=np.float32))]).tolist() == [[0, 0]]


@given(st.lists(st.floats(-1, 1, width=32), min_size=8, max_size=64), st.integers(0, 1000))
def test_half_precision_moves_a_cosine_little(numbers: list[float], seed: int) -> None:
    first = np.array(numbers, dtype=np.float32)
    second = np.random.default_rng(seed).standard_normal(len(numbers)).astype(np.float32)
    length = float(np.linalg.norm(first.astype(np.float64)))
    exact = float(first.astype(np.float64) @ second) / (length or 1) / np.linalg.norm(second)
    [[near]] = nearest(unpacked([packed(first)]), unpacked([packed(second)]), 1, -1.5)
    assert near.similarity == pytest.approx(exact, abs=2**-10)


def test_vectors_of_different_lengths_are_not_compared() -> None:
    short, long = (packed(np.ones(size, dtype=np.float32)) for size in (2, 3))
    with pytest.raises(ValueError, match="2 and 3 numbers"):
        unpacked([short, long])
    with pytest.raises(ValueError, match="2 and 3 numbers"):
        nearest(unpacked([short]), unpacked([long]), 1, 0)


def test_nothing_is_near_where_there_is_nothing() -> None:
    nothing = unpacked([])
    assert nearest(unpacked([packed(np.ones(2, dtype=np.float32))]), nothing, 3, 0) == [[]]
    assert nearest(nothing, unpacked([packed(np.ones(2, dtype=np.float32))]), 3, 0) == []
