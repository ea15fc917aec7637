from math import exp
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.science.boosted_trees import BoostedTrees

# Feature 0 up to 1.5 goes left, to a leaf of 2; above it feature 1 decides, up to 0, between -1
# and 4.
DEEP = {
    "class": 0,
    "feature": [0, -1, 1, -1, -1],
    "threshold": [1.5, 0, 0, 0, 0],
    "left": [1, 0, 3, 0, 0],
    "right": [2, 0, 4, 0, 0],
    "value": [0, 2, 0, -1, 4],
}
FLAT = {"class": 1, "feature": [-1], "threshold": [0], "left": [0], "right": [0], "value": [3]}


def probabilities(rows: list[list[float]], *trees: Any, baseline: list[float]) -> list[list[float]]:
    model = {"baseline": baseline, "trees": list(trees)}
    result: list[list[float]] = BoostedTrees(model).probabilities(np.array(rows)).tolist()
    return result


@pytest.mark.parametrize(
    ("row", "leaf"),
    [([1, 9], 2), ([1.5, 9], 2), ([1.6, 0], -1), ([1.6, -5], -1), ([1.6, 0.1], 4)],
)
def test_probabilities_of_a_tree_made_by_hand(row: list[float], leaf: float) -> None:
    [[first, second]] = probabilities([row], DEEP, FLAT, baseline=[0.5, 0])
    # Scores are 0.5 + leaf and 3; of two classes the softmax is the logistic of the difference.
    assert first == pytest.approx(1 / (1 + exp(3 - 0.5 - leaf)))
    assert first + second == pytest.approx(1)


def test_probabilities_leaves_of_one_class_add_up() -> None:
    # 0.5 + 2 + 2 against 3 + 3: the difference is -1.5.
    [[first, _]] = probabilities([[0, 0]], DEEP, FLAT, DEEP, FLAT, baseline=[0.5, 0])
    assert first == pytest.approx(1 / (1 + exp(1.5)))


def test_probabilities_class_without_trees_has_its_baseline() -> None:
    [row] = probabilities([[0, 0]], FLAT, baseline=[0, 0, 3])
    assert row[1] == pytest.approx(row[2])


def test_probabilities_of_no_rows_are_none() -> None:
    model = {"baseline": [0, 0], "trees": [DEEP]}
    assert BoostedTrees(model).probabilities(np.zeros((0, 2))).shape == (0, 2)


@given(st.lists(st.tuples(st.floats(), st.floats()), min_size=1))
def test_probabilities_of_any_rows_add_up_to_one(rows: list[tuple[float, float]]) -> None:
    found = probabilities([list(row) for row in rows], DEEP, FLAT, baseline=[500, -500])
    assert np.sum(found, axis=1) == pytest.approx(1)
    assert found == [
        probabilities([list(row)], DEEP, FLAT, baseline=[500, -500])[0] for row in rows
    ]
