"""Rewrites in the shapes of the API; their rule checks are the real ones."""

from typing import TYPE_CHECKING, Any

from backend.science.rewrite_checks import check_rules
from backend.science.rewrite_rules import Wording
from backend.science.word_difference import word_difference
from tests.dashboard import fake_rows as fake

if TYPE_CHECKING:
    from tests.dashboard.fake_api import FakeApi

PROOF = (
    "Let $n$ be a positive integer. Prove that\n\n$$1 + 3 + 5 + \\dots + (2n-1) = n^2.$$\n\n"
    "Then explain why the previous problem follows."
)
BETTER = (
    "Let $n$ be a positive integer. For which $n$ is\n\n$$1 + 3 + 5 + \\dots + (2n-1) = 1600?$$"
)
MEASURED = ("follows", "reference_decisive", "second_family_agrees", "difficulty_kept")
SEED_OF_PROOF = 4
DETAILS = (
    "original_prompt", "original_answer", "seed_revision_id", "seed_status", "difference",
    "checks", "hits", "comments", "reason", "decided_by", "decision_id", "history",
)  # fmt: skip


def some_rewrites(api: "FakeApi") -> None:
    """One of somebody else that failed its checks, and one that passed them."""
    seed = api.seeds[SEED_OF_PROOF]
    seed |= {"status": "needs_rewrite", "prompt": PROOF, "answer": None}
    seed["revisions"][0] |= {"prompt": PROOF, "answer": None}
    seed["evidence"]["hits"], seed["open_hits"] = [], 0
    failed = {
        "kind": "proof_to_answer", "why": "A proof cannot be checked.", "answer": "1600",
        "prompt": "Show that the sum of the first 40 odd numbers is 1600.",
    }  # fmt: skip
    passed = {
        "kind": "units_explicit", "why": "*Which* unit was meant?", "answer": "205",
        "prompt": "A train leaves at 9:40 and arrives at 13:05. How many minutes does it travel?",
    }  # fmt: skip
    said = [comment(1, "grace", "<b>Fine</b>")]
    api.rewrites = {
        1: detail(1, seed, failed, author="grace"),
        2: detail(2, api.seeds[10], passed, author="linus", comments=said),
    }


def comment(number: int, user: str, text: str) -> dict[str, Any]:
    return {"id": number, "user": user, "text": text, "created_at": fake.NOW}


def detail(number: int, seed: dict[str, Any], wanted: Any, **fields: Any) -> dict[str, Any]:
    """A proposal for a seed as it reads now."""
    original, rewrite = seed["prompt"], wanted["prompt"]
    checks = _checks(
        Wording(original, seed["answer"]), Wording(rewrite, wanted["answer"])
    )  # fmt: skip
    measured = [check for check in checks if check["measured"]]
    return {
        "id": number, "seed_id": seed["id"], "base_revision_id": seed["revision_id"],
        "revision_id": 7000 + number, "kind": wanted["kind"], "state": "proposed",
        "why": wanted["why"], "author": "ada", "by_model": False, "run_id": None, "prompt": rewrite,
        "answer": wanted["answer"],
        "failed": [check["name"] for check in measured if check["outcome"] == "failed"],
        "unknown": [check["name"] for check in measured if check["outcome"] == "unknown"],
        "stale": False, "approvals": [], "approvals_needed": 1, "created_at": fake.NOW,
        "decided_at": None, "original_prompt": original, "original_answer": seed["answer"],
        "seed_revision_id": seed["revision_id"], "seed_status": seed["status"],
        "difference": [piece._asdict() for piece in word_difference(original, rewrite)],
        "checks": checks, "hits": [], "comments": [], "reason": None, "decided_by": None,
        "decision_id": None, "history": [], **fields,
    }  # fmt: skip


def _checks(original: Wording, rewrite: Wording) -> list[dict[str, Any]]:
    said = [
        {"name": name, "outcome": found.outcome, "evidence": found.evidence,
         "spans": list(found.spans), "measured": True, "figures": {}}
        for name, found in check_rules(original, rewrite).items()
    ]  # fmt: skip
    unchecked = {"name": "decontaminated", "outcome": "unknown", "spans": [], "measured": True,
                 "evidence": "not checked against today's benchmarks yet",
                 "figures": {}}  # fmt: skip
    waiting = {"outcome": "unknown", "evidence": "not measured yet", "spans": [],
               "measured": False, "figures": {}}  # fmt: skip
    return [*said, unchecked, *({"name": name, **waiting} for name in MEASURED)]


def measure(rewrite: dict[str, Any]) -> None:
    """What a run would find of a rewrite that is too easy."""
    figures = {
        "before": {"matching": 2, "total": 16, "low": 0.03, "high": 0.36},
        "after": {"matching": 16, "total": 16, "low": 0.86, "high": 1.0},
    }
    said = {
        "follows": ("passed", "umpire: yes, 40^2 is <b>1600</b>.", {}),
        "reference_decisive": ("passed", "8 of 8 of Strong say 1600", {}),
        "second_family_agrees": ("unknown", "there was no second reference", {}),
        "difficulty_kept": ("failed", "2 of 16 before, 16 of 16 after: clearly easier", figures),
    }
    for check in rewrite["checks"]:
        if check["name"] in said:
            outcome, evidence, counted = said[check["name"]]
            check |= {
                "outcome": outcome, "evidence": evidence, "figures": counted, "measured": True,
            }  # fmt: skip
    rewrite["failed"] = [*rewrite["failed"], "difficulty_kept"]


def listed(rewrite: dict[str, Any]) -> dict[str, Any]:
    """The rewrite as lists show it."""
    return {name: value for name, value in rewrite.items() if name not in DETAILS}


def approve(api: "FakeApi", rewrite: dict[str, Any], reason: str) -> None:
    """Have the seed read so, by an event that can be taken back."""
    seed = api.seeds[rewrite["seed_id"]]
    event = fake.decision(len(api.decisions) + 1, seed["id"], "rewrite", reason) | {
        "before": {"revision_id": seed["revision_id"], "status": seed["status"]},
        "after": {"revision_id": rewrite["revision_id"], "status": "pending"},
        "revision_id": rewrite["revision_id"], "rewrite_id": rewrite["id"],
    }  # fmt: skip
    api.decisions.append(event)
    rewrite["history"].insert(0, event)
    seed["history"].insert(0, event)
    follow(api, event, again=True)
    seed["status"] = rewrite["seed_status"] = "pending"


def follow(api: "FakeApi", event: dict[str, Any], again: bool) -> None:
    """What an approval, or taking it back, does to the rewrite and its seed."""
    rewrite, seed = api.rewrites[event["rewrite_id"]], api.seeds[event["seed_id"]]
    side = "after" if again else "before"
    wording = "" if again else "original_"
    seed["revision_id"] = rewrite["seed_revision_id"] = event[side]["revision_id"]
    seed["prompt"], seed["answer"] = rewrite[f"{wording}prompt"], rewrite[f"{wording}answer"]
    rewrite["seed_status"] = event[side]["status"]
    rewrite["state"] = "approved" if again else "proposed"
    rewrite["decision_id"] = event["id"] if again else None
    rewrite["decided_by"] = "ada" if again else None
    rewrite["decided_at"] = fake.NOW if again else None
    event["undone_by"] = None if again else 999
    if all(one["id"] != seed["revision_id"] for one in seed["revisions"]):
        newest = {"id": seed["revision_id"], "number": len(seed["revisions"]) + 1,
                  "origin": "rewrite", "created_at": fake.NOW}  # fmt: skip
        seed["revisions"].insert(0, newest | {"prompt": seed["prompt"], "answer": seed["answer"]})
