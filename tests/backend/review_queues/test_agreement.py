"""Agreement between curators over what is stored, and with the measured verdicts."""

from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlalchemy.orm import Session

from backend.seeds.tables import Seed
from tests.backend.review.test_decisions import decision, post
from tests.backend.review_queues.work import make_queue, vote
from tests.builders import create_seed

SHORT = {"a": "accept", "r": "reject", "w": "needs_rewrite"}


def agreement(client: TestClient, **query: Any) -> dict[str, Any]:
    answer = client.get("/v1/review-agreement", params=query)
    assert answer.status_code == 200, answer.text
    found = answer.json()
    found["questions"] = {each["name"]: each for each in found["questions"]}
    found["against_verdict"] = {each["curator"]: each for each in found["against_verdict"]}
    return found


def vote_all(
    session: Session, queue: int, voters: dict[TestClient, str], **fields: Any
) -> list[Seed]:
    """Each curator's votes on new seeds, a letter each."""
    seeds = [create_seed(session, **fields) for _ in next(iter(voters.values()))]
    for curator, letters in voters.items():
        for seed, letter in zip(seeds, letters, strict=True):
            vote(curator, queue, seed, SHORT[letter])
    return seeds


def test_nothing_compared_is_undefined_and_never_zero(ann: TestClient) -> None:
    found = agreement(ann)
    assert (found["seeds"], found["against_verdict"]) == (0, {})
    for question in found["questions"].values():
        assert (question["seeds"], question["alpha"], question["pairs"]) == (0, None, [])
    assert ann.get("/v1/review-agreement", params={"queue_id": 10**9}).status_code == 404


def test_kappa_and_alpha_known_values(session: Session, ann: TestClient, bob: TestClient) -> None:
    # aa aa ar ra rr rr rr rr: 6 of 8 alike; both accept 3 of 8: p_e = 9/64 + 25/64 = 34/64;
    # kappa = (48 - 34) / (64 - 34) = 14/30. Alpha: accept 6, reject 10 of 16 ratings,
    # D_o = 4, D_e = 2 * 60 / 15 = 8: alpha = .5.
    queue = make_queue(ann)
    vote_all(session, queue, {ann: "aaarrrrr", bob: "aararrrr"})
    found = agreement(ann, queue_id=queue)
    question = found["questions"]["decision"]
    assert (found["seeds"], question["seeds"]) == (8, 8)
    assert question["alpha"] == pytest.approx(0.5)
    assert question["alpha_low"] < 0.5 < question["alpha_high"]
    [pair] = question["pairs"]
    assert (pair["seeds"], pair["percent_agreement"]) == (8, 0.75)
    assert pair["kappa"] == pytest.approx(14 / 30)
    assert pair["kappa_low"] < 14 / 30 < pair["kappa_high"]


def test_seeds_that_wait_for_opinions_are_left_out_and_disputed_ones_are_not(
    session: Session, ann: TestClient, bob: TestClient
) -> None:
    queue = make_queue(ann)
    vote_all(session, queue, {ann: "ar", bob: "aa"})
    vote(ann, queue, create_seed(session), "accept")
    found = agreement(bob)
    assert found["seeds"] == 2
    assert found["questions"]["decision"]["pairs"][0]["percent_agreement"] == 0.5


def test_each_pair_and_all_together(
    session: Session, ann: TestClient, bob: TestClient, cem: TestClient
) -> None:
    queue = make_queue(ann, 3)
    vote_all(session, queue, {ann: "awr", bob: "awr", cem: "awa"})
    question = agreement(ann)["questions"]["decision"]
    alike = {(p["first"], p["second"]): p["percent_agreement"] for p in question["pairs"]}
    names = sorted(curator.user.name for curator in (ann, bob, cem))
    assert set(alike) == {(names[0], names[1]), (names[0], names[2]), (names[1], names[2])}
    assert sorted(alike.values()) == pytest.approx([2 / 3, 2 / 3, 1])


def test_reasons_are_compared_where_both_gave_one(
    session: Session, ann: TestClient, bob: TestClient
) -> None:
    queue = make_queue(ann)
    said = [("Too easy", "too  easy"), ("Too easy", "Unsafe"), ("Unsafe", None)]
    for mine, theirs in said:
        seed = create_seed(session)
        vote(ann, queue, seed, "reject", reason=mine)
        vote(bob, queue, seed, "reject", reason=theirs)
    question = agreement(ann)["questions"]["reason"]
    assert question["seeds"] == 2
    assert question["pairs"][0]["percent_agreement"] == 0.5


def test_flags_are_a_question_of_their_own(
    session: Session, ann: TestClient, bob: TestClient
) -> None:
    queue, seeds = make_queue(ann), [create_seed(session) for _ in range(4)]
    for seed in seeds[:2]:
        vote(ann, queue, seed, "flag")
    vote(bob, queue, seeds[1], "flag")
    for curator in (ann, bob):
        for seed in seeds:
            vote(curator, queue, seed, "accept")
    assert agreement(ann)["questions"]["flagged"]["pairs"][0]["percent_agreement"] == 0.75


def test_curator_against_the_verdict(session: Session, ann: TestClient, bob: TestClient) -> None:
    queue = make_queue(ann)
    for verdict, letters in (("teachable", "aaar"), ("hard", "rra"), ("unsettled", "a")):
        vote_all(session, queue, {ann: letters, bob: letters}, verdict=verdict)
    vote_all(session, queue, {ann: "w", bob: "w"}, verdict="teachable")
    post(ann, decision(create_seed(session, verdict="easy").id, "reject"))
    found = agreement(ann)["against_verdict"][ann.user.name]
    cells = {(cell["kind"], cell["verdict"]): cell["count"] for cell in found["cells"]}
    assert cells == {
        ("accept", "teachable"): 3, ("reject", "teachable"): 1, ("accept", "hard"): 1,
        ("reject", "hard"): 2, ("accept", "unsettled"): 1, ("reject", "easy"): 1,
    }  # fmt: skip
    # Of 8 with a verdict 6 fit; accept 4 of 8, teachable 4 of 8: kappa = (.75 - .5) / .5.
    assert (found["seeds"], found["percent_agreement"]) == (8, 0.75)
    assert found["kappa"] == pytest.approx(0.5)
    assert agreement(bob)["against_verdict"][bob.user.name]["seeds"] == 7


def test_only_the_wording_of_today_counts(
    session: Session, ann: TestClient, bob: TestClient
) -> None:
    queue = make_queue(ann)
    [seed] = vote_all(session, queue, {ann: "a", bob: "r"})
    assert agreement(ann)["seeds"] == 1
    ann.patch(f"/v1/seeds/{seed.id}", json={"prompt": "Another wording?"})
    assert agreement(ann)["seeds"] == 0
