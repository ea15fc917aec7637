"""What the fake API answers about guidelines, and on a curator's word on a trace."""

from typing import TYPE_CHECKING, Any

from tests.dashboard.fake_routes import route
from tests.dashboard.fake_rows import NOW
from tests.dashboard.fake_trace_routes import trace, trace_detail

if TYPE_CHECKING:
    from tests.dashboard.fake_api import FakeApi

TEXT = "Decline to explain how <b>poison</b> is made; offer help with *what is safe*."
LATER = TEXT.replace("Decline", "Kindly decline")


def version(number: int, text: str, note: str | None = None) -> dict[str, Any]:
    return {
        "id": number, "number": number, "hash": f"{number:064x}", "characters": len(text),
        "note": note, "author": "ada", "created_at": NOW, "text": text,
    }  # fmt: skip


def guideline(number: int, name: str = "Poisons") -> dict[str, Any]:
    """A guideline of two versions."""
    return {
        "id": number, "name": name, "category": "weapons_cbrn", "created_at": NOW,
        "archived_at": None, "versions": [version(2, LATER, "kinder"), version(1, TEXT)],
    }  # fmt: skip


def guided_trace(sample_id: int, state: str = "unjudged", reason: str | None = None) -> Any:
    """A trace under guideline 1, in a list."""
    return trace(sample_id) | {
        "state": state, "reason": reason, "found": reason and "Judge: it quotes it",
        "answer_key": None, "key_origin": "none", "reference_answer": "", "judge_score": 0.75,
        "guideline_id": 1, "guideline": "Poisons", "guideline_version": 2,
    }  # fmt: skip


def guided_detail(row: dict[str, Any]) -> dict[str, Any]:
    """The same with its texts, the guideline and what a judge says."""
    unknown = row["state"] == "unjudged"
    judgment = {
        "judge": "Judge", "score": 0.75, "levels": {"correctness": 4, "clarity": 5, "economy": 3},
        "follows": "unknown" if unknown else "yes", "passages": [],
        "reveals": "yes" if row["reason"] else "no", "reason": "It is *kind*.",
    }  # fmt: skip
    marked = [{"part": "answer", "start": 0, "end": 6}] if row["reason"] else []
    return trace_detail(row["sample_id"]) | row | {
        "answer": "I keep to what is safe.", "passages": marked, "reference_key": "",
        "judgments": [judgment], "guideline_text": LATER,
        "can_keep": row["reason"] in (None, "off_guideline"),
        "decision_id": 7 if row["word"] else None, "decided_by": "ada" if row["word"] else None,
    }  # fmt: skip


def _listed(found: dict[str, Any]) -> dict[str, Any]:
    newest = {name: value for name, value in found["versions"][0].items() if name != "text"}
    kept = {name: value for name, value in found.items() if name != "versions"}
    return kept | {"newest": newest}


def _detail(found: dict[str, Any]) -> dict[str, Any]:
    versions = [{k: v for k, v in each.items() if k != "text"} for each in found["versions"]]
    return _listed(found) | {"versions": versions, "text": found["versions"][0]["text"]}


@route("GET /v1/guidelines")
def list_guidelines(api: "FakeApi", query: Any, body: Any) -> tuple[int, Any]:
    archived = query.get("archived") == "true"
    found = [
        _listed(each)
        for each in api.guidelines.values()
        if (each["archived_at"] is not None) == archived
        and each["category"] == query.get("category", each["category"])
    ]
    return 200, {"items": found, "next": None, "total": None}


@route("POST /v1/guidelines")
def add_guideline(api: "FakeApi", query: Any, body: Any) -> tuple[int, Any]:
    number = len(api.guidelines) + 1
    made = guideline(number, body["name"]) | {"category": body["category"]}
    made["versions"] = [version(1, body["text"], body.get("note"))]
    api.guidelines[number] = made
    return 201, _detail(made)


@route(r"GET /v1/guidelines/(\d+)")
def read_guideline(api: "FakeApi", query: Any, body: Any, number: str) -> tuple[int, Any]:
    if int(number) not in api.guidelines:
        return 404, {"code": "not_found", "detail": f"there is no guideline {number}"}
    return 200, _detail(api.guidelines[int(number)])


@route(r"PATCH /v1/guidelines/(\d+)")
def archive(api: "FakeApi", query: Any, body: Any, number: str) -> tuple[int, Any]:
    found = api.guidelines[int(number)]
    found["archived_at"] = NOW if body["archived"] else None
    return 200, _detail(found)


@route(r"POST /v1/guidelines/(\d+)/versions")
def add_version(api: "FakeApi", query: Any, body: Any, number: str) -> tuple[int, Any]:
    found = api.guidelines[int(number)]
    if body["seen"] != found["versions"][0]["number"]:
        return 409, {"status": 409, "code": "stale_version", "detail": "Poisons has version 3"}
    found["versions"].insert(0, version(body["seen"] + 1, body["text"], body.get("note")))
    return 201, _detail(found)


@route(r"GET /v1/guidelines/(\d+)/versions/(\d+)")
def read_version(
    api: "FakeApi", query: Any, body: Any, number: str, version_number: str
) -> tuple[int, Any]:
    found = api.guidelines[int(number)]
    shown = next(v for v in found["versions"] if v["number"] == int(version_number))
    earlier = shown["number"] - 1 or None
    pieces = [
        {"kind": "removed", "text": "Decline "}, {"kind": "added", "text": "Kindly decline "},
        {"kind": "same", "text": TEXT.removeprefix("Decline ")},
    ]  # fmt: skip
    return 200, shown | {
        "guideline_id": found["id"], "guideline": found["name"], "against": earlier,
        "difference": pieces if earlier else [],
    }  # fmt: skip


@route(r"POST /v1/traces/(\d+):decide")
def decide(api: "FakeApi", query: Any, body: Any, sample_id: str) -> tuple[int, Any]:
    row = next(each for each in api.traces if each["sample_id"] == int(sample_id))
    row |= {"word": body["word"], "word_reason": body["reason"], "state": body["word"]}
    return 200, guided_detail(row)
