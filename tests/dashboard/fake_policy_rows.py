"""Policies, previews and calibrations in the shapes of the API."""

from typing import Any

from tests.dashboard.fake_rows import NOW, VERDICTS

SETTINGS: dict[str, Any] = {
    "low": 0.1,
    "high": 0.8,
    "threshold": 0.9,
    "weak_prior": [0.5, 0.5],
    "wrong_key_prior": [0.5, 6.0],
    "agreement_weight": 1.0,
    "gold_reliability": 0.98,
    "overdispersion": 0.0,
    "minimum_steps": 3,
}


def policy(
    policy_id: int, name: str = "default", version: int = 1, **settings: Any
) -> dict[str, Any]:
    """A version of a policy."""
    return {
        "id": policy_id,
        "name": name,
        "version": version,
        "settings": SETTINGS | settings,
        "created_at": NOW,
    }


def preset(name: str, low: float, high: float, rule: str) -> dict[str, Any]:
    """A published rule."""
    return {
        "name": name,
        "settings": SETTINGS | {"low": low, "high": high},
        "samples": 8,
        "rule": rule,
        "source": f"{name} Technical Report, arXiv 2409.12122",
    }


PRESETS = [
    preset("Qwen2.5-Math", 0.25, 0.625, "2 to 5 right of 8"),
    preset("LIMO", 1 / 32, 3 / 32, "1 to 3 right of 32"),
]


def preview(counts: dict[str, int], moved: int) -> dict[str, Any]:
    """`moved` of the teachable seeds would be easy."""
    matrix = {a: {b: counts[a] if a == b else 0 for b in VERDICTS} for a in VERDICTS}
    matrix["teachable"]["teachable"] -= moved
    matrix["teachable"]["easy"] += moved
    after = {b: sum(matrix[a][b] for a in VERDICTS) for b in VERDICTS}
    seeds = sum(counts.values())
    return {
        "seeds": seeds,
        "changed": moved,
        "matrix": matrix,
        "before": _shares(counts, 0.42 if seeds else None),
        "after": _shares(after, 0.38 if seeds else None),
    }


def _shares(counts: dict[str, int], mean_score: float | None) -> dict[str, Any]:
    total = max(1, sum(counts.values()))
    shares = {verdict: count / total for verdict, count in counts.items()}
    return {"verdicts": counts, "shares": shares, "mean_score": mean_score}


def calibration(gold_seeds: int = 240) -> dict[str, Any]:
    """A reference that is trusted a little too much; without gold seeds, the prior alone."""
    bins = [
        {"stated": 0.33, "observed": 0.2, "low": 0.09, "high": 0.38, "size": 25},
        {"stated": 0.55, "observed": 0.48, "low": 0.33, "high": 0.63, "size": 40},
        {"stated": 0.76, "observed": 0.71, "low": 0.6, "high": 0.8, "size": 75},
        {"stated": 0.93, "observed": 0.91, "low": 0.84, "high": 0.95, "size": 100},
    ]
    figures = {"brier": 0.12, "calibration_error": 0.05, "auc": 0.84, "log_loss": 0.39}
    return {
        "reference": "Reference",
        "warning": None if gold_seeds else "The key's reliability rests on the prior alone.",
        "gold_seeds": gold_seeds,
        "wrong_keys": gold_seeds // 4,
        "bins": bins if gold_seeds else [],
        **(figures if gold_seeds else dict.fromkeys(figures)),
        "votes": [
            {"equal": 8, "of": 8, "reliability": 0.95, "by_prior": 0.93},
            {"equal": 4, "of": 8, "reliability": 0.58, "by_prior": 0.66},
        ],
        "coefficients": [
            {"name": "intercept", "words": "where all starts", "value": 0.4, "prior": 0.65},
            {"name": "share_log_odds", "words": "the winner's share", "value": 1.1, "prior": 0.88},
        ],
        "domain_offsets": {"algebra": 0.31, "logic": -0.42} if gold_seeds else {},
        "wrong_key_priors": [
            {"endpoint": "SmolLM2 135M", "alpha": 0.8, "beta": 3.2, "mean": 0.2,
             "fitted": bool(gold_seeds)},
        ],
        "agreement_weight": 0.35,
    }  # fmt: skip
