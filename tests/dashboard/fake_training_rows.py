"""Training runs of the fake API: what they log as they are told to grow, and how they end."""

import math
from datetime import datetime, timedelta
from typing import Any

from backend.training_runs.recipe_checks import recipe_of
from backend.training_runs.schemas import RecipeChoice, Target
from tests.dashboard import fake_rows as fake

Json = dict[str, Any]
BEGUN = datetime.fromisoformat(fake.NOW)
SECONDS_A_STEP = 2
MIB = 2**20


class Training:
    """All runs and checkpoints of an API; the runs' files are their metrics, log and samples."""

    def __init__(self, is_empty: bool) -> None:
        self.runs: list[Json] = []
        self.metrics: dict[int, list[Json]] = {}
        self.logs: dict[int, bytes] = {}
        self.samples: dict[int, list[Json]] = {}
        self.positions: dict[int, int] = {}
        self.checkpoints: list[Json] = []
        self.checks = checks()
        if not is_empty:
            self.add("tiny_sft", name="first try", export_id=1)
            self.grow(1, 450)
            self.finish(1)
            self.add("tiny_grpo", name="reinforced", export_id=1)
            self.grow(2, 12)

    def add(self, template: str, **fields: Any) -> Json:
        """A run that begins at once."""
        number = len(self.runs) + 1
        self.runs.append(run(number, template, **fields))
        self.metrics[number], self.samples[number] = [], []
        self.logs[number] = b"Loading the model\n"
        return self.runs[-1]

    def grow(self, number: int, steps: int) -> None:
        """Have a run do some steps more."""
        of = self.runs[number - 1]
        of |= {"state": "running", "note": None, "started_at": fake.NOW}
        for step in range(of["step"] + 1, of["step"] + steps + 1):
            self._log(number, "train", step, values(of["kind"], step))
            self.logs[number] += f"step {step}: done\n".encode()
            if of["kind"] == "sft" and step % 50 == 0:
                self._log(number, "validation", step, {"eval_loss": 0.3 + 3 * math.exp(-step / 90)})
            if step % 10 == 0:
                self.samples[number].append(sample(step))
            of["step"] = step

    def finish(self, number: int) -> None:
        """Have a run end well, with a checkpoint."""
        of = self.runs[number - 1]
        made = checkpoint(len(self.checkpoints) + 1, of)
        self.checkpoints.append(made)
        of |= {"state": "finished", "finished_at": fake.NOW, "checkpoint_id": made["id"]}

    def fail(self, number: int, **failure: Any) -> None:
        """Have a run end ill."""
        said = {
            "cause": "bad_row", "message": "row 7 has no response", "seed_id": 3, "row": 7,
            "seed_url": None, "exit_code": 1, "last_lines": ["Traceback:", "BadRow: row 7"],
        }  # fmt: skip
        of = self.runs[number - 1]
        of |= {
            "state": "failed", "failure": {**said, **failure}, "finished_at": fake.NOW,
            "resume_step": of["step"] // 10 * 10,
        }  # fmt: skip

    def resume(self, number: int) -> Json:
        """Have another attempt asked for."""
        of = self.runs[number - 1]
        names = ("state", "step", "failure", "resumed_from", "resumed_at", "resumed_by",
                 "cancel_asked_at", "cancelled_by", "started_at", "finished_at", "handle",
                 "code_version")  # fmt: skip
        ended = {name: of[name] for name in names}
        ended |= {"number": of["attempt"], "log": f"{of['path']}/train.log"}
        of |= {name: None for name in names if name not in ("state", "step")}
        of |= {
            "state": "pending", "attempt": of["attempt"] + 1, "resume_step": None,
            "attempts": [*of["attempts"], ended], "resumed_at": fake.NOW, "resumed_by": "ada",
        }  # fmt: skip
        return of

    def begin(self, number: int, step: int) -> None:
        """Have a further attempt begin from a checkpoint: what was logged after it is taken out."""
        of = self.runs[number - 1]
        of |= {"state": "starting", "resumed_from": step, "step": step}
        self.metrics[number] = [row for row in self.metrics[number] if row["step"] <= step]

    def _log(self, number: int, kind: str, step: int, logged: Json) -> None:
        time = BEGUN + timedelta(seconds=SECONDS_A_STEP * step)
        self.positions[number] = self.positions.get(number, 0) + 1
        self.metrics[number].append(
            {
                "position": self.positions[number], "step": step, "kind": kind,
                "logged_at": time.isoformat(), "values": logged,
            }
        )  # fmt: skip
        self.runs[number - 1]["latest"][kind] = logged


def run(number: int, template: str, **fields: Any) -> Json:
    target = Target(**fields.pop("target", {}))
    overrides = fields.pop("overrides", {})
    recipe = recipe_of(RecipeChoice(template=template, overrides=overrides), target)
    return {
        "id": number, "name": f"run {number}", "kind": recipe["kind"], "export_id": 1,
        "export_name": "first", "parent_checkpoint_id": None,
        "recipe": {"template": template, "overrides": overrides, "fields": recipe},
        "target": target.model_dump(), "state": "pending", "note": None, "followed": True,
        "checks": None, "failure": None, "attempt": 1, "attempts": [], "resume_step": None,
        "resumed_from": None, "resumed_at": None, "resumed_by": None, "step": 0,
        "steps": recipe["steps"], "latest": {},
        "checkpoint_id": None, "path": f"/home/seedbed/training/{number}-run", "handle": None,
        "devices": None, "code_version": "1.2.3", "job_id": 40 + number, "created_by": "ada",
        "created_at": fake.NOW, "cancel_asked_at": None, "cancelled_by": None, "started_at": None,
        "finished_at": None, **fields,
    }  # fmt: skip


def values(kind: str, step: int) -> Json:
    """What is logged at a step: a loss that falls, a reward that rises, with a little noise."""
    noise = math.sin(step * 12.9898) * 0.5
    shared: Json = {
        "learning_rate": 2.5e-3 * min(step / 50, 1.0), "grad_norm": 1.2 + noise / 3,
        "tokens_per_second": None if step == 1 else 5200 + 400 * noise, "mfu": None,
        "epoch": step / 100,
    }  # fmt: skip
    if kind == "sft":
        loss = 0.2 + 3 * math.exp(-step / 80) + noise / 8
        right = 1 - 0.9 * math.exp(-step / 90)
        return {"loss": loss, "mean_token_accuracy": right, "entropy": loss * 0.9, **shared}
    learnt = 1 - math.exp(-step / 15)
    return {
        "loss": 0.02 + noise / 90, "reward": -0.4 + learnt + noise / 9,
        "reward/correct": min(max(0.1 + 0.8 * learnt + noise / 12, 0), 1),
        "reward/length_right": 28 - 8 * learnt + noise, "reward/length_wrong": 31 + 4 * noise,
        "reward/clipped": 0.05, "reward/floored": 0.02, "reward/malformed": 0.3 * (1 - learnt),
        "reward/cut_off": 0.2 * (1 - learnt), "reward/groups_without_variance": 0.2 + learnt / 5,
        "entropy": 1.4 - learnt + noise / 10, "kl": 0.01 * step, "reward_std": 0.3, **shared,
    }  # fmt: skip


def sample(step: int) -> Json:
    text = f"<think>I count to {step}.\nThat is all.</think>The answer is \\boxed{{{step}}}."
    return {"step": step, "prompt": f"What is {step - 1} + 1?", "text": text, "reward": 0.75}


def checkpoint(number: int, of: Json) -> Json:
    export = {
        "folder": "/home/seedbed/exports/1-first", "manifest_sha256": "cd" * 32, "id": 1,
        "name": "first", "format": "trl-sft", "mixture": "maths", "version": 1,
        "rows_hash": "ab" * 32,
    }  # fmt: skip
    files = [
        {"name": "model.safetensors", "bytes": 5 * MIB, "sha256": "ef" * 32, "hash_of": "ends"},
        {"name": "config.json", "bytes": 700, "sha256": "01" * 32, "hash_of": "all"},
    ]
    return {
        "id": number, "run_id": of["id"], "run_name": of["name"], "kind": of["kind"],
        "export_id": of["export_id"], "export_name": of["export_name"],
        "parent_checkpoint_id": of["parent_checkpoint_id"], "name": f"{of['name']}, the end",
        "step": of["step"], "is_final": True, "path": f"{of['path']}/output", "is_there": True,
        "metrics": dict(of["latest"]), "recipe": of["recipe"]["fields"],
        "code_version": of["code_version"], "lineage": {"recipe": {}, "export": export},
        "files": files, "created_at": fake.NOW,
    }  # fmt: skip


def checks(**fields: Any) -> Json:
    found = [
        {"name": "data", "ok": True, "severity": "info", "message": "21 rows, all short enough"},
        {"name": "memory", "ok": False, "severity": "warning", "message": "it hardly fits"},
    ]
    return {
        "ok": True, "checks": found, "memory_gib": 70.5, "card_gib": 74.5, "hours": 3.5,
        "device_hours": 7.0, **fields,
    }  # fmt: skip
