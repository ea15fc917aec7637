"""A seed that asks for a proof, and what curators do about it."""

from typing import Any
from uuid import uuid4

from fastapi.testclient import TestClient
from sqlalchemy.orm import Session

from backend.seeds.tables import Seed
from tests.builders import create_seed

PROOF = "Prove that the sum of the first n odd numbers is n^2."
VALUE = "What is the sum of the first 40 odd numbers?"


def proof_seed(session: Session, **fields: Any) -> Seed:
    seed = create_seed(session, prompt=PROOF, status="needs_rewrite", **fields)
    session.commit()
    return seed


def proposal(seed: Seed, prompt: str = VALUE, answer: str | None = "1600", **fields: Any) -> Any:
    return {
        "token": str(uuid4()), "seed_id": seed.id, "seen": seed.revision_id,
        "kind": "proof_to_answer", "prompt": prompt, "answer": answer,
        "why": "A number can be checked.", **fields,
    }  # fmt: skip


def propose(client: TestClient, seed: Seed, *args: Any, **fields: Any) -> Any:
    answer = client.post("/v1/rewrites", json=proposal(seed, *args, **fields))
    assert answer.status_code == 201, answer.text
    return answer.json()


def approve(client: TestClient, rewrite: Any, **body: Any) -> Any:
    return client.post(f"/v1/rewrites/{rewrite['id']}:approve", json=body)


def undo(client: TestClient, decision_id: int) -> Any:
    body = {"token": str(uuid4()), "decision_id": decision_id}
    return client.post("/v1/decisions:undo", json=body)


def code(answer: Any) -> tuple[int, str]:
    return answer.status_code, answer.json()["code"]


def outcomes(rewrite: Any) -> dict[str, str]:
    return {check["name"]: check["outcome"] for check in rewrite["checks"]}
