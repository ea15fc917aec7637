"""Gradient-boosted trees that were fitted elsewhere, as arrays."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

_Floats = npt.NDArray[np.float64]
_Integers = npt.NDArray[np.int64]


class BoostedTrees:
    """Trees whose leaves add up to one score a class; the softmax of the scores is the result."""

    def __init__(self, model: Mapping[str, Any]) -> None:
        """Read a model.

        Args:
            model: `baseline`, a score for each class; `trees`, each with `class` and, one entry a
                node, `feature` (-1 for a leaf), `threshold`, `left`, `right` and `value`. A row
                goes left where its feature is at most the threshold.
        """
        trees: Sequence[Mapping[str, Any]] = model["trees"]
        self._baseline = np.array(model["baseline"], dtype=np.float64)
        self._class: _Integers = np.array([tree["class"] for tree in trees], dtype=np.int64)
        self._feature = _padded(trees, "feature", np.int64, -1)
        self._threshold = _padded(trees, "threshold", np.float64, 0.0)
        self._children = np.stack(
            [_padded(trees, side, np.int64, 0) for side in ("right", "left")], axis=-1
        )
        self._value = _padded(trees, "value", np.float64, 0.0)

    def probabilities(self, rows: _Floats) -> _Floats:
        """The probability of each class for each row.

        Args:
            rows: (number of rows, number of features).
        """
        node = np.zeros((len(rows), len(self._class)), dtype=np.int64)
        tree = np.arange(len(self._class))
        number = np.arange(len(rows))[:, None]
        while True:
            feature = self._feature[tree, node]
            is_inner = feature >= 0
            if not is_inner.any():
                break
            goes_left = rows[number, feature] <= self._threshold[tree, node]
            node = np.where(is_inner, self._children[tree, node, goes_left.astype(np.int64)], node)
        values = self._value[tree, node]
        scores = np.stack(
            [values[:, self._class == k].sum(axis=1) for k in range(len(self._baseline))], axis=1
        )
        scores += self._baseline
        powers = np.exp(scores - scores.max(axis=1, keepdims=True))
        result: _Floats = powers / powers.sum(axis=1, keepdims=True)
        return result


def _padded(trees: Sequence[Mapping[str, Any]], name: str, kind: Any, filling: Any) -> Any:
    size = max(len(tree[name]) for tree in trees)
    table = np.full((len(trees), size), filling, dtype=kind)
    for row, tree in zip(table, trees, strict=True):
        row[: len(tree[name])] = tree[name]
    return table
