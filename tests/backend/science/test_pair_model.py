import json

import numpy as np
import pytest

from backend.science.pair_features import FEATURES
from backend.science.pair_model import Chances, PairModel, PlainRule, fitted_model
from backend.science.sparse_index import Neighbours

LEAF = {"feature": [-1], "threshold": [0], "left": [0], "right": [0], "value": [0.0]}
# The second of two scores is the similarity's: 3 above a half, else -3.
GATE = {
    "baseline": [0, 0],
    "threshold": 0.5,
    "trees": [
        {
            "class": 1,
            "feature": [0, -1, -1],
            "threshold": [0.5, 0, 0],
            "left": [1, 0, 0],
            "right": [2, 0, 0],
            "value": [0, -3, 3],
        }
    ],
}
MODEL = {
    "features": list(FEATURES),
    "gate": GATE,
    "baseline": [2.0, 1.0, 0.0],
    "trees": [LEAF | {"class": 0}],
}


def neighbours(*columns: tuple[float, ...]) -> Neighbours:
    """Pairs by similarity, item's and text's coverage."""
    similarity, item, text = (np.array(column) for column in zip(*columns, strict=True))
    none = np.zeros(len(similarity), dtype=np.int64)
    return Neighbours(none, none, similarity, 0 * item, item, text, 0 * item + 9, 0 * item + 9)


def row(**features: float) -> list[float]:
    return [features.get(name, 0.0) for name in FEATURES]


SAME = row(
    similarity=1, lead=0.5, item_coverage=1, seed_coverage=1, seed_coverage_by_all=1,
    item_bigrams=1, seed_bigrams=1, item_trigrams=1, rare_words=2, ordered_words=1, longest_run=1,
    first_words=1, item_words=4, seed_words=4, question_coverage=1, item_numbers=3,
    shared_numbers=3, share_of_item_numbers=1, share_of_seed_numbers=1, ordered_numbers=1,
    shared_symbols=1, options_coverage=0.5,
)  # fmt: skip


def changed(**features: float) -> list[float]:
    return [features.get(name, value) for name, value in zip(FEATURES, SAME, strict=True)]


def test_pair_model_fitted_on_other_features_is_an_error() -> None:
    with pytest.raises(ValueError, match="fit it again"):
        PairModel(json.loads(json.dumps(MODEL | {"features": ["similarity"]})))


def test_pair_model_gate_decides_by_its_trees() -> None:
    pairs = neighbours((0.9, 0.5, 0.5), (0.4, 1, 1))
    assert PairModel(MODEL).passes(pairs).tolist() == [True, False]


def test_pair_model_chances_are_those_of_its_trees() -> None:
    # Scores 2, 1 and 0: the softmax is e², e and 1 over 11.107.
    [chances] = PairModel(MODEL).chances([SAME])
    assert chances == pytest.approx((0.6652, 0.2447, 0.0900), abs=1e-4)
    assert PairModel(MODEL).chances([]) == []


def test_fitted_model_tells_clear_cases() -> None:
    other = changed(
        similarity=0.1, lead=-0.5, item_coverage=0.1, seed_coverage=0.1, item_bigrams=0,
        seed_coverage_by_all=0.1, seed_bigrams=0, item_trigrams=0, ordered_words=0.1, rare_words=0,
        longest_run=0.05, first_words=0, item_only_weight=5, seed_only_weight=5,
        question_coverage=0, item_only_numbers=3, seed_only_numbers=3, shared_numbers=0,
        share_of_item_numbers=0, share_of_seed_numbers=0, ordered_numbers=0,
    )  # fmt: skip
    altered = changed(
        item_only_numbers=3, seed_only_numbers=3, shared_numbers=0, share_of_item_numbers=0,
        share_of_seed_numbers=0, ordered_numbers=0, item_coverage=0.9, seed_coverage=0.9,
        item_bigrams=0.8, seed_bigrams=0.8, item_trigrams=0.7, similarity=0.9,
    )  # fmt: skip
    same, turned, neither = fitted_model().chances([SAME, altered, other])
    assert max(same) == same.same
    assert max(turned) == turned.changed
    assert max(neither) == neither.other


def test_fitted_model_gate_lets_copies_in_and_strangers_not() -> None:
    passes = fitted_model().passes(neighbours((1, 1, 1), (0.1, 0.02, 0.02)))
    assert passes.tolist() == [True, False]


def test_plain_rule_equal_numbers_make_it_the_same() -> None:
    assert PlainRule().chances([SAME]) == [Chances(1, 0, 0)]
    assert PlainRule().chances([]) == []


@pytest.mark.parametrize(
    "name", ["item_only_numbers", "seed_only_numbers", "item_only_symbols", "unknowns"]
)
def test_plain_rule_one_difference_makes_it_changed(name: str) -> None:
    assert PlainRule().chances([changed(**{name: 1})]) == [Chances(0, 1, 0)]


@pytest.mark.parametrize(
    ("features", "is_made_from"),
    [
        ({"item_trigrams": 0.3}, True),
        ({"item_trigrams": 0.29}, False),
        ({"item_coverage": 0.7, "seed_coverage": 0.6, "ordered_words": 0.5}, True),
        ({"item_coverage": 0.69, "seed_coverage": 0.6, "ordered_words": 0.5}, False),
        ({"item_coverage": 0.7, "seed_coverage": 0.59, "ordered_words": 0.5}, False),
        ({"item_coverage": 0.7, "seed_coverage": 0.6, "ordered_words": 0.49}, False),
    ],
)
def test_plain_rule_shared_words_make_a_pair(
    features: dict[str, float], is_made_from: bool
) -> None:
    [chances] = PlainRule().chances([row(**features)])
    assert chances == (Chances(1, 0, 0) if is_made_from else Chances(0, 0, 1))


def test_plain_rule_looks_at_pairs_that_cover_each_other() -> None:
    pairs = neighbours((0.9, 0.5, 0.5), (0.9, 0.5, 0.4), (0.9, 0.4, 0.5))
    assert PlainRule().passes(pairs).tolist() == [True, False, False]
