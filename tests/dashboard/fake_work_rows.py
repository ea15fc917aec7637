"""Models, runs, benchmarks, imports and exports in the shapes of the API."""

from typing import Any

from tests.dashboard.fake_rows import NOW


def endpoint(endpoint_id: int, name: str, role: str) -> dict[str, Any]:
    """A registered model."""
    return {
        "id": endpoint_id,
        "name": name,
        "base_url": "http://127.0.0.1:8080/v1",
        "model": "smollm2-135m-instruct",
        "role": role,
        "key_variable": None,
        "sampling": {
            "temperature": 0.7,
            "top_p": 1.0,
            "max_tokens": 512,
            "reasoning_effort": None,
            "template": "step_by_step",
        },
        "input_price": 0.0,
        "output_price": 0.0,
        "max_in_flight": 4,
        "requests_per_minute": None,
        "tokens_per_minute": None,
        "timeout_seconds": 120.0,
        "samples_per_request": 1,
        "uses_batches": False,
        "created_at": NOW,
        "archived_at": None,
        "has_samples": True,
    }


RUN_SETTINGS = {
    "line_up": [],
    "reference_samples": 8,
    "weak_samples": 8,
    "check_given_answers": False,
    "calibration_seeds": 30,
    "parallel_jobs": 1,
}


def run(run_id: int, state: str = "running") -> dict[str, Any]:
    """A scoring run half way."""
    return {
        "id": run_id,
        "name": f"Demo run {run_id}",
        "state": state,
        "filter": {"status": "pending"},
        "settings": RUN_SETTINGS,
        "policy": "default v1",
        "calls": 612,
        "tokens": 88214,
        "cost": 0.42,
        "max_calls": 2000,
        "max_tokens": None,
        "max_cost": 5.0,
        "seeds_total": 60,
        "seeds_scored": 34,
        "seeds_failed": 2,
        "verdicts": {"suspect": 14, "hard": 6, "teachable": 7, "easy": 4, "unsettled": 3},
        "created_at": NOW,
        "finished_at": None if state in ("running", "paused") else NOW,
        "rate": {"calls_per_minute": 212.0},
        "failures": [{"reason": "the model did not answer in 120 s", "count": 2}],
        "batches": [],
        "eta_seconds": 140,
        "note": None,
    }


def batch(state: str = "sent") -> dict[str, Any]:
    """A batch of which a quarter has come."""
    return {
        "id": 1,
        "endpoint": "GPT",
        "provider_id": "batch_abc",
        "state": state,
        "samples": 4000,
        "answered": 1000,
        "failed": 3,
        "note": None,
        "created_at": NOW,
        "finished_at": None,
    }


def benchmark() -> dict[str, Any]:
    """A loaded evaluation set."""
    return {
        "id": 1,
        "name": "gsm8k",
        "version": "1",
        "split": "test",
        "licence": "MIT",
        "item_count": 1319,
        "created_at": NOW,
    }


def seed_import(import_id: int) -> dict[str, Any]:
    """A finished import."""
    return {
        "id": import_id,
        "label": "prompts.jsonl",
        "created_by": 1,
        "created_count": 48,
        "updated_count": 2,
        "unchanged_count": 5,
        "duplicate_count": 1,
        "rejected_count": 1,
        "created_at": NOW,
        "undone_at": None,
    }


def export(export_id: int, state: str = "finished") -> dict[str, Any]:
    """An export with its manifest."""
    files = [{"name": "data.jsonl", "bytes": 18233, "rows": 21, "sha256": "ab" * 32}]
    manifest = {
        "name": "first",
        "layout": "sft",
        "rows": 21,
        "policy": "default v1",
        "filter": {"status": "accepted"},
        "files": files,
    }
    return {
        "id": export_id,
        "name": "first",
        "layout": "sft",
        "filter": {},
        "settings": {"formats": ["jsonl", "parquet"]},
        "state": state,
        "folder": None,
        "row_count": 21,
        "manifest": manifest if state == "finished" else None,
        "error": None,
        "created_at": NOW,
        "finished_at": NOW,
    }
