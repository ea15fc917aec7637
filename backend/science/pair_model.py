"""From the features of a pair to what the two texts are to each other.

The fitted model (`pair_model.json`, made by `scripts/fit_pair_model.py`, with a card in
`docs/pair-model.md`) gives probabilities; the plain rule needs no fit and says why in one line.
"""

import json
from functools import lru_cache
from pathlib import Path
from typing import Any, Final, NamedTuple

import numpy as np
import numpy.typing as npt

from backend.science.boosted_trees import BoostedTrees
from backend.science.pair_features import FEATURES
from backend.science.sparse_index import Neighbours

Floats = npt.NDArray[np.float64]

_FILE: Final = Path(__file__).with_name("pair_model.json")
_AT: Final = {name: place for place, name in enumerate(FEATURES)}


class Chances(NamedTuple):
    """How probable it is that a text is the same problem, a changed one, or neither."""

    same: float
    changed: float
    other: float


class PairModel:
    """The fitted model: a gate that costs little, and trees behind it."""

    def __init__(self, model: dict[str, Any]) -> None:
        if model["features"] != list(FEATURES):
            raise ValueError("the model was fitted on other features: fit it again")
        self._gate = BoostedTrees(model["gate"])
        self._least = float(model["gate"]["threshold"])
        self._trees = BoostedTrees(model)

    def passes(self, pairs: Neighbours) -> npt.NDArray[np.bool_]:
        """Which pairs are worth a closer look."""
        passes: npt.NDArray[np.bool_] = (
            self._gate.probabilities(gate_inputs(pairs))[:, 1] >= self._least
        )
        return passes

    def chances(self, features: list[list[float]]) -> list[Chances]:
        """What the pairs with these features are to each other."""
        if not features:
            return []
        return [Chances(*row) for row in self._trees.probabilities(np.array(features)).tolist()]


class PlainRule:
    """The same without a fit: shared passages make a pair, equal numbers make it the same."""

    def passes(self, pairs: Neighbours) -> npt.NDArray[np.bool_]:
        """Which pairs are worth a closer look."""
        passes: npt.NDArray[np.bool_] = (
            np.minimum(pairs.document_coverage, pairs.text_coverage) > 0.4
        )
        return passes

    def chances(self, features: list[list[float]]) -> list[Chances]:
        """Certain chances, 0 or 1."""
        return [_by_rule(row) for row in features]


def gate_inputs(pairs: Neighbours) -> Floats:
    """What the gate weighs: all that the search has come to know of a pair."""
    return np.stack(pairs[2:], axis=1)


@lru_cache
def fitted_model() -> PairModel:
    """The model that ships with this project."""
    return PairModel(json.loads(_FILE.read_text(encoding="utf-8")))


def _by_rule(row: list[float]) -> Chances:
    is_made_from = row[_AT["item_trigrams"]] >= 0.3 or (
        row[_AT["item_coverage"]] >= 0.7
        and row[_AT["seed_coverage"]] >= 0.6
        and row[_AT["ordered_words"]] >= 0.5
    )
    if not is_made_from:
        return Chances(0.0, 0.0, 1.0)
    differences = ("item_only_numbers", "seed_only_numbers", "item_only_symbols", "unknowns")
    differs = any(row[_AT[name]] for name in differences)
    return Chances(0.0, 1.0, 0.0) if differs else Chances(1.0, 0.0, 0.0)
