"""Pure: a seed's detail -> what the triage pane draws, cut to what a screen can use."""

from collections.abc import Sequence
from typing import Any

from dashboard.hit_words import found_in_words, hit_parts, notes_on
from dashboard.rows import AnswerClass, Decision, Hit, Sample, SeedDetail

EXAMPLES_PER_CLASS = 3
EXAMPLE_CHARACTERS = 3000


def _cut(text: str) -> str:
    if len(text) <= EXAMPLE_CHARACTERS:
        return text
    return f"{text[:EXAMPLE_CHARACTERS]} […]"


def _with_examples(
    classes: Sequence[AnswerClass], samples: Sequence[Sample]
) -> list[dict[str, Any]]:
    """Each class with the first responses that fall into it."""
    return [
        {
            **answer_class,
            "examples": [
                _cut(sample["response"])
                for sample in samples
                if sample["answer_key"] in answer_class["keys"]
            ][:EXAMPLES_PER_CLASS],
        }
        for answer_class in classes
    ]


def _teachability(seed: SeedDetail) -> dict[str, Any] | None:
    found = seed["evidence"]["teachability"]
    if found is None:
        return None
    samples = seed["evidence"]["samples"]
    reference = [sample for sample in samples if sample["role"] == "reference"]
    plurality = dict(found["plurality"])
    plurality["classes"] = _with_examples(found["plurality"].get("classes", []), reference)
    weak = [
        {
            **row,
            "classes": _with_examples(
                row["classes"], [s for s in samples if s["endpoint"] == row["endpoint"]]
            ),
        }
        for row in found["weak"]
    ]
    return {**found, "plurality": plurality, "weak": weak}


def _hit(hit: Hit, prompt: str) -> dict[str, Any]:
    seed_parts, item_parts = hit_parts(hit, prompt)
    left_out = ("item_text", "spans", "seed_numbers", "item_numbers")
    kept = {name: value for name, value in hit.items() if name not in left_out}
    words = {"found": found_in_words(hit), "notes": notes_on(hit)}
    return kept | words | {"seed_parts": seed_parts, "item_parts": item_parts}


def _event(decision: Decision) -> dict[str, Any]:
    return {
        "user": decision["user"],
        "kind": decision["kind"],
        "reason": decision["reason"],
        "created_at": decision["created_at"],
        "undone": decision["undone_by"] is not None,
    }


def pane_seed(seed: SeedDetail) -> dict[str, Any]:
    """What the pane draws of a seed."""
    facts = (
        "id", "revision_id", "source", "external_id", "domain", "licence", "flagged", "verdict",
        "status", "prompt", "answer", "steps", "created_at", "reviewed_by", "duplicates", "tags",
        "margin", "interval_width", "judge_gap",
    )  # fmt: skip
    evidence = seed["evidence"]
    return {name: seed.get(name) for name in facts} | {
        "cost": evidence["cost"],
        "stale": evidence["stale"],
        "teachability": _teachability(seed),
        "judgments": evidence["judgments"],
        "hits": [_hit(hit, seed["prompt"]) for hit in evidence["hits"]],
        "history": [_event(decision) for decision in seed["history"]],
    }
