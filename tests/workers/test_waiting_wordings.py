"""Rewrites are checked against the benchmarks before they are their seeds' wordings."""

from typing import Any
from uuid import uuid4

from fastapi.testclient import TestClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from backend.decontamination.tables import WaitingWording
from backend.seeds.tables import Seed
from tests.builders import create_seed
from tests.checks import DUCKS, ROBE, add_benchmark, hits, run_check

CLEAN = "What is the sum of the first 40 odd numbers?"


def propose(client: TestClient, seed: Seed, prompt: str) -> Any:
    body = {
        "token": str(uuid4()), "seed_id": seed.id, "seen": seed.revision_id,
        "kind": "free", "prompt": prompt, "answer": "18", "why": "To be checked.",
    }  # fmt: skip
    answer = client.post("/v1/rewrites", json=body)
    assert answer.status_code == 201, answer.text
    return answer.json()


def decontaminated(client: TestClient, rewrite: Any) -> str:
    shown = client.get(f"/v1/rewrites/{rewrite['id']}").json()
    [outcome] = [row["outcome"] for row in shown["checks"] if row["name"] == "decontaminated"]
    return str(outcome)


def test_rewrite_is_checked_and_its_seed_is_not_touched(
    client: TestClient, session: Session
) -> None:
    add_benchmark(session, DUCKS)
    seed = create_seed(session, prompt="Prove that the hens lay.")
    session.commit()
    run_check(session)
    copied, clean = propose(client, seed, DUCKS), propose(client, seed, CLEAN)
    assert {decontaminated(client, row) for row in (copied, clean)} == {"unknown"}

    run_check(session)
    assert decontaminated(client, copied) == "failed"
    assert decontaminated(client, clean) == "passed"
    assert [hit.revision_id for hit in hits(session)] == [copied["revision_id"]]
    shown = client.get(f"/v1/rewrites/{copied['id']}").json()
    assert (shown["failed"], len(shown["hits"])) == (["decontaminated"], 1)
    assert session.get_one(Seed, seed.id).open_hits == 0
    assert client.get("/v1/hits").json()["items"] == []


def test_more_rewrites_of_a_seed_than_a_batch_takes_are_all_checked(
    client: TestClient, session: Session, monkeypatch: Any
) -> None:
    monkeypatch.setattr("backend.decontamination.waiting.BATCH", 1)
    add_benchmark(session, DUCKS)
    seed = create_seed(session, prompt="Prove that the hens lay.")
    session.commit()
    rewrites = [propose(client, seed, f"{CLEAN} {number}") for number in range(3)]
    run_check(session)
    assert {decontaminated(client, row) for row in rewrites} == {"passed"}


def test_new_benchmarks_are_asked_about_rewrites_that_wait(
    client: TestClient, session: Session
) -> None:
    add_benchmark(session, DUCKS)
    seed = create_seed(session, prompt="Prove that the hens lay.")
    session.commit()
    waiting, withdrawn = propose(client, seed, ROBE), propose(client, seed, CLEAN)
    client.post(f"/v1/rewrites/{withdrawn['id']}:withdraw")
    run_check(session)
    assert decontaminated(client, waiting) == "passed"

    add_benchmark(session, ROBE, name="robes")
    assert decontaminated(client, waiting) == "unknown"
    run_check(session)
    assert decontaminated(client, waiting) == "failed"
    unchecked = session.get_one(WaitingWording, withdrawn["revision_id"])
    assert unchecked.index_id is None


def test_word_on_a_text_holds_for_a_rewrite_and_a_rewrite_is_no_earlier_wording(
    client: TestClient, session: Session
) -> None:
    add_benchmark(session, DUCKS)
    copied, seed = create_seed(session, prompt=DUCKS), create_seed(session, prompt="Prove it.")
    session.commit()
    run_check(session)
    word = {
        "token": str(uuid4()), "seed_id": copied.id, "kind": "dismiss_hit",
        "hit_id": hits(session)[0].id,
    }  # fmt: skip
    client.post("/v1/decisions", json={"decisions": [word]})
    client.patch(f"/v1/seeds/{copied.id}", json={"prompt": "It read like a benchmark's."})
    made = propose(client, seed, DUCKS)
    run_check(session)
    assert decontaminated(client, made) == "passed"

    client.patch(f"/v1/seeds/{seed.id}", json={"prompt": DUCKS + " Say how many."})
    run_check(session)
    [hit] = client.get(f"/v1/seeds/{seed.id}").json()["evidence"]["hits"]
    assert hit["settled_earlier"] is None


def test_approved_rewrite_brings_its_check_and_its_hits(
    client: TestClient, session: Session
) -> None:
    add_benchmark(session, DUCKS)
    seed = create_seed(session, prompt="Prove that the hens lay.")
    session.commit()
    run_check(session)
    made = propose(client, seed, DUCKS)
    run_check(session)
    checked_against = session.scalar(select(Seed.checked_index))

    body = {"overrules": "To see what becomes of it."}
    done = client.post(f"/v1/rewrites/{made['id']}:approve", json=body).json()
    session.expire_all()
    now = session.get_one(Seed, seed.id)
    assert (now.open_hits, now.checked_index) == (1, checked_against)

    undo = {"token": str(uuid4()), "decision_id": done["decision_id"]}
    client.post("/v1/decisions:undo", json=undo)
    session.expire_all()
    now = session.get_one(Seed, seed.id)
    assert (now.open_hits, now.checked_index) == (0, checked_against)
