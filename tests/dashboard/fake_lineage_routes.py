"""What the fake API answers on lineage: seed 3 has a whole life, seed 4 has nothing yet."""

from typing import TYPE_CHECKING, Any

from tests.dashboard import fake_rows as fake
from tests.dashboard.fake_routes import route

if TYPE_CHECKING:
    from tests.dashboard.fake_api import FakeApi

Json = dict[str, Any]
LEVELS = {"steps": 3, "difficulty": 2, "multi_step": 3, "well_posed": 5, "verifiable": 5}
PAID = {"teacher": (0.42, 8), "reference": (0.096, 16), "weak": (0.011, 32), "judge": (0.02, 3),
        "rewrite": (0.05, 2)}  # fmt: skip


def wording(number: int, origin: str, by: str | None) -> Json:
    return {
        "id": 300 + number, "number": number, "answer": "18", "origin": origin, "by": by,
        "prompt": f"Janet's ducks lay 16 eggs a day. Wording {number}.", "import_id": None,
        "created_at": fake.NOW,
    }  # fmt: skip


def sample(number: int, stage: str, **fields: Any) -> Json:
    return {
        "id": number, "revision_id": 302, "endpoint_id": 1, "endpoint": f"{stage} model",
        "model": "Qwen/Qwen3-32B", "role": stage, "stage": stage, "run_id": 2, "run": "scoring",
        "sample_index": number % 8, "template_hash": "c0ffee" * 8, "settings_hash": "5e77" * 16,
        "settings": {"temperature": 0.6, "top_p": 0.95}, "max_tokens": 8192, "prompt_tokens": 120,
        "completion_tokens": 2410, "reasoning_tokens": 2100, "finish_reason": "stop",
        "answer": "18", "cost": 0.0525, "created_at": fake.NOW, "trace": None,
    } | fields  # fmt: skip


def decision(number: int, kind: str, **fields: Any) -> Json:
    return {
        "id": number, "seed_id": 3, "revision_id": 302, "user": "ada", "kind": kind,
        "reason": None, "hit_id": None, "sample_id": None, "before": {}, "after": {},
        "undoes_id": None, "undone_by": None, "batch": None, "queue_id": None, "stale": False,
        "created_at": fake.NOW,
    } | fields  # fmt: skip


def ancestor() -> Json:
    return {
        "child_id": 3, "seed_id": 1, "revision_id": 11, "kind": "harder", "why": "One step more.",
        "endpoint_id": 4, "endpoint": "Proposer", "model": "Qwen/Qwen3-32B",
        "template_hash": "a0" * 32, "sample_id": 90, "run_id": 5, "cost": 0.012,
        "made_at": fake.NOW, "source": "gsm8k", "licence": "MIT", "status": "accepted",
        "must_not_be_used": False,
    }  # fmt: skip


def nothing(seed_id: int) -> Json:
    """A seed that was imported, and no more."""
    imported = {"import_id": 1, "label": "gsm8k.jsonl", "recipe": "gsm8k", "what": "brought",
                "by": "ada", "at": fake.NOW, "undone_at": None}  # fmt: skip
    first = wording(1, "import", None)
    return {
        "seed_id": seed_id, "status": "pending", "tags": [], "withdrawn_at": None,
        "must_not_be_used": False,
        "source": {"name": "gsm8k", "synthetic": False, "external_id": "row-17", "licence": "MIT",
                   "domain": "algebra", "metadata": {}},
        "imports": [imported], "wording": first, "is_current": True, "wordings": [first],
        "ancestors": [], "rewrites": [], "samples": [], "most_samples": 500, "verdicts": [],
        "judgments": [], "ratings": [], "checked": None, "hits": [], "decisions": [],
        "takedowns": [], "money": {"total": 0, "stages": [], "making": None},
        "uses": {"versions": [], "exports": [], "checkpoints": [], "withdrawal": None,
                 "look_again": False, "unrecorded_exports": []},
        "seedbed": "0.1.0",
    }  # fmt: skip


def lived(seed_id: int) -> Json:
    """A seed that was rewritten, answered, judged, decided, frozen and exported."""
    now = wording(2, "rewrite", "grace")
    rewrite = {
        "id": 7, "kind": "proof_to_answer", "state": "approved", "why": "A number can be checked.",
        "base_revision_id": 301, "revision_id": 302, "by": "grace", "by_model": False,
        "sample_id": None, "run_id": None, "approvals": ["ada"], "decided_by": "ada",
        "decided_at": fake.NOW, "decision_id": 40, "created_at": fake.NOW,
    }  # fmt: skip
    stages = [{"stage": stage, "calls": calls, "prompt_tokens": 120 * calls,
               "completion_tokens": 900 * calls, "cost": cost}
              for stage, (cost, calls) in PAID.items()]  # fmt: skip
    samples = [sample(44, "teacher", trace="kept")]
    samples += [sample(50 + n, "reference", cost=0.006) for n in range(16)]
    samples += [sample(70 + n, "weak", cost=0.0003, answer="17") for n in range(8)]
    return nothing(seed_id) | {
        "status": "accepted", "wording": now, "wordings": [wording(1, "import", None), now],
        "ancestors": [ancestor()], "rewrites": [rewrite], "samples": samples,
        "verdicts": [verdict()], "judgments": [judged()], "checked": {
            "index_id": 12, "policy": "default v3", "index_made_at": fake.NOW},
        "hits": [hit()],
        "decisions": [
            decision(41, "reject", reason="too easy", undone_by=42),
            decision(42, "undo", undoes_id=41),
            decision(43, "accept", reason="good after all", user="grace"),
        ],
        "money": {"total": 0.597, "stages": stages, "making": 0.012}, "uses": uses(),
    }  # fmt: skip


def verdict() -> Json:
    classes = [{"key": "integer:18", "keys": ["integer:18"], "answer": "18", "count": 14,
                "share": 0.875, "is_reference": True, "joined_by": []},
               {"key": "integer:17", "keys": ["integer:17"], "answer": "17", "count": 2,
                "share": 0.125, "is_reference": False, "joined_by": []}]  # fmt: skip
    return {
        "id": 5, "run_id": 2, "policy": "default v1", "key_origin": "plurality",
        "reference_answer": "18", "reliability": 0.97, "plurality": {"classes": classes},
        "weak": [], "suspect": 0.03, "hard": 0.02, "teachable": 0.94, "easy": 0.01, "score": 0.81,
        "score_low": 0.7, "score_high": 0.88, "verdict": "teachable", "steps": 3, "notes": [],
        "created_at": fake.NOW,
    }  # fmt: skip


def judged() -> Json:
    return {"endpoint": "Judge", "rubric_version": "2", **LEVELS, "reasons": "Sound.",
            "unscored": None, "sample_id": 60}  # fmt: skip


def hit() -> Json:
    return {"id": 60, "benchmark": "gsm8k-test", "version": "1", "split": "test", "item_id": "q-9",
            "verdict": "same_topic", "method": "ngram", "action": "review", "score": 0.41,
            "coverage_item": 0.4, "longest_words": 9, "state": "dismissed", "policy": "default v3",
            "index_id": 12, "created_at": fake.NOW}  # fmt: skip


def uses() -> Json:
    return {
        "versions": [{"version_id": 9, "mixture_id": 1, "mixture": "maths", "number": 2,
                      "frozen_at": fake.NOW, "by": "ada", "rows": 4,
                      "positions": [17, 203, 511, 640], "weight": 2.0, "split": "train",
                      "look_again": False}],
        "exports": [{"export_id": 1, "name": "first mixture", "layout": "sft", "version_id": None,
                     "destination": None,
                     "rows": 1, "positions": [2], "by": "ada", "finished_at": fake.NOW,
                     "folder": "1-first-mixture", "look_again": False}],
        "checkpoints": [], "withdrawal": None, "look_again": False, "unrecorded_exports": [],
    }  # fmt: skip


def taken_down(found: Json) -> Json:
    """The same after it was taken down."""
    held = {kind: [one | {"look_again": True} for one in found["uses"][kind]]
            for kind in ("versions", "exports")}  # fmt: skip
    gone = {"why": "taken_down", "reason": "licence", "since": fake.NOW, "by": "ada"}
    uses = found["uses"] | held | {"withdrawal": gone, "look_again": True}
    return found | {"must_not_be_used": True, "uses": uses}


def row(found: Json, query: Json) -> Json:
    """Its row at a place."""
    position = int(query.get("position", 0))
    version = {
        "version_id": 9, "mixture_id": 1, "mixture": "maths", "number": 2, "rows_hash": "ab" * 32,
        "frozen_at": fake.NOW, "frozen_by": "ada", "position": position, "split": "train",
        "copy_number": 1, "weight": 2.0, "tokens": 2530,
        "quality": {"part": "all", "domain": "algebra", "tier": "high", "by_hand": False,
                    "quality": 0.81, "epochs": 1.0,
                    "parts": {"verdict": 1.0, "judges": 0.8, "traces": 0.7, "source": 0.5}},
    }  # fmt: skip
    export = {"export_id": 1, "name": "first mixture", "layout": "sft", "by": "ada", "file": None,
              "created_at": fake.NOW, "finished_at": fake.NOW, "folder": "1-first-mixture",
              "position": position}  # fmt: skip
    said = found["samples"][0]
    trace = {
        "sample_id": 44, "run_id": 3, "run": "traces", "state": "kept", "reason": None,
        "found": None, "key_origin": "given", "answer_key": "integer:18",
        "reference_answer": "18", "reference_key": "integer:18", "judge_score": 0.75,
        "judgments": [{"judge": "Judge", "score": 0.75, "follows": None, "reveals": None}],
        "word": None, "word_reason": None, "thinking_tokens": 2100, "answer_tokens": 310,
        "counted_by": "server", "guideline_id": None, "guideline": None,
        "guideline_version": None, "verified_at": fake.NOW,
    }  # fmt: skip
    share = {"response_cost": 0.0525, "rows_of_response": 2, "responses_cost": 0.105,
             "rows_of_seed": 4, "total": 0.597, "share": 0.14925}  # fmt: skip
    return found | {
        "version": version if "version_id" in query else None,
        "export": export if "export_id" in query else None,
        "as_of": fake.NOW, "response": said, "trace": trace, "share": share,
    }  # fmt: skip


def _missing(what: str) -> tuple[int, Any]:
    return 404, {"status": 404, "code": "not_found", "detail": f"there is no {what}"}


@route(r"GET /v1/lineage/seeds/(\d+)")
def read_seed(api: "FakeApi", query: Any, body: Any, number: str) -> tuple[int, Any]:
    seed_id = int(number)
    if seed_id not in api.seeds:
        return _missing(f"seed {seed_id}")
    if seed_id == 4:
        return 200, nothing(4)
    return 200, taken_down(lived(seed_id)) if seed_id == 5 else lived(seed_id)


@route("GET /v1/lineage/rows")
def read_row(api: "FakeApi", query: Any, body: Any) -> tuple[int, Any]:
    if int(query.get("position", 0)) > 1000:
        return _missing(f"row {query['position']}")
    return 200, row(lived(3), query)


@route("GET /v1/lineage/prov.json")
def read_provenance(api: "FakeApi", query: Any, body: Any) -> tuple[int, Any]:
    return 200, b'{"entity": {"item:seed-3": {}}}'
