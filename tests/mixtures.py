"""Accepted seeds with traces, mixtures of them, and their frozen versions."""

from typing import Any
from uuid import uuid4

from fastapi.testclient import TestClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from backend.jobs import service as jobs
from backend.runs.tables import Run
from backend.seeds.tables import Seed
from tests.builders import create_run, create_seed, create_trace
from workers.tasks.mixtures import write_down

Json = dict[str, Any]


def taught(session: Session, tokens: int = 100, traces: int = 1, **fields: Any) -> Seed:
    """An accepted, teachable seed with kept traces; prompt and first trace are of `tokens`."""
    given: Json = {"status": "accepted", "verdict": "teachable", "domain": "maths"}
    prompt = fields.pop("prompt", None)
    seed = create_seed(session, prompt, **(given | fields))
    run = session.scalar(select(Run).where(Run.kind == "traces")) or create_run(session, "traces")
    for number in range(traces):
        create_trace(session, seed, run, thinking_tokens=tokens - 10 + number, answer_tokens=10)
    return seed


def preview(client: TestClient, **recipe: Any) -> Json:
    answer = client.post("/v1/mixtures:preview", json=recipe)
    assert answer.status_code == 200, answer.text
    found: Json = answer.json()
    return found


def made(client: TestClient, name: str = "first", **recipe: Any) -> Json:
    answer = client.post("/v1/mixtures", json={"name": name, "recipe": recipe})
    assert answer.status_code == 201, answer.text
    found: Json = answer.json()
    return found


def frozen(client: TestClient, woken: list[int], mixture_id: int) -> Json:
    """A version, asked for and written down."""
    asked = client.post(f"/v1/mixtures/{mixture_id}:freeze")
    assert asked.status_code == 201, asked.text
    work_off(woken[-1])
    return version(client, asked.json()["id"])


def work_off(job_id: int) -> None:
    """Do what a worker does with a job that freezes."""
    job = jobs.claim(job_id, 30, "host/1")
    assert job is not None
    write_down(job)
    jobs.finish(job)


def version(client: TestClient, version_id: int) -> Json:
    found: Json = client.get(f"/v1/mixture-versions/{version_id}").json()
    return found


def rows(client: TestClient, version_id: int) -> list[Json]:
    page = client.get(f"/v1/mixture-versions/{version_id}/rows", params={"limit": 1000})
    found: list[Json] = page.json()["items"]
    return found


def take_down(client: TestClient, *seed_ids: int, **fields: Any) -> str:
    token = str(uuid4())
    body = {"token": token, "reason": "licence", "seed_ids": seed_ids, **fields}
    assert client.post("/v1/takedowns", json=body).json()["count"] == len(seed_ids)
    return token
