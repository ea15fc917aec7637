"""Hits of all kinds, reports on rules and policies of decontamination, in the API's shapes."""

from typing import Any

from tests.dashboard.fake_rows import NOW, PROMPTS, hit

VARIANT, MASKED, RELATED, INHERITED = 12, 24, 30, 36
TRAIN = (
    "A train leaves at 9:40 and arrives at 12:05. A ticket costs $5 and a seat $12. How many "
    "minutes does it travel?"
)
SETTINGS: dict[str, Any] = {
    "ngram_words": 8,
    "ngram_coverage": 0.5,
    "extra_words": 4,
    "common_items": 50,
    "candidates": 6,
    "same_probability": 0.2,
    "variant_probability": 0.8,
    "related_similarity": 0.6,
    "verdict_by": "model",
    "actions": {"contaminated": "block", "variant": "review", "related": "ignore"},
    "embedding_endpoint_id": None,
    "embedding_similarity": 0.8,
    "judge_endpoint_id": None,
}


def policy(policy_id: int, version: int = 1, name: str = "default", **settings: Any) -> Any:
    """A version of a policy."""
    return {
        "id": policy_id, "name": name, "version": version, "settings": SETTINGS | settings,
        "created_at": NOW,
    }  # fmt: skip


def where(text: str, *words: str) -> list[tuple[int, int]]:
    """Where words stand first."""
    return [(text.index(word), text.index(word) + len(word)) for word in words]


def variant(hit_id: int, prompt: str) -> dict[str, Any]:
    """A hit on the same question with another time and another price."""
    shared = ("A train leaves at 9:40 and arrives at", "A ticket costs $5 and a seat",
              "minutes does it travel?")  # fmt: skip
    spans = zip(where(prompt, *shared), where(TRAIN, *shared), strict=True)
    return hit(hit_id, prompt) | {
        "item_id": "t-91", "item_text": TRAIN, "verdict": "variant", "method": "retrieval",
        "action": "review", "score": 0.93, "coverage_item": 0.87, "coverage_seed": 0.72,
        "spans": [[*ours, *theirs] for ours, theirs in spans],
        "seed_numbers": where(prompt, "13:05", "$10"), "item_numbers": where(TRAIN, "12:05", "$12"),
        "settled_earlier": "dismissed",
        "evidence": {"judge": {"endpoint": "Judge", "reasons": "Only the numbers were changed."},
                     "embedding": {"similarity": 0.914}},
    }  # fmt: skip


def vary(seeds: dict[int, dict[str, Any]]) -> None:
    """Make some hits of these seeds other than the plain one."""
    words = next(text for domain, text, _ in PROMPTS if domain == "words")
    if VARIANT in seeds:
        seed = seeds[VARIANT]
        seed["prompt"] = words
        seed["evidence"]["hits"] = [variant(VARIANT, words)]
    changes = {
        MASKED: {"masked": True, "benchmark": "GPQA", "item_text": "░░░░ ░░░░░░"},
        RELATED: {"verdict": "related", "action": "ignore", "method": "retrieval", "score": 0.71},
        INHERITED: {"state": "dismissed", "inherited_from": 6, "method": "exact", "score": 1.0},
    }
    for seed_id, change in changes.items():
        if seed_id in seeds:
            [found] = seeds[seed_id]["evidence"]["hits"]
            if change.get("masked"):
                [[_, _, start, end]] = found["spans"]
                text = found["item_text"]
                change["item_text"] = "░" * start + text[start:end] + "░" * (len(text) - end)
            found |= change
            waits = found["state"] == "open" and found["action"] != "ignore"
            seeds[seed_id]["open_hits"] = int(waits)


def rule(
    method: str, verdict: str, benchmark: str, said: tuple[int, int, int], low: float, high: float
) -> dict[str, Any]:
    """What curators said of a rule: open, confirmed and dismissed hits."""
    left, confirmed, dismissed = said
    settled = confirmed + dismissed
    return {
        "method": method, "verdict": verdict, "benchmark": benchmark, "policy": "default v1",
        "policy_id": 1, "hits": left + settled, "open": left, "confirmed": confirmed,
        "dismissed": dismissed, "precision": confirmed / settled if settled else None,
        "precision_low": low, "precision_high": high,
    }  # fmt: skip


def rule_reports() -> list[dict[str, Any]]:
    """Four rules with their 95% Wilson intervals, one of which nobody has judged."""
    return [
        rule("retrieval", "variant", "gsm8k", (4, 6, 14), 0.149, 0.532),
        rule("ngram", "contaminated", "math-500", (0, 21, 3), 0.690, 0.957),
        rule("exact", "contaminated", "gsm8k", (2, 18, 0), 0.824, 1.0),
        rule("code", "variant", "livecodebench", (5, 0, 0), 0.0, 1.0),
    ]
