"""An answer that a model proposed is no given one, until a curator says that it is right."""

import json

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from backend.exports.rows import Row, rl_row
from backend.exports.selection import accepted_seeds
from backend.rewriting.tables import Rewrite
from backend.runs.creation import can_calibrate, wants_reference
from backend.scoring.stored_evidence import read_evidence
from backend.seeds.filters import SeedFilter
from backend.seeds.tables import Seed, SeedRevision
from tests.backend.rewriting.proposals import approve, proof_seed, propose, undo
from tests.scoring_runs import endpoint


def approved(
    client: TestClient,
    session: Session,
    *,
    by_model: bool = True,
    had: str | None = None,
    answer: str | None = "1600",
) -> tuple[Seed, int]:
    """A seed whose wording a rewrite has become, and the event of that."""
    seed = proof_seed(session, answer=had, external_id="one")
    made = propose(client, seed, answer=answer)
    if by_model:
        teacher = endpoint(session, "http://127.0.0.1:9", "teacher", "good").id
        rewrite = session.get_one(Rewrite, made["id"])
        rewrite.author_id, rewrite.endpoint_id = None, teacher
        session.commit()
    decision = approve(client, made).json()["decision_id"]
    session.expire_all()
    return seed, decision


def origin(session: Session, seed: Seed) -> str:
    session.expire_all()
    return session.get_one(Seed, seed.id).answer_origin


def rests_on(session: Session, seed: Seed) -> tuple[bool, bool, bool]:
    """Whether the seed wants a reference, can calibrate, and leaves the key to votes."""
    session.expire_all()
    row = session.execute(
        select(wants_reference(), can_calibrate(), SeedRevision.id)
        .select_from(SeedRevision)
        .join(Seed, Seed.revision_id == SeedRevision.id)
        .where(Seed.id == seed.id)
    ).one()
    [evidence] = read_evidence(session, [row[2]], [])
    return row[0], row[1], evidence.votes_decide


def exported(session: Session, seed: Seed) -> Row:
    session.get_one(Seed, seed.id).status = "accepted"
    session.commit()
    [row] = [rl_row(found) for found in accepted_seeds(session, SeedFilter())]
    assert isinstance(row, dict)
    return row


def test_answer_of_a_model_rests_on_votes_and_is_exported_as_proposed(
    client: TestClient, session: Session
) -> None:
    seed, decision = approved(client, session)
    assert client.get(f"/v1/seeds/{seed.id}").json()["answer_origin"] == "proposed"
    assert rests_on(session, seed) == (True, False, True)
    taken_back = undo(client, decision).json()
    assert origin(session, seed) == "given"
    undo(client, taken_back["decision"]["id"])
    assert origin(session, seed) == "proposed"
    assert exported(session, seed)["key_origin"] == "proposed"


def test_curator_who_has_checked_it_makes_it_a_given_one_and_can_take_that_back(
    client: TestClient, session: Session
) -> None:
    seed, _ = approved(client, session)
    row = {"id": seed.id, "revision_id": seed.revision_id, "answer_checked": True}
    [result] = client.patch("/v1/seeds", json={"seeds": [row]}).json()["results"]
    assert (result["status"], result["seed"]["answer_origin"]) == ("saved", "given")
    assert rests_on(session, seed) == (False, True, False)
    event = client.get(f"/v1/seeds/{seed.id}").json()["history"][0]
    assert (event["before"], event["after"]) == (
        {"answer_origin": "proposed"}, {"answer_origin": "given"},
    )  # fmt: skip
    undo(client, event["id"])
    assert origin(session, seed) == "proposed"
    client.patch(f"/v1/seeds/{seed.id}", json={"answer_checked": True})
    assert exported(session, seed)["key_origin"] == "given"


@pytest.mark.parametrize(
    ("by_model", "had", "answer"),
    [(False, None, "1600"), (True, "1600", "1600"), (False, "5", "1600")],
)
def test_answers_of_people_and_those_that_seeds_had_stay_given(
    client: TestClient, session: Session, by_model: bool, had: str | None, answer: str | None
) -> None:
    seed, _ = approved(client, session, by_model=by_model, answer=answer, had=had)
    assert rests_on(session, seed)[2] is False


def test_new_prompt_keeps_a_proposal_and_another_answer_is_given(
    client: TestClient, session: Session
) -> None:
    seed, _ = approved(client, session)
    client.patch(f"/v1/seeds/{seed.id}", json={"prompt": "Sum the first 40 odd numbers."})
    assert origin(session, seed) == "proposed"
    client.patch(f"/v1/seeds/{seed.id}", json={"answer": "1601"})
    assert origin(session, seed) == "given"


def push(client: TestClient, row: dict[str, str]) -> None:
    headers = {"Content-Type": "application/x-ndjson"}
    answer = client.post("/v1/seeds:bulk", content=json.dumps(row), headers=headers)
    assert answer.json()["rejected"] == 0, answer.text


def test_import_that_brings_another_answer_gives_it(client: TestClient, session: Session) -> None:
    seed, _ = approved(client, session)
    detail = client.get(f"/v1/seeds/{seed.id}").json()
    row = {"source": detail["source"], "external_id": "one", "prompt": detail["prompt"]}
    push(client, row | {"answer": "1600"})
    assert origin(session, seed) == "proposed"
    push(client, row | {"answer": "7"})
    assert origin(session, seed) == "given"
