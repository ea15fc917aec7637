"""Opinions: stored, changed, undone, and what comes of them when all are in."""

from fastapi.testclient import TestClient
from sqlalchemy.orm import Session

from backend.seeds.service import add_revision
from tests.backend.review.test_bulk import bulk
from tests.backend.review.test_decisions import decision, post
from tests.backend.review.test_undo import undo
from tests.backend.review_queues.work import (
    disputes,
    given,
    make_queue,
    opinions,
    say,
    status,
    vote,
)
from tests.builders import create_hit, create_seed


def test_opinion_does_not_change_the_seed(
    session: Session, ann: TestClient, bob: TestClient
) -> None:
    queue, seed = make_queue(ann), create_seed(session)
    result = say(ann, queue, seed, "accept")
    assert (result["status"], result["seed"]["status"]) == ("stored", "pending")
    assert status(bob, seed) == "pending"
    assert disputes(bob) == []


def test_all_alike_become_an_ordinary_decision(
    session: Session, ann: TestClient, bob: TestClient
) -> None:
    queue, seed = make_queue(ann), create_seed(session)
    vote(ann, queue, seed, "reject", reason="Too easy")
    result = say(bob, queue, seed, "reject")
    assert result["seed"]["status"] == "rejected"
    history = ann.get(f"/v1/seeds/{seed.id}").json()["history"]
    assert [event["kind"] for event in history] == ["reject", "opinion_reject", "opinion_reject"]
    assert history[0]["reason"] == "2 of 2 curators agreed"
    assert history[0]["before"] == {"status": "pending"}
    assert given(ann, queue) == given(bob, queue) == []


def test_unlike_opinions_go_to_adjudication(
    session: Session, ann: TestClient, bob: TestClient, cem: TestClient
) -> None:
    queue, seed = make_queue(ann), create_seed(session)
    vote(ann, queue, seed, "accept")
    vote(bob, queue, seed, "needs_rewrite", reason="Unclear")
    assert status(ann, seed) == "pending"
    [found] = disputes(cem)
    assert [(o["kind"], o["reason"]) for o in found["opinions"]] == [
        ("accept", None), ("needs_rewrite", "Unclear"),
    ]  # fmt: skip
    assert given(cem, queue) == []


def test_later_opinion_takes_the_place_of_the_earlier(
    session: Session, ann: TestClient, bob: TestClient
) -> None:
    queue, seed = make_queue(ann), create_seed(session)
    vote(ann, queue, seed, "accept")
    vote(ann, queue, seed, "reject", reason="Second thoughts")
    assert opinions(session) == [("reject", False, "Second thoughts")]
    assert say(bob, queue, seed, "reject")["seed"]["status"] == "rejected"


def test_opinion_can_be_changed_while_it_waits_for_an_adjudicator(
    session: Session, ann: TestClient, bob: TestClient, cem: TestClient
) -> None:
    queue, seed = make_queue(ann), create_seed(session)
    vote(ann, queue, seed, "accept")
    vote(bob, queue, seed, "reject")
    assert say(ann, queue, seed, "reject")["seed"]["status"] == "rejected"
    assert disputes(cem) == []


def test_repeated_post_has_no_second_effect(session: Session, ann: TestClient) -> None:
    queue, seed = make_queue(ann), create_seed(session)
    row = decision(seed.id, "accept", queue_id=queue)
    first, second = post(ann, row)[0], post(ann, row)[0]
    assert (first["status"], second["status"]) == ("stored", "repeated")
    assert first["decision_id"] == second["decision_id"]
    [other] = post(ann, {**row, "kind": "reject"})
    assert other["error"]["code"] == "token_reused"
    assert opinions(session) == [("accept", False, None)]


def test_nobody_votes_on_a_settled_seed_or_beyond_the_overlap(
    session: Session, ann: TestClient, bob: TestClient, cem: TestClient
) -> None:
    queue, agreed, apart = make_queue(ann), create_seed(session), create_seed(session)
    for curator in (ann, bob):
        vote(curator, queue, agreed, "accept")
    vote(ann, queue, apart, "accept")
    vote(bob, queue, apart, "reject")
    assert say(cem, queue, agreed, "accept")["error"]["code"] == "settled"
    assert say(ann, queue, agreed, "reject")["error"]["code"] == "settled"
    assert say(cem, queue, apart, "accept")["error"]["code"] == "enough"
    assert status(ann, apart) == "pending"
    assert len(opinions(session)) == 4


def test_flag_is_part_of_the_opinion_and_reaches_the_seed_when_it_is_settled(
    session: Session, ann: TestClient, bob: TestClient
) -> None:
    queue, seed = make_queue(ann), create_seed(session)
    assert say(ann, queue, seed, "flag")["seed"]["flagged"] is False
    assert opinions(session) == [(None, True, None)]
    assert seed.id in given(ann, queue)  # a flag alone decides nothing
    vote(ann, queue, seed, "accept")
    settled = say(bob, queue, seed, "accept")["seed"]
    assert (settled["status"], settled["flagged"]) == ("accepted", True)
    assert undo(bob).json()["seed"]["flagged"] is False


def test_new_wording_drops_what_was_said_of_the_old(
    session: Session, ann: TestClient, bob: TestClient
) -> None:
    queue, seed = make_queue(ann), create_seed(session)
    vote(ann, queue, seed, "accept")
    assert ann.patch(f"/v1/seeds/{seed.id}", json={"prompt": "What is 2 + 2?"}).status_code == 200
    assert given(ann, queue) == [seed.id]
    assert say(bob, queue, seed, "accept")["seed"]["status"] == "pending"
    mine = ann.get("/v1/decisions", params={"seed_id": seed.id}).json()["items"]
    assert [(event["kind"], event["stale"]) for event in mine] == [
        ("edit", False), ("opinion_accept", True),
    ]  # fmt: skip


def test_stale_wording_is_refused(session: Session, ann: TestClient) -> None:
    queue, seed = make_queue(ann), create_seed(session)
    old = seed.revision_id
    add_revision(session, seed, "Another wording?", None, "edit", None)
    session.commit()
    result = say(ann, queue, seed, "accept", revision_id=old)
    assert result["error"]["code"] == "stale_revision"


def test_open_hits_stop_an_acceptance_but_no_other_opinion(
    session: Session, ann: TestClient
) -> None:
    queue, seed = make_queue(ann), create_seed(session, open_hits=1)
    create_hit(session, seed)
    assert say(ann, queue, seed, "accept")["error"]["code"] == "open_hits"
    assert say(ann, queue, seed, "reject")["status"] == "stored"


def test_hit_found_meanwhile_sends_an_agreed_acceptance_to_an_adjudicator(
    session: Session, ann: TestClient, bob: TestClient, cem: TestClient
) -> None:
    queue, seed = make_queue(ann), create_seed(session)
    vote(ann, queue, seed, "accept")
    hit = create_hit(session, seed)
    seed.open_hits = 1
    session.commit()
    # Bob dismisses nothing: his acceptance is refused like any other.
    assert say(bob, queue, seed, "accept")["error"]["code"] == "open_hits"
    post(bob, decision(seed.id, "dismiss_hit", hit_id=hit.id))
    assert say(bob, queue, seed, "accept")["seed"]["status"] == "accepted"


def test_seed_outside_the_queue_is_refused(session: Session, ann: TestClient) -> None:
    queue = make_queue(ann, filter={"domain": "algebra"})
    seed = create_seed(session, domain="geometry")
    assert say(ann, queue, seed, "accept")["error"]["code"] == "not_in_queue"
    assert opinions(session) == []


def test_curator_does_not_overrule_those_who_decide_but_an_admin_may(
    session: Session, ann: TestClient, bob: TestClient, admin: TestClient
) -> None:
    queue, seed = make_queue(ann), create_seed(session)
    vote(ann, queue, seed, "accept")
    for curator in (ann, bob):
        [result] = post(curator, decision(seed.id, "reject"))
        assert result["error"]["code"] == "several_decide"
    [result] = post(admin, decision(seed.id, "reject"))
    assert result["seed"]["status"] == "rejected"
    assert given(bob, queue) == []
    assert say(bob, queue, seed, "accept")["error"]["code"] == "settled"
    undo(admin)
    assert given(bob, queue) == [seed.id]


def test_bulk_action_leaves_alone_what_several_are_deciding(
    session: Session, ann: TestClient, bob: TestClient
) -> None:
    queue, begun, free = make_queue(ann), create_seed(session), create_seed(session)
    vote(ann, queue, begun, "accept")
    answer = bulk(bob, "reject", filter={})
    assert (answer["count"], answer["left_out"]) == (1, 1)
    assert (status(ann, begun), status(ann, free)) == ("pending", "rejected")
    assert bulk(bob, "flag", filter={})["count"] == 2
