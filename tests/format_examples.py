"""Examples of mixture versions, and facts of one, as formats are given them."""

from datetime import UTC, datetime
from typing import Any

from backend.decontamination.named import EVALUATED, NAMED, REPORT
from backend.exports.examples import Example, VersionFacts, WrittenFile
from backend.exports.rows import AcceptedSeed

FROZEN = datetime(2026, 11, 26, 9, 30, tzinfo=UTC)
HASH = "ab" * 32
BITING_KEYS = ["007", "1e5", "true", "null", "NaN", "-0", " 1 ", "{}", "2024-01-01", "½", "\u2028"]
BITING_TEXTS = [
    "Überprüfe: 😀 ∑ 日本語 \u202e rtl", "line\u2028separator\u2029and\x85next",
    "a\\b\\\\c \\frac{1}{2}",
    'quotes " and \' and `', "tabs\tand\r\nnewlines\n\n", "x" * 2_000_000, "\x01\x1f\ufeff\uffff",
    "<|im_end|> <image> ]]> --- # {{ x }}",
]  # fmt: skip


def accepted(**given: object) -> AcceptedSeed:
    """A seed with everything that a row may say of it."""
    fields: dict[str, Any] = {
        "seed_id": 7, "revision_id": 8, "source": "my forum", "external_id": "q-1",
        "domain": "algebra", "licence": "CC BY 4.0", "prompt": "What is 6 x 7?", "answer": "42",
        "key_origin": "plurality", "reference_answer": "41", "reliability": 0.875,
        "verdict": "teachable", "score": 0.5, "policy": "default v1", "sample_id": 9,
        "response": r"So \boxed{42}.", "reasoning": "six sevens", "model": "teacher-1",
        "checked_index": 3, "confirmed_hits": ["gsm8k 12"], "passed_items": {1}, "parent_id": 5,
    }  # fmt: skip
    return AcceptedSeed(**(fields | given))


def example(position: int = 0, split: str = "train", **of_seed: object) -> Example:
    """An example at a place; the rest is of its seed."""
    return Example(position, split, 2, 1.5, 120, 4, accepted(**of_seed))


def biting() -> list[Example]:
    """Examples with each text and key that readers like to change, on both sides of the split."""
    count = max(len(BITING_KEYS), len(BITING_TEXTS))
    return [
        example(
            position, "validation" if position % 4 == 3 else "train",
            seed_id=position + 1, answer=BITING_KEYS[position % len(BITING_KEYS)],
            prompt=BITING_TEXTS[position % len(BITING_TEXTS)],
            reasoning=BITING_TEXTS[(position + 1) % len(BITING_TEXTS)],
            external_id=(None, "q-1", "2024-01-01", "")[position % 4], domain=None, licence=None,
            confirmed_hits=[], parent_id=None, source="forum | \\ `x`",
        )
        for position in range(count)
    ]  # fmt: skip


def facts(**given: Any) -> VersionFacts:
    """Facts of a small version."""
    files = [
        WrittenFile("data/train-00000-of-00001.parquet", "train", "c" * 64, 1000, 90),
        WrittenFile("data/validation-00000-of-00001.parquet", "validation", "d" * 64, 100, 10),
    ]
    fields: dict[str, Any] = {
        "export_name": "maths for TRL", "mixture": "maths", "version": 3, "rows_hash": HASH,
        "frozen_at": FROZEN,
        "recipe": {
            "random_seed": 7, "trace": "shortest", "context_tokens": 4096, "token_scale": 1.1,
        },
        "figures": figures(), "certificate": certificate(), "kind": "parquet", "files": files,
    }  # fmt: skip
    return VersionFacts(**(fields | given))


def figures(**given: Any) -> dict[str, Any]:
    """What the small version comes to."""
    fields: dict[str, Any] = {
        "as_of": None,
        "train": {"seeds": 50, "examples": 60, "rows": 90, "tokens": 9000},
        "validation": {"seeds": 9, "examples": 10, "rows": 10, "tokens": 1000},
        "clusters": [
            {
                "part": "all", "domain": "algebra", "tier": "high", "asked_epochs": 1.5,
                "epochs": 1.5, "examples": 60, "held_out": 10, "rows": 90, "tokens": 9000,
                "share": 1.0,
            }
        ],
        "lengths": [
            {"least": 0, "below": 128, "rows": 80}, {"least": 128, "below": 256, "rows": 10},
        ],
        "sources": [{"name": "my forum", "rows": 90, "tokens": 9000, "share": 1.0}],
        "licences": [{"name": "CC BY 4.0", "rows": 90, "tokens": 9000, "share": 1.0}],
        "left_out": [{"reason": "no_trace", "seeds": 4}],
        "warnings": [],
    }  # fmt: skip
    return fields | given


def certificate(**given: Any) -> dict[str, Any]:
    """A certificate as `backend.exports.certificate` gives it, of one loaded benchmark."""
    loaded = {
        "name": "gsm8k", "version": "1", "split": "test", "licence": "MIT", "gated": False,
        "items": 1319, "loaded_at": "2026-11-01T00:00:00+00:00",
    }  # fmt: skip
    fields: dict[str, Any] = {
        "benchmarks": [loaded], "named_by": REPORT,
        "checked": [{"name": "GSM8k", "items_checked": 1319, "items": 1319}],
        "partly_checked": [{"name": "MATH", "items_checked": 500, "items": 5000}],
        "not_checked": ["AIME-2024", "PhiBench"],
        "also_evaluated": [{"name": "AIME-2025", "items_checked": 0, "items": 30}],
        "released": {one.name: one.released for one in (*NAMED, *EVALUATED)},
        "never_checked": 0, "checked_before": 0, "summary": "…",
        "decided_at": "2026-11-26T09:30:00+00:00",
    }  # fmt: skip
    return fields | given
