"""Undo and redo, of one's own last decision and of any other."""

from typing import Any
from uuid import uuid4

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import update
from sqlalchemy.orm import Session

from backend.decontamination.index import current_version
from backend.decontamination.tables import DecontaminationHit
from backend.jobs.tables import Job
from backend.seeds.tables import Seed
from tests.backend.review.test_decisions import decision, post
from tests.builders import create_hit, create_seed
from tests.conftest import ClientFactory


@pytest.fixture
def curator(client_as: ClientFactory) -> TestClient:
    return client_as("curator")


def undo(client: TestClient, decision_id: int | None = None, token: str | None = None) -> Any:
    body: dict[str, Any] = {"token": token or str(uuid4())}
    if decision_id is not None:
        body["decision_id"] = decision_id
    return client.post("/v1/decisions:undo", json=body)


def decide(client: TestClient, seed: Seed, kind: str, **fields: Any) -> int:
    [result] = post(client, decision(seed.id, kind, **fields))
    assert result["status"] == "stored", result
    return result["decision_id"]


def test_undo_takes_back_the_callers_last_decision(session: Session, curator: TestClient) -> None:
    first, second = create_seed(session), create_seed(session)
    decide(curator, first, "accept")
    decide(curator, second, "reject")
    answer = undo(curator).json()
    assert answer["seed"]["id"] == second.id
    assert answer["seed"]["status"] == "pending"
    assert answer["decision"]["kind"] == "undo"
    assert answer["decision"]["before"] == {"status": "rejected"}
    assert undo(curator).json()["seed"]["id"] == first.id
    assert undo(curator).json()["code"] == "nothing_to_undo"


def test_undo_leaves_other_curators_decisions_alone(
    session: Session, client_as: ClientFactory
) -> None:
    ann, bob = client_as("curator"), client_as("admin")
    mine, theirs = create_seed(session), create_seed(session)
    decide(ann, mine, "accept")
    decide(bob, theirs, "accept")
    assert undo(ann).json()["seed"]["id"] == mine.id


def test_repeated_undo_post_has_no_second_effect(session: Session, curator: TestClient) -> None:
    decide(curator, create_seed(session), "accept")
    decide(curator, create_seed(session), "accept")
    token = str(uuid4())
    first, second = undo(curator, token=token).json(), undo(curator, token=token).json()
    assert first["decision"]["id"] == second["decision"]["id"]


def test_undo_token_of_a_decision_is_refused(session: Session, curator: TestClient) -> None:
    row = decision(create_seed(session).id, "accept")
    post(curator, row)
    answer = undo(curator, token=row["token"])
    assert (answer.status_code, answer.json()["code"]) == (409, "token_reused")


def test_undo_of_an_undo_is_the_decision_again(session: Session, curator: TestClient) -> None:
    seed = create_seed(session)
    decide(curator, seed, "accept")
    undone = undo(curator).json()["decision"]
    redone = undo(curator, undone["id"]).json()
    assert redone["seed"]["status"] == "accepted"
    assert (redone["decision"]["kind"], redone["decision"]["undoes_id"]) == ("accept", undone["id"])
    # And is the caller's last decision again.
    assert undo(curator).json()["decision"]["undoes_id"] == redone["decision"]["id"]


def test_undo_by_another_curator_days_later_keeps_later_words_on_other_fields(
    session: Session, client_as: ClientFactory
) -> None:
    ann, bob = client_as("curator"), client_as("admin")
    seed = create_seed(session)
    rejected = decide(ann, seed, "reject")
    decide(ann, seed, "flag")
    seed_after = undo(bob, rejected).json()["seed"]
    assert (seed_after["status"], seed_after["flagged"]) == ("pending", True)


def test_undo_against_a_later_decision_names_it(session: Session, curator: TestClient) -> None:
    seed = create_seed(session)
    accepted = decide(curator, seed, "accept")
    rejected = decide(curator, seed, "reject")
    answer = undo(curator, accepted)
    assert (answer.status_code, answer.json()["code"]) == (409, "contradicted")
    assert f"decision {rejected} " in answer.json()["detail"]
    undo(curator, rejected)
    assert undo(curator, accepted).json()["seed"]["status"] == "pending"


def test_undo_of_a_decision_redone_later_elsewhere_is_refused(
    session: Session, curator: TestClient
) -> None:
    seed = create_seed(session)
    flagged = decide(curator, seed, "flag")
    unflagged = decide(curator, seed, "unflag")
    undone = undo(curator, unflagged).json()["decision"]["id"]
    redone = undo(curator, undone).json()["decision"]["id"]
    answer = undo(curator, flagged)
    assert f"decision {redone} " in answer.json()["detail"]


def test_decision_is_undone_once(session: Session, curator: TestClient) -> None:
    accepted = decide(curator, create_seed(session), "accept")
    undo(curator, accepted)
    answer = undo(curator, accepted)
    assert (answer.status_code, answer.json()["code"]) == (409, "already_undone")


def test_unknown_decision_cannot_be_undone(curator: TestClient) -> None:
    assert undo(curator, 10**12).status_code == 404
    assert undo(curator, 2**70).status_code == 422


def test_undo_of_a_settled_hit_opens_it_again(session: Session, curator: TestClient) -> None:
    seed = create_seed(session, open_hits=1)
    hit = create_hit(session, seed)
    decide(curator, seed, "dismiss_hit", hit_id=hit.id)
    answer = undo(curator).json()
    assert answer["seed"]["open_hits"] == 1
    assert answer["decision"]["hit_id"] == hit.id
    session.expire_all()
    assert session.get_one(DecontaminationHit, hit.id).state == "open"


def test_dismissal_that_an_acceptance_rests_on_cannot_be_undone_before_it(
    session: Session, curator: TestClient
) -> None:
    seed = create_seed(session, open_hits=1)
    hit = create_hit(session, seed)
    dismissed = decide(curator, seed, "dismiss_hit", hit_id=hit.id)
    accepted = decide(curator, seed, "accept")
    answer = undo(curator, dismissed)
    assert f"decision {accepted} (accept)" in answer.json()["detail"]


def test_hits_of_one_seed_are_undone_independently(session: Session, curator: TestClient) -> None:
    seed = create_seed(session, open_hits=2)
    first, second = create_hit(session, seed), create_hit(session, seed)
    dismissed = decide(curator, seed, "dismiss_hit", hit_id=first.id)
    decide(curator, seed, "confirm_hit", hit_id=second.id)
    assert undo(curator, dismissed).json()["seed"]["open_hits"] == 1


def test_undo_of_a_confirmation_gives_an_accepted_seed_back(
    session: Session, curator: TestClient
) -> None:
    seed = create_seed(session, status="accepted", open_hits=1)
    decide(curator, seed, "confirm_hit", hit_id=create_hit(session, seed).id)
    answer = undo(curator).json()["seed"]
    assert (answer["status"], answer["open_hits"]) == ("accepted", 1)


def test_acceptance_is_not_done_again_when_hits_came_in_between(
    session: Session, curator: TestClient
) -> None:
    seed = create_seed(session)
    decide(curator, seed, "accept")
    undone = undo(curator).json()["decision"]["id"]
    session.get_one(Seed, seed.id).open_hits = 1
    session.commit()
    assert undo(curator, undone).json()["code"] == "open_hits"


def test_undo_of_an_edit_gives_the_earlier_wording_back(
    session: Session, curator: TestClient
) -> None:
    seed = create_seed(session, prompt="What is 6 times 7?")
    edited = curator.patch(f"/v1/seeds/{seed.id}", json={"prompt": "What is six times seven?"})
    assert edited.status_code == 200, edited.text
    undone = undo(curator).json()
    assert undone["seed"]["prompt"] == "What is 6 times 7?"
    redone = undo(curator, undone["decision"]["id"]).json()
    assert redone["decision"]["kind"] == "edit"
    assert redone["seed"]["prompt"] == "What is six times seven?"


def test_wording_that_comes_back_brings_its_open_hits(
    session: Session, curator: TestClient, woken: list[int]
) -> None:
    index_id = current_version(session).id
    seed = create_seed(session, open_hits=1, checked_index=index_id)
    create_hit(session, seed)
    session.commit()
    curator.patch(f"/v1/seeds/{seed.id}", json={"prompt": "A wording in no benchmark?"})
    # The check of the new wording found nothing.
    session.execute(update(Seed).values(open_hits=0, checked_index=index_id))
    session.execute(update(Job).values(state="done"))
    session.commit()
    woken.clear()
    assert undo(curator).json()["seed"]["open_hits"] == 1
    kinds = [session.get_one(Job, job_id).kind for job_id in woken]
    assert kinds == ["decontamination.check", "duplicates.find", "seeds.read_texts"]


def test_undo_of_a_seed_that_was_taken_back_is_refused(
    session: Session, curator: TestClient
) -> None:
    seed = create_seed(session)
    accepted = decide(curator, seed, "accept")
    session.get_one(Seed, seed.id).withdrawn_at = seed.created_at
    session.commit()
    assert undo(curator, accepted).json()["code"] == "withdrawn"
    assert undo(curator).json()["code"] == "nothing_to_undo"
