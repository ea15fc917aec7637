"""What a verdict was computed from, in a few characters beside the seed.

A verdict is a function of this evidence, the key's reliability and the policy. Seeds with equal
evidence have equal texts, so that a policy is tried on a million seeds by grouping them.

The text is JSON: [origin of the key, weak models], a weak model [agreeing, samples], followed by
its wrong-key prior, its weak prior and its weight where one of them was fitted; a prior that is
null is the policy's. Judges change the score alone, and their step counts are kept apart.
"""

import math
from collections.abc import Mapping, Sequence
from typing import Any, Final

import numpy as np
import orjson

from backend.science.teachability_arrays import EvidenceArrays

_FITTED: Final[tuple[Any, ...]] = (None, None, 1.0)
_POLICY: Final = (math.nan, math.nan)


def written(key_origin: str, weak: Sequence[Mapping[str, Any]]) -> str:
    """The evidence of a stored teachability."""
    return orjson.dumps([key_origin, [_weak(entry) for entry in weak]]).decode()


def _weak(entry: Mapping[str, Any]) -> list[Any]:
    counts = [entry["matching"], entry["total"]]
    names = ("wrong_key_prior", "weak_prior", "weight")
    found = zip(map(entry.get, names), _FITTED, strict=True)
    fitted = [default if value is None else value for value, default in found]
    return counts if tuple(fitted) == _FITTED else [*counts, *fitted]


def read(texts: Sequence[str], reliabilities: Sequence[float | None]) -> EvidenceArrays:
    """The evidence of these texts, each with the reliability that its key had.

    A key that was given, or settled by tests, has the reliability that the policy says.
    """
    places = {known: place for place, known in enumerate(dict.fromkeys(texts))}
    documents = orjson.loads(f"[{','.join(places)}]")
    models = max((len(weak) for _, weak in documents), default=1)
    counts = np.zeros((len(documents), models, 2))
    priors = np.full((2, len(documents), models, 2), math.nan)
    weights = np.ones((len(documents), models))
    for place, (_, weak) in enumerate(documents):
        for model, (agreeing, samples, *fitted) in enumerate(weak):
            counts[place, model] = agreeing, samples
            if fitted:
                wrong_key, own, weights[place, model] = fitted
                priors[:, place, model] = wrong_key or _POLICY, own or _POLICY
    row = np.array([places[known] for known in texts], dtype=np.int64)
    by_policy = np.array([origin in ("given", "tests") for origin, _ in documents], dtype=bool)
    return EvidenceArrays(
        np.where(by_policy[row], math.nan, np.array(reliabilities, dtype=float)),
        counts[row, :, 0], counts[row, :, 1], priors[1, row], priors[0, row], weights[row],
    )  # fmt: skip
