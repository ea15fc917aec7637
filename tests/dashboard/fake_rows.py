"""Rows in the shapes of the API, for the dashboard's tests and screenshots."""

from typing import Any

NOW = "2026-11-23T10:00:00+00:00"
PROMPTS = [
    (
        "arithmetic",
        "What is $\\frac{3}{4} + \\frac{5}{6}$?\n\nGive the answer as a reduced fraction.",
        "19/12",
    ),
    ("algebra", "Solve for $x$:\n\n$$x^2 - 5x + 6 = 0$$\n\nWhat is the **larger** root?", "3"),
    (
        "logic",
        "A says: *B lies.* B says: *C lies.* C says: *Both lie.*\n\n- Who tells the truth?",
        None,
    ),
    (
        "counting",
        "How many integers $n$ with $1 \\le n \\le 100$ are divisible by 3 or by 7?",
        "43",
    ),
    (
        "words",
        "A train leaves at 9:40 and arrives at 13:05. A ticket costs $5 and a seat $10. "
        "How many minutes does it travel?",
        "205",
    ),
    (
        "algebra",
        "Let $A = \\begin{pmatrix} 1 & 2 \\\\ 3 & 4 \\end{pmatrix}$. What is $\\det(A)$?",
        "-2",
    ),
]
VERDICTS = ["teachable", "hard", "suspect", "easy", "unsettled"]
POSTERIORS = {
    "teachable": (0.03, 0.04, 0.91, 0.02),
    "hard": (0.05, 0.92, 0.03, 0.0),
    "suspect": (0.93, 0.05, 0.02, 0.0),
    "easy": (0.0, 0.0, 0.06, 0.94),
    "unsettled": (0.27, 0.15, 0.5, 0.08),
}
MATCHING = {"teachable": 4, "hard": 0, "suspect": 1, "easy": 8, "unsettled": 2}


def answer_class(key: str, count: int, total: int, is_reference: bool = False) -> dict[str, Any]:
    """A class of equivalent answers."""
    share = count / total if total else 0.0
    counted = {"count": count, "share": share, "is_reference": is_reference}
    return {"key": key, "keys": [key], "answer": key, **counted}


def sample(endpoint: str, role: str, index: int, answer: str | None) -> dict[str, Any]:
    """One stored response."""
    text = f"Step by step, attempt {index + 1}: so the answer is $\\boxed{{{answer}}}$."
    return {
        "endpoint": endpoint,
        "role": role,
        "sample_index": index,
        "response": text,
        "reasoning": None,
        "answer": answer,
        "answer_key": answer,
        "finish_reason": "stop",
        "max_tokens": 512,
        "prompt_tokens": 60,
        "completion_tokens": 140,
        "reasoning_tokens": None,
        "cost": 0.0004,
        "latency_ms": 900,
        "created_at": NOW,
    }


def teachability(verdict: str, answer: str | None) -> dict[str, Any]:
    """A verdict with all that it rests on."""
    suspect, hard, teachable, easy = POSTERIORS[verdict]
    reference, matching = answer or "17", MATCHING[verdict]
    return {
        "policy": "default v1",
        "key_origin": "given" if answer else "plurality",
        "reference_answer": reference,
        "reliability": 0.42 if verdict == "suspect" else 0.93,
        "plurality": {
            "classes": [answer_class(reference, 6, 8, True), answer_class("12", 1, 8)],
            "unanswered": 1,
            "total": 8,
            "tie": False,
            "share": 0.75,
            "margin": 0.625,
        },
        "weak": [
            {
                "endpoint": "SmolLM2 135M",
                "model": "smollm2-135m-instruct",
                "matching": matching,
                "total": 8,
                "rate": matching / 8,
                "low": max(0.0, matching / 8 - 0.2),
                "high": min(1.0, matching / 8 + 0.22),
                "classes": [answer_class(reference, matching, 8, True)] * bool(matching)
                + [answer_class("12", 8 - matching, 8)] * (matching < 8),
                "unanswered": 0,
            }
        ],
        "suspect": suspect,
        "hard": hard,
        "teachable": teachable,
        "easy": easy,
        "score": 0.7,
        "score_low": 0.45,
        "score_high": 0.88,
        "verdict": verdict,
        "steps": 4,
        "notes": [],
        "created_at": NOW,
    }


def hit(hit_id: int, prompt: str) -> dict[str, Any]:
    """A benchmark item that shares the seed's beginning."""
    length = min(40, len(prompt))
    return {
        "id": hit_id,
        "benchmark": "gsm8k",
        "version": "1",
        "split": "test",
        "item_id": "t-17",
        "item_text": f"Question: {prompt[:length]} and so on?",
        "masked": False,
        "item_changed": False,
        "verdict": "contaminated",
        "method": "ngram",
        "action": "block",
        "score": 0.81,
        "coverage_item": 0.81,
        "coverage_seed": 0.66,
        "longest_words": 9,
        "spans": [[0, length, 10, 10 + length]],
        "seed_numbers": [],
        "item_numbers": [],
        "evidence": None,
        "policy": "default v1",
        "policy_id": 1,
        "index_id": 1,
        "state": "open",
        "inherited_from": None,
        "settled_earlier": None,
        "created_at": NOW,
    }


def seed_detail(seed_id: int, prompt: str | None = None) -> dict[str, Any]:
    """A seed with evidence; every sixth stands in a benchmark, every eleventh is not scored."""
    domain, text, answer = PROMPTS[seed_id % len(PROMPTS)]
    verdict = VERDICTS[seed_id % len(VERDICTS)] if seed_id % 11 else None
    shown = prompt or f"{text}\n\n*(seed number {seed_id})*"
    found = teachability(verdict, answer) if verdict else None
    weak = [
        sample("SmolLM2 135M", "weak", i, answer if i < MATCHING.get(verdict or "", 0) else "12")
        for i in range(8)
    ]
    reference = [
        sample("Reference", "reference", i, (answer or "17") if i < 6 else "12") for i in range(7)
    ]
    judge = sample("Judge", "judge", 0, None) | {"response": '{"steps": 4, "difficulty": 3}'}
    hits = [hit(seed_id, shown)] if seed_id % 6 == 0 else []
    return {
        "id": seed_id,
        "revision_id": 1000 + seed_id,
        "source": "reasoning-gym" if seed_id % 3 else "gsm8k-train",
        "external_id": f"row-{seed_id}",
        "domain": domain,
        "licence": "MIT",
        "answer_origin": "given",
        "status": "pending",
        "flagged": False,
        "verdict": verdict,
        "score": found and 0.7,
        "agreement": found and found["weak"][0]["rate"],
        "reliability": found and found["reliability"],
        "steps": 4,
        "margin": found and 0.5,
        "tie": found and False,
        "interval_width": found and 0.4,
        "judge_gap": found and 0.1,
        "key_conflict": found and False,
        "open_hits": len(hits),
        "tags": [],
        "prompt": shown,
        "answer": answer,
        "created_at": NOW,
        "withdrawn_at": None,
        "reviewed_by": None,
        "duplicates": [],
        "synthetic": None,
        "children": [],
        "metadata": {"difficulty": seed_id % 4},
        "revisions": [
            {
                "id": 1000 + seed_id,
                "number": 1,
                "prompt": shown,
                "answer": answer,
                "origin": "import",
                "created_at": NOW,
            }
        ],
        "evidence": _evidence(found, [*reference, *weak, judge], hits),
        "history": [],
    }


def _evidence(
    found: dict[str, Any] | None, samples: list[dict[str, Any]], hits: list[dict[str, Any]]
) -> dict[str, Any]:
    levels = {"steps": 4, "difficulty": 3, "multi_step": 3, "well_posed": 5, "verifiable": 5}
    judgment = {
        "endpoint": "Judge",
        "rubric_version": "2",
        **levels,
        "reasons": "Two fractions, a common denominator, one reduction.",
        "unscored": None,
    }
    unread = {
        **dict.fromkeys(judgment),
        "endpoint": "Qwen 2.5 7B",
        "rubric_version": "2",
        "unscored": "not one JSON object",
    }
    return {
        "teachability": found,
        "samples": samples if found else [],
        "judgments": [judgment, unread] if found else [],
        "hits": hits,
        "traces": 4 if found else 0,
        "cost": 0.0093 if found else 0.0,
        "stale": False,
    }


def decision(number: int, seed_id: int, kind: str, reason: str | None = None) -> dict[str, Any]:
    """An event of the history."""
    return {
        "id": number,
        "seed_id": seed_id,
        "revision_id": 1000 + seed_id,
        "user": "ada",
        "kind": kind,
        "reason": reason,
        "hit_id": None,
        "sample_id": None,
        "before": {"status": "pending"},
        "after": {},
        "undoes_id": None,
        "undone_by": None,
        "batch": None,
        "created_at": NOW,
    }
