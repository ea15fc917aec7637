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
        "max_calls_per_day": 10_000,
        "max_cost_per_day": None,
        "calls_today": 612,
        "cost_today": 0.42,
        "timeout_seconds": 120.0,
        "samples_per_request": 1,
        "uses_batches": False,
        "created_at": NOW,
        "archived_at": None,
        "has_samples": True,
        "calls": 2040,
        "prompt_tokens": 180_000,
        "completion_tokens": 420_000,
        "reasoning_tokens": 310_000,
        "cost": 1.84,
    }


RUN_SETTINGS = {
    "line_up": [],
    "reference_samples": 8,
    "weak_samples": 8,
    "check_given_answers": False,
    "calibration_seeds": 30,
    "parallel_jobs": 1,
    "stopping": "adaptive",
}


def run(run_id: int, state: str = "running") -> dict[str, Any]:
    """A scoring run half way."""
    return {
        "id": run_id,
        "name": f"Demo run {run_id}",
        "kind": "scoring",
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
        "seeds_waiting": 0,
        "verdicts": {"suspect": 14, "hard": 6, "teachable": 7, "easy": 4, "unsettled": 3},
        "created_at": NOW,
        "finished_at": None if state in ("running", "paused") else NOW,
        "rate": {"calls_per_minute": 212.0},
        "failures": [{"reason": "the model did not answer in 120 s", "count": 2}],
        "batches": [],
        "eta_seconds": 140,
        "note": None,
        "resume_at": None,
    }


def run_spend(endpoint: str, role: str, cut_off: int = 0) -> dict[str, Any]:
    """What a run has used of an endpoint."""
    return {
        "endpoint_id": 1,
        "endpoint": endpoint,
        "role": role,
        "calls": 306,
        "prompt_tokens": 12_240,
        "completion_tokens": 31_867,
        "reasoning_tokens": 20_411,
        "cost": 0.21,
        "max_tokens": 512,
        "cut_off": cut_off,
        "cut_off_share": cut_off / 306,
        "failed": 3,
        "hint": f"{cut_off / 306:.0%} of {endpoint}'s answers were cut off" if cut_off else None,
    }


def endpoint_forecast(endpoint: str, role: str, low: int, mean: int, high: int) -> dict[str, Any]:
    """What a run would need of an endpoint."""
    return {
        "endpoint_id": 1,
        "endpoint": endpoint,
        "role": role,
        "calls": mean,
        "calls_low": low,
        "calls_high": high,
        "already_stored": 42,
        "estimated_tokens": 105_000,
        "estimated_cost": 0.3,
        "estimated_cost_high": 0.9,
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
        "gated": False,
        "stands_for": None,
        "item_count": 1319,
        "created_at": NOW,
        "changed_at": NOW,
    }


def named_benchmarks(benchmarks: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Three of the benchmarks that reports name; the first is `gsm8k`, where that is loaded."""
    part = [
        {
            "id": b["id"], "name": b["name"], "version": "1", "split": "test",
            "items": b["item_count"],
        }
        for b in benchmarks
        if b["stands_for"] in (None, "GSM8k")
    ]  # fmt: skip
    missing = {
        "status": "missing", "items": None, "items_loaded": 0, "loaded": [], "licence": None,
        "released": None, "gated": False, "public": True, "home": None, "how": None, "note": None,
    }  # fmt: skip
    return [
        missing
        | {"name": "GSM8k", "items": 1319, "licence": "MIT"}
        | ({"status": "loaded", "items_loaded": 1319, "loaded": part} if part else {}),
        missing
        | {
            "name": "GPQA", "items": 448, "gated": True, "home": "Idavidrein/gpqa",
            "how": "seedbed benchmarks load gpqa --name 'GPQA' --text-field Question",
            "note": "its authors ask that its items are not published",
        },
        missing | {"name": "PhiBench", "public": False, "note": "it cannot be had"},
    ]  # fmt: skip


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


def version_export(export_id: int, state: str = "finished") -> dict[str, Any]:
    """An export of a version with its manifest."""
    names = ["data/train-00000-of-00001.parquet", "README.md", "croissant.json"]
    files = [{"name": name, "bytes": 9, "rows": None, "sha256": "ab" * 32} for name in names]
    manifest = {"manifest_version": 1, "rows": 21, "files": files}
    of_version = {
        "version_id": 1, "mixture": "maths", "version": 1, "format": "trl-sft", "kind": "parquet",
        "manifest": manifest if state == "finished" else None, "done_count": 7, "total_count": 21,
    }  # fmt: skip
    return export(export_id, state) | of_version


def shard() -> dict[str, Any]:
    """A data file that is whole."""
    return {
        "path": "data/train-00000-of-00001.parquet", "split": "train", "first_position": 0,
        "end_position": 21, "rows": 21, "tokens": 2100, "bytes": 9, "sha256": "ab" * 32,
    }  # fmt: skip


def export(export_id: int, state: str = "finished") -> dict[str, Any]:
    """An export with its manifest."""
    files = [{"name": "data.jsonl", "bytes": 18233, "rows": 21, "sha256": "ab" * 32}]
    manifest = {
        "name": "first",
        "layout": "sft",
        "rows": 21,
        "policy": "default v1",
        "filter": {"status": "accepted"},
        "decontamination": {"summary": "Checked against 1. NOT checked: GPQA, PhiBench."},
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
