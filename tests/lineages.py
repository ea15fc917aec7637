"""A seed with a whole life: imported, rewritten, answered, judged, decided, frozen, exported."""

from typing import Any, NamedTuple
from uuid import uuid4

import orjson
from fastapi.testclient import TestClient
from sqlalchemy.orm import Session

from backend.endpoints.settings import settings_hash
from backend.jobs import service as jobs
from backend.proposals.tables import SeedParent
from backend.scoring.tables import Sample
from backend.seeds.tables import Seed
from tests.backend.rewriting.proposals import approve, propose
from tests.builders import (
    create_endpoint,
    create_judgment,
    create_run,
    create_sample,
    create_teachability,
    create_trace,
)
from workers.tasks.exports import write

Json = dict[str, Any]
RECIPE = "big-math-rl-verified"
TWICE = {"trace": "all", "parts": [{"default_epochs": 2.0}]}
ASKED, REWORDED = "Prove that 6 x 7 is 42.", "What is six times seven?"


class Life(NamedTuple):
    """The numbers of a seed and of what speaks of it; `first` is the wording that was imported."""

    seed: Seed
    first: int
    rewrite_id: int
    traces: list[int]
    references: list[int]
    teacher: str


def get(client: TestClient, path: str, status: int = 200, **query: Any) -> Any:
    answer = client.get(f"/v1/lineage/{path}", params=query)
    assert answer.status_code == status, answer.text
    return answer.json()


def decide(client: TestClient, seed: Seed, kind: str, **fields: Any) -> int:
    body = {"token": str(uuid4()), "seed_id": seed.id, "revision_id": seed.revision_id}
    answer = client.post("/v1/decisions", json={"decisions": [body | {"kind": kind} | fields]})
    [result] = answer.json()["results"]
    assert result["status"] != "rejected", result
    return int(result["decision_id"])


def imported(session: Session, client: TestClient, prompt: str = ASKED) -> Seed:
    """A seed of a public set, as its file has it."""
    line = orjson.dumps({"problem": prompt, "answer": "42", "domain": ["algebra"], "source": "x"})
    answer = client.post(
        "/v1/seeds:bulk", content=line, headers={"Content-Type": "application/jsonl"},
        params={"label": "big.jsonl", "recipe": RECIPE},
    )  # fmt: skip
    assert answer.status_code == 200, answer.text
    return session.get_one(Seed, answer.json()["results"][0]["id"])


def lived(session: Session, client: TestClient) -> Life:
    """Paid: 0.05 for a rewrite nobody took, references 0.04, weak 0.001, judge 0.002,
    teacher 0.1 and 0.3, and 0.2 for a child: 0.693 in all."""
    seed = imported(session, client)
    first = seed.revision_id
    _paid(session, seed, "rewrites", "teacher", 0.05)
    rewrite = propose(client, seed, REWORDED, "42")
    assert approve(client, rewrite).status_code == 200
    session.refresh(seed)
    scoring = create_run(session, "scoring")
    reference = create_endpoint(session, "reference")
    references = [
        create_sample(
            session, seed, index=index, endpoint=reference, cost=0.02, run_id=scoring.id
        ).id
        for index in (0, 1)
    ]  # fmt: skip
    create_sample(session, seed, "weak", cost=0.001, run_id=scoring.id)
    judge = create_judgment(session, seed, create_endpoint(session, "judge"), steps=3, difficulty=2)
    session.get_one(Sample, judge.sample_id).cost = 0.002  # type: ignore[assignment]
    classes = [{"key": "integer:42", "keys": ["integer:42"], "answer": "42", "count": 2,
                "share": 1.0, "is_reference": True, "joined_by": []}]  # fmt: skip
    create_teachability(session, seed, plurality={"classes": classes}, run_id=scoring.id)
    teacher, traces = _traces(session, seed)
    _paid(session, seed, "augmentation", "teacher", 0.2)
    session.commit()
    undone = decide(client, seed, "reject", reason="too easy")
    client.post("/v1/decisions:undo", json={"token": str(uuid4()), "decision_id": undone})
    decide(client, seed, "accept", reason="good after all")
    return Life(seed, first, rewrite["id"], traces, references, teacher)


def _paid(session: Session, seed: Seed, kind: str, role: str, cost: float) -> Sample:
    """A reply in a run of this kind."""
    return create_sample(session, seed, role, cost=cost, run_id=create_run(session, kind).id)


def _traces(session: Session, seed: Seed) -> tuple[str, list[int]]:
    run = create_run(session, "traces")
    teacher = create_endpoint(session, "teacher", model="wise", sampling={"temperature": 0.6})
    made = []
    for index, cost in enumerate((0.1, 0.3)):
        sample = create_sample(
            session, seed, index=index, endpoint=teacher, cost=cost, run_id=run.id,
            settings_hash=settings_hash(teacher),
        )  # fmt: skip
        create_trace(session, seed, run, sample=sample, judge_score=0.75, judgments=[
            {"judge": "mild", "score": 0.75, "levels": {}, "follows": None, "reveals": None,
             "passages": [], "reason": None}
        ])  # fmt: skip
        made.append(sample.id)
    return teacher.name, made


def make_child(session: Session, parent: Seed, child: Seed, cost: float = 0.2) -> Sample:
    """A model has made the child of the parent."""
    reply = _paid(session, parent, "augmentation", "teacher", cost)
    session.add(
        SeedParent(
            seed_id=child.id, parent_id=parent.id, parent_revision_id=parent.revision_id,
            kind="harder", endpoint_id=reply.endpoint_id, template_hash="t", sample_id=reply.id,
            answer="42", why="more steps",
        )
    )  # fmt: skip
    session.flush()
    return reply


def exported(client: TestClient, woken: list[int], **wanted: Any) -> Json:
    """A finished export, written as a worker does it."""
    made = client.post("/v1/exports", json={"name": "first", "layout": "rl"} | wanted)
    assert made.status_code == 201, made.text
    write_last(woken)
    found: Json = client.get(f"/v1/exports/{made.json()['id']}").json()
    return found


def write_last(woken: list[int]) -> None:
    """Do what a worker does with the export that was asked for last."""
    job = jobs.claim(woken[-1], 30, "host/1")
    assert job is not None
    write(job)
    jobs.finish(job)
