"""What the fake API answers on traces and the runs that ask for them."""

from typing import TYPE_CHECKING, Any

from tests.dashboard import fake_guideline_routes
from tests.dashboard import fake_work_rows as work
from tests.dashboard.fake_routes import route
from tests.dashboard.fake_rows import NOW

if TYPE_CHECKING:
    from tests.dashboard.fake_api import FakeApi

RULES = {"needs_thinking": True, "most_tokens": 31_744, "most_thinking_tokens": None}
PARAGRAPH = (
    "Let me try the number {n}. Its square is ${n}^2$, and the sum of the digits of it has to be "
    "checked against the condition, which is what I do now, step by step and with care. The first "
    "digit gives nothing. The second digit gives a remainder, which I write down for later use."
)
THINKING = "\n\n".join(PARAGRAPH.format(n=n) for n in range(3, 45))
FAULTS = [None, "wrong", None, "repeated", None, "too_long", "no_answer", None]


def trace(sample_id: int) -> dict[str, Any]:
    """A trace in a list."""
    reason = FAULTS[sample_id % len(FAULTS)]
    return {
        "sample_id": sample_id,
        "seed_id": sample_id // 4 + 1,
        "revision_id": sample_id // 4 + 1,
        "run_id": 3,
        "endpoint": "Teacher",
        "sample_index": sample_id % 4,
        "state": "rejected" if reason else "kept",
        "reason": reason,
        "found": "43 differs from 42 (given)" if reason == "wrong" else reason and "it *does*",
        "prompt": "What is $6 \\times 7$?\nGive a number.",
        "thinking_tokens": 3400 + sample_id,
        "answer_tokens": 120,
        "counted_by": "server",
        "guideline_id": None,
        "guideline": None,
        "guideline_version": None,
        "word": None,
        "word_reason": None,
        "answer_key": None if reason == "no_answer" else "integer:42",
        "key_origin": "given",
        "reference_answer": "42",
        "judge_score": None,
        "created_at": NOW,
    }


def trace_detail(sample_id: int) -> dict[str, Any]:
    """The same with its texts; what shows that it repeats itself is marked."""
    found = trace(sample_id)
    marks = {
        "repeated": [{"part": "thinking", "start": 3000, "end": 3280}],
        "wrong": [{"part": "answer", "start": 19, "end": 23}],
    }
    return found | {
        "thinking": THINKING,
        "answer": "" if found["reason"] == "no_answer" else "So the answer is **$42$**.",
        "passages": marks.get(found["reason"] or "", []),
        "judgments": [],
        "guideline_text": None,
        "decision_id": None,
        "decided_by": None,
        "can_keep": found["reason"] is None,
        "reference_key": "integer:42",
        "model": "teacher-32b",
        "finish_reason": "stop",
        "prompt_tokens": 60,
        "completion_tokens": 3520 + sample_id,
        "max_tokens": 16_384,
        "cost": 0.0123,
        "latency_ms": 41_200,
        "asked_at": NOW,
    }


def trace_run(run_id: int, state: str = "running") -> dict[str, Any]:
    """A run for traces half way."""
    settings = {"line_up": [line_up_entry()], "samples": 4, "rules": RULES, "parallel_jobs": 1}
    return work.run(run_id, state) | {
        "name": f"Traces {run_id}",
        "kind": "traces",
        "settings": settings,
        "verdicts": {},
        "failures": [{"reason": "there is no answer to verify against", "count": 2}],
    }


def line_up_entry() -> dict[str, Any]:
    return {
        "endpoint_id": 4,
        "name": "Teacher",
        "model": "teacher-32b",
        "role": "teacher",
        "samples": 4,
        "sampling": work.endpoint(4, "Teacher", "teacher")["sampling"],
        "template_hash": "t",
        "settings_hash": "s",
        "rubric_version": None,
    }


def summary(run_id: int) -> dict[str, Any]:
    """What 136 traces of 34 seeds came to."""
    reasons = {"wrong": 31, "repeated": 9, "too_long": 5, "language_switch": 2}
    return {
        "run_id": run_id,
        "traces": 136,
        "kept": 89,
        "kept_share": 89 / 136,
        "unjudged": 0,
        "without_score": 0,
        "reasons": [
            {"reason": reason, "count": count, "share": count / 136}
            for reason, count in reasons.items()
        ],
        "kept_per_seed": [
            {"kept": kept, "seeds": seeds} for kept, seeds in enumerate([3, 5, 6, 8, 12])
        ],
        "thinking_tokens": {"p50": 3420.0, "p95": 11_210.5},
        "answer_tokens": {"p50": 210.0, "p95": 512.0},
        "counted_by": ["server"],
        "verified_later": 4,
    }


@route("GET /v1/traces")
def list_traces(api: "FakeApi", query: Any, body: Any) -> tuple[int, Any]:
    found = [
        one
        for one in api.traces
        if all(str(one[field]) == query[field] for field in query if field in one)
    ]
    size, start = int(query["limit"]), int(query.get("after", 0))
    more = len(found) > start + size
    following = str(start + size) if more else None
    return 200, {"items": found[start : start + size], "next": following, "total": None}


@route(r"GET /v1/traces/(\d+)")
def get_trace(api: "FakeApi", query: Any, body: Any, sample_id: str) -> tuple[int, Any]:
    found = [one for one in api.traces if one["sample_id"] == int(sample_id)]
    if not found:
        return 404, {"code": "not_found", "detail": f"there is no trace {sample_id}"}
    if found[0]["guideline_id"] is not None:
        return 200, fake_guideline_routes.guided_detail(found[0])
    return 200, trace_detail(int(sample_id))


@route(r"GET /v1/runs/(\d+)/traces:summary")
def get_summary(api: "FakeApi", query: Any, body: Any, run_id: str) -> tuple[int, Any]:
    return 200, summary(int(run_id))


@route("POST /v1/trace-runs:forecast")
def forecast(api: "FakeApi", query: Any, body: Any) -> tuple[int, Any]:
    seeds = len(api.matching(body["filter"]))
    calls = seeds * body["samples"]
    teacher = work.endpoint_forecast("Teacher", "teacher", calls, calls, calls)
    whole = {
        field: value for field, value in teacher.items()
        if field not in ("endpoint_id", "endpoint", "role")
    }  # fmt: skip
    return 200, whole | {"seeds": seeds, "endpoints": [teacher], "notes": []}


@route("POST /v1/trace-runs")
def start_trace_run(api: "FakeApi", query: Any, body: Any) -> tuple[int, Any]:
    api.runs.insert(0, trace_run(len(api.runs) + 1))
    return 201, api.runs[0]
