"""Fit the model that tells contaminated pairs from variants and from other problems.

    python -m scripts.fit_pair_model --data DIR [--output backend/science/pair_model.json]

Needs scikit-learn (dependency group `fit`) and the packs that `benchmarks.decontamination` reads.
Five-fold cross-validation comes first, with all that is made from one item in one fold: its table
says what the model does with items that it has not seen. Texts whose licence does not allow it are
never fitted on, only tested. Then the model is fitted on all that is left, and written.
"""

import argparse
import json
from collections import Counter, defaultdict
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt
from sklearn.ensemble import HistGradientBoostingClassifier

from backend.science.contamination import DecontaminationPolicy
from backend.science.pair_features import FEATURES
from scripts.pair_examples import (
    CHANGED,
    FOLDS,
    SAME,
    UNCERTAIN,
    Example,
    Text,
    changed_texts,
    examples,
    items_as_texts,
    read_rows,
    texts_of_pairs,
    unrelated_texts,
)

Floats = npt.NDArray[np.float64]

_OUTPUT: Final = Path(__file__).parent.parent / "backend/science/pair_model.json"
_GATE_LOSES: Final = 0.01
"""Share of the pairs made from one another that the gate may turn away."""
_DIGITS: Final = 5


def trees(
    max_iter: int = 220, max_leaf_nodes: int = 8, learning_rate: float = 0.1
) -> HistGradientBoostingClassifier:
    """The learner; small trees, since there are a few thousand pairs of each class."""
    return HistGradientBoostingClassifier(
        max_iter=max_iter, max_leaf_nodes=max_leaf_nodes, learning_rate=learning_rate, max_depth=5,
        min_samples_leaf=30, l2_regularization=5.0, random_state=0, early_stopping=False,
    )  # fmt: skip


def fitted(found: Sequence[Example], texts: Sequence[Text], besides: int | None) -> Any:
    """The learner, fitted on what may be, without the texts of one fold."""
    chosen = [
        example
        for example in found
        if example.label != UNCERTAIN
        and texts[example.text].may_fit
        and texts[example.text].fold != besides
    ]
    rows = np.array([example.features for example in chosen])
    labels = np.array([example.label for example in chosen])
    weights = [weight_of(example, texts[example.text]) for example in chosen]
    return trees().fit(rows, labels, sample_weight=np.array(weights))


def weight_of(example: Example, text: Text) -> float:
    """What an example counts: pairs of texts, and the neighbours of texts that are no pair."""
    has_label = example.is_named or text.item is None or text.label == UNCERTAIN
    return text.weight if has_label else 1.0


def cross_validated(found: Sequence[Example], texts: Sequence[Text]) -> Floats:
    """For each example the three probabilities, by a model that saw nothing of its item."""
    chances = np.zeros((len(found), 3))
    rows = np.array([example.features for example in found])
    fold = np.array([texts[example.text].fold for example in found])
    for number in range(FOLDS):
        held_out = fold == number
        model = fitted(found, texts, number)
        chances[held_out] = model.predict_proba(rows[held_out])
    return chances


def print_table(found: Sequence[Example], texts: Sequence[Text], chances: Floats) -> None:
    """The share called contaminated, variant, neither, and not retrieved: pairs, then others."""
    policy = DecontaminationPolicy()
    verdicts = ["not retrieved"] * len(texts)
    order = ("not retrieved", "neither", "variant", "contaminated")
    for example, (same, changed, _) in zip(found, chances.tolist(), strict=True):
        if example.is_named or texts[example.text].item is None:
            made_from = same + changed >= policy.variant_probability
            verdict = "variant" if made_from else "neither"
            verdict = "contaminated" if same >= policy.same_probability else verdict
            verdicts[example.text] = max(verdicts[example.text], verdict, key=order.index)
    by_kind: dict[str, Counter[str]] = defaultdict(Counter)
    for text, verdict in zip(texts, verdicts, strict=True):
        by_kind[text.kind][verdict] += 1
    unrelated = {text.kind for text in texts if text.item is None}
    print(f"{'kind':45} {'pairs':>6}" + "".join(f" {name:>13}" for name in reversed(order)))
    for kind, counts in sorted(by_kind.items(), key=lambda row: (row[0] in unrelated, row[0])):
        shares = "".join(f" {counts[name] / counts.total():13.3f}" for name in reversed(order))
        print(f"{kind:45} {counts.total():6}{shares}")


def fitted_gate(found: Sequence[Example], texts: Sequence[Text]) -> dict[str, Any]:
    """Fewer and smaller trees on what costs little, and the least that is worth a closer look."""
    chosen = [e for e in found if e.gate is not None and texts[e.text].may_fit]
    chosen = [e for e in chosen if e.label != UNCERTAIN]
    rows = np.array([example.gate for example in chosen])
    made_from = np.array([example.label in (SAME, CHANGED) for example in chosen])
    weights = np.array([texts[e.text].weight if e.is_named else 1.0 for e in chosen])
    model = trees(max_iter=30, max_leaf_nodes=6, learning_rate=0.2)
    chances = model.fit(rows, made_from, sample_weight=weights).predict_proba(rows)[:, 1]
    threshold = float(np.quantile(chances[made_from], _GATE_LOSES))
    print(f"the gate lets {np.mean(chances[~made_from] >= threshold):.3f} of other pairs through")
    return as_json(model) | {"threshold": round(threshold, 2 * _DIGITS)}


def as_json(model: HistGradientBoostingClassifier) -> dict[str, Any]:
    """What `BoostedTrees` reads; of two classes the first scores nothing."""
    found = []
    baseline = _rounded(np.asarray(model._baseline_prediction).ravel())
    for predictors in model._predictors:
        for number, predictor in enumerate(predictors, start=len(baseline) == 1):
            nodes = predictor.nodes
            inner = nodes["is_leaf"] == 0
            found.append(
                {
                    "class": number,
                    "feature": np.where(inner, nodes["feature_idx"], -1).tolist(),
                    "threshold": _rounded(np.where(inner, nodes["num_threshold"], 0)),
                    "left": nodes["left"].tolist(),
                    "right": nodes["right"].tolist(),
                    "value": _rounded(nodes["value"]),
                }
            )
    return {"baseline": [0.0, *baseline] if len(baseline) == 1 else baseline, "trees": found}


def _rounded(values: Any) -> list[float]:
    return [round(float(value), _DIGITS) for value in values]


def main() -> None:
    """Validate, fit and write."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else None)
    parser.add_argument("--data", type=Path, required=True, help="folder of the packs")
    parser.add_argument("--output", type=Path, default=_OUTPUT)
    options = parser.parse_args()

    items = list(read_rows(options.data / "benchmarks.jsonl.gz"))
    places = {(item["benchmark"], item["id"]): place for place, item in enumerate(items)}
    pairs = texts_of_pairs(list(read_rows(options.data / "contamination_pairs.jsonl.gz")), places)
    seeds = list(read_rows(options.data / "seeds.jsonl.gz"))
    texts = [
        *pairs, *changed_texts(items, pairs), *items_as_texts(items),
        *unrelated_texts(seeds, pairs),
    ]  # fmt: skip
    found = examples([item["text"] for item in items], texts, DecontaminationPolicy().candidates)
    print(f"{len(texts):,} texts, {len(found):,} pairs")
    print_table(found, texts, cross_validated(found, texts))
    gate = fitted_gate(found, texts)
    model = {"features": list(FEATURES), "gate": gate} | as_json(fitted(found, texts, None))
    options.output.write_text(json.dumps(model, separators=(",", ":")) + "\n", encoding="utf-8")
    print(f"{options.output.name}: {options.output.stat().st_size / 1024:.0f} KiB")


if __name__ == "__main__":
    main()
