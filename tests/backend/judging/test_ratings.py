"""Curators rate seeds: the newest rating of each stands, all are kept."""

from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from backend.scoring.tables import Rating
from backend.seeds.service import add_revision
from backend.seeds.tables import Seed
from tests.builders import create_seed
from tests.conftest import ClientFactory

LEVELS = {"steps": 3, "difficulty": 2, "multi_step": 4, "well_posed": 5, "verifiable": 1}


@pytest.fixture
def curator(client_as: ClientFactory) -> TestClient:
    return client_as("curator")


def _standing(client: TestClient, seed: Seed) -> list[dict[str, Any]]:
    answer = client.get(f"/v1/seeds/{seed.id}/ratings")
    assert answer.status_code == 200, answer.text
    return answer.json()


def _rate(client: TestClient, seed: Seed, **levels: Any) -> dict[str, Any]:
    answer = client.post(f"/v1/seeds/{seed.id}/ratings", json=levels)
    assert answer.status_code == 201, answer.text
    return answer.json()


def test_rating_is_of_the_current_wording_by_the_newest_rubric(
    session: Session, curator: TestClient
) -> None:
    seed = create_seed(session)
    rating = _rate(curator, seed, **LEVELS)
    assert {name: rating[name] for name in LEVELS} == LEVELS
    assert (rating["revision_id"], rating["rubric_version"], rating["mine"]) == (
        seed.revision_id, "2", True,
    )  # fmt: skip
    assert _standing(curator, seed) == [rating]
    add_revision(session, seed, "Another wording?", None, "edit", None)
    assert _standing(curator, seed) == []


def test_newer_rating_takes_the_place_of_the_earlier_one_which_is_kept(
    session: Session, curator: TestClient
) -> None:
    seed = create_seed(session)
    _rate(curator, seed, **LEVELS)
    _rate(curator, seed, difficulty=5)
    [standing] = _standing(curator, seed)
    assert (standing["difficulty"], standing["steps"]) == (5, None)
    assert len(session.scalars(select(Rating)).all()) == 2


def test_curators_rate_each_for_themselves_and_take_back_their_own(
    session: Session, client_as: ClientFactory
) -> None:
    seed, url = create_seed(session), "/v1/seeds/{}/ratings"
    first, second = client_as("curator"), client_as("curator")
    _rate(first, seed, difficulty=1)
    _rate(second, seed, difficulty=4)
    assert [(r["difficulty"], r["mine"]) for r in _standing(first, seed)] == [(1, True), (4, False)]
    assert first.delete(url.format(seed.id)).status_code == 204
    assert [r["difficulty"] for r in _standing(first, seed)] == [4]
    # Once more: there is nothing left to take back.
    assert first.delete(url.format(seed.id)).status_code == 204
    assert len(session.scalars(select(Rating)).all()) == 3
    _rate(first, seed, difficulty=2)
    assert [r["difficulty"] for r in _standing(first, seed)] == [4, 2]


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, None),
        ({"difficulty": None}, None),
        ({"difficulty": 0}, "difficulty"),
        ({"well_posed": 6}, "well_posed"),
        ({"steps": 101}, "steps"),
        ({"steps": 2.5}, "steps"),
        ({"unknown": 1}, "unknown"),
        ({"difficulty": 1, "rubric_version": "9"}, "rubric_version"),
        ({"verifiable": 1, "rubric_version": "1"}, "verifiable"),
    ],
)
def test_rating_outside_the_rubric_is_refused_with_the_field(
    session: Session, curator: TestClient, body: dict[str, Any], field: str | None
) -> None:
    answer = curator.post(f"/v1/seeds/{create_seed(session).id}/ratings", json=body)
    assert answer.status_code == 422
    assert field is None or answer.json()["errors"][0]["field"] == field
    assert session.scalars(select(Rating)).all() == []


def test_rating_of_an_earlier_wording_or_of_a_withdrawn_seed_is_a_conflict(
    session: Session, curator: TestClient
) -> None:
    seed = create_seed(session)
    body = {"difficulty": 2, "revision_id": seed.revision_id}
    add_revision(session, seed, "Another wording?", None, "edit", None)
    answer = curator.post(f"/v1/seeds/{seed.id}/ratings", json=body)
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (409, "revision_id")
    gone = create_seed(session)
    gone.withdrawn_at = gone.created_at
    session.commit()
    for answer in (
        curator.post(f"/v1/seeds/{gone.id}/ratings", json={"difficulty": 2}),
        curator.delete(f"/v1/seeds/{gone.id}/ratings"),
    ):
        assert (answer.status_code, answer.json()["code"]) == (409, "withdrawn")
    assert curator.get(f"/v1/seeds/{10**12}/ratings").status_code == 404
    assert curator.post("/v1/seeds/1000000/ratings", json={"steps": 1}).status_code == 404


def test_viewers_read_ratings_and_do_not_rate(session: Session, client_as: ClientFactory) -> None:
    seed, viewer = create_seed(session), client_as("viewer")
    assert _standing(viewer, seed) == []
    assert viewer.post(f"/v1/seeds/{seed.id}/ratings", json={"steps": 1}).status_code == 403
    assert viewer.delete(f"/v1/seeds/{seed.id}/ratings").status_code == 403


def test_rubrics_are_listed_with_their_anchors_the_newest_first(client: TestClient) -> None:
    newest, first = client.get("/v1/rubrics").json()
    assert (newest["version"], newest["newest"], first["version"]) == ("2", True, "1")
    assert [dimension["name"] for dimension in newest["dimensions"]] == list(LEVELS)
    assert [dimension["name"] for dimension in first["dimensions"]] == ["steps", "difficulty"]
    anchors = newest["dimensions"][3]["anchors"]
    assert [anchor["level"] for anchor in anchors] == [1, 2, 3, 4, 5]
    assert anchors[4]["example"] == '"17 * 3"'
