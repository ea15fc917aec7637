"""Suggested domains over HTTP: runs, counts against given domains, applying and undoing."""

from typing import Any
from uuid import uuid4

import pytest
from fastapi.testclient import TestClient
from sqlalchemy.orm import Session

from backend.domains.choices import DomainChoice, choices_of
from backend.domains.reading import read_suggestions
from backend.scoring.line_up import line_up_of
from backend.seeds.tables import Seed
from tests.builders import create_endpoint, create_run, create_sample, create_seed
from tests.conftest import ClientFactory
from tests.domain_runs import names

LIST = [{"name": "algebra", "description": "equations"}, {"name": "geometry"}]
Json = dict[str, Any]


@pytest.fixture
def body(session: Session) -> Json:
    """What starts a run of a new judge."""
    judge = create_endpoint(session, "judge", name="sorter")
    session.commit()
    return {"endpoint_id": judge.id, "domains": LIST}


def told(client: TestClient, session: Session, body: Json, said: dict[Seed, str]) -> Json:
    """A run over all seeds that has these replies, and has read them."""
    session.commit()
    answer = client.post("/v1/domain-runs", json=body | {"filter": {}})
    assert answer.status_code == 201, answer.text
    run: Json = answer.json()
    [entry] = line_up_of(run["settings"])
    for seed, text in said.items():
        create_sample(
            session, seed, key=None, response=text, answer=None, template_hash=entry.template_hash,
            settings_hash=entry.settings_hash, max_tokens=entry.sampling.max_tokens,
            endpoint=session.get_one(type(create_endpoint(session)), entry.endpoint_id),
        )  # fmt: skip
    choices = choices_of([DomainChoice(**one) for one in LIST])
    revisions = [seed.revision_id for seed in said]
    for _ in range(2):  # what is read stays read
        read_suggestions(session, run["id"], entry, revisions, choices)
    session.commit()
    return run


def domains(client: TestClient) -> list[str | None]:
    """Of all seeds, the oldest first."""
    rows = client.get("/v1/seeds").json()["items"]
    return [row["domain"] for row in sorted(rows, key=lambda row: row["id"])]


@pytest.fixture
def sorted_run(client: TestClient, session: Session, body: Json) -> Json:
    """By hand: three given domains of which two are found again, and two seeds that had none."""
    said = {
        create_seed(session, "a", domain="algebra"): names("algebra"),
        create_seed(session, "b", domain="algebra"): names("geometry"),
        create_seed(session, "c", domain="geometry"): names("geometry"),
        create_seed(session, "d"): names("geometry"),
        create_seed(session, "e"): names("other"),
        create_seed(session, "f"): names("astrology"),
    }
    return told(client, session, body, said)


def test_suggestions_are_counted_and_held_against_given_domains(
    client: TestClient, sorted_run: Json
) -> None:
    found = client.get(f"/v1/runs/{sorted_run['id']}/domains:summary").json()
    assert (found["judge"], found["replies"]) == ("sorter", 6)
    assert {one["outcome"]: one["count"] for one in found["outcomes"]} == {
        "named": 4, "other": 1, "unknown_name": 1,
    }  # fmt: skip
    assert [(one["domain"], one["seeds"], one["new"]) for one in found["domains"]] == [
        ("geometry", 3, 1), ("algebra", 1, 0), (None, 1, 1),
    ]  # fmt: skip
    pairs = {(one["given"], one["suggested"]): one["seeds"] for one in found["confusion"]}
    assert pairs == {
        ("algebra", "algebra"): 1, ("algebra", "geometry"): 1, ("geometry", "geometry"): 1,
    }  # fmt: skip
    assert found["agreement"] == pytest.approx(2 / 3)
    assert (found["applicable"], found["replaceable"], found["applied"]) == (1, 2, [])


def test_applying_is_one_action_that_one_undo_takes_back(
    client: TestClient, sorted_run: Json
) -> None:
    path = f"/v1/runs/{sorted_run['id']}/domains:apply"
    order = {"token": str(uuid4()), "replace": True}
    assert client.post(path, json=order | {"dry_run": True}).json()["count"] == 2
    for _ in range(2):
        assert client.post(path, json=order).json()["count"] == 2
    assert domains(client) == ["algebra", "geometry", "geometry", "geometry", None, None]
    found = client.get(f"/v1/runs/{sorted_run['id']}/domains:summary").json()
    assert found["agreement"] == pytest.approx(2 / 3)  # against what was given then
    assert found["replaceable"] == 0
    [applied] = found["applied"]
    assert (applied["batch"], applied["count"]) == (order["token"], 2)
    assert applied["reason"] == f"domain suggested by sorter in run {sorted_run['id']}"
    undo = {"token": str(uuid4()), "batch": order["token"]}
    assert client.post("/v1/decisions:undo-batch", json=undo).json()["count"] == 2
    assert client.get(path.replace(":apply", ":summary")).json()["replaceable"] == 2


def test_given_domains_are_kept_unless_they_are_to_be_replaced(
    client: TestClient, sorted_run: Json
) -> None:
    path = f"/v1/runs/{sorted_run['id']}/domains:apply"
    assert client.post(path, json={"token": str(uuid4())}).json()["count"] == 1
    assert domains(client) == ["algebra", "algebra", "geometry", "geometry", None, None]


def test_suggestions_are_listed_by_pages(client: TestClient, sorted_run: Json) -> None:
    path = f"/v1/runs/{sorted_run['id']}/domains"
    first = client.get(path, params={"domain": "geometry", "limit": 2}).json()
    rest = client.get(path, params={"domain": "geometry", "after": first["next"]}).json()
    assert [one["given"] for one in first["items"] + rest["items"]] == [
        "algebra", "geometry", None,
    ]  # fmt: skip
    [lost] = client.get(path, params={"outcome": "unknown_name"}).json()["items"]
    assert (lost["domain"], lost["said"]) == (None, "astrology is not in the list")


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"domains": []}, "domains"),
        ({"domains": [{"name": "a"}, {"name": "A"}]}, ""),
        ({"domains": [{"name": "Other"}]}, ""),
        ({"domains": [{"name": "a\nb"}]}, "domains.0.name"),
        ({"endpoint_id": 999}, "endpoint_id"),
        ({"filter": {"domain": "law"}}, "filter"),
    ],
)
def test_wrong_orders_are_refused_by_field(
    client: TestClient, session: Session, body: Json, change: Json, field: str
) -> None:
    create_seed(session)
    session.commit()
    answer = client.post("/v1/domain-runs", json=body | change)
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == field


def test_weak_models_and_those_asked_by_batches_do_not_sort(
    client: TestClient, session: Session, body: Json
) -> None:
    create_seed(session)
    weak = create_endpoint(session, "weak")
    batched = create_endpoint(session, "judge", uses_batches=True)
    session.commit()
    for endpoint in (weak, batched):
        answer = client.post("/v1/domain-runs", json=body | {"endpoint_id": endpoint.id})
        assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "endpoint_id")


def test_forecast_counts_seeds_without_a_domain_and_starts_nothing(
    client: TestClient, session: Session, body: Json
) -> None:
    create_seed(session)
    create_seed(session, domain="law")
    session.commit()
    found = client.post("/v1/domain-runs:forecast", json=body).json()
    assert (found["seeds"], found["calls"], found["already_stored"]) == (1, 1, 0)
    assert client.get("/v1/runs").json()["items"] == []


def test_run_for_something_else_suggests_nothing(
    client: TestClient, client_as: ClientFactory, session: Session, sorted_run: Json
) -> None:
    other = create_run(session, "traces").id
    session.commit()
    wrong = client.get(f"/v1/runs/{other}/domains:summary")
    assert (wrong.status_code, wrong.json()["code"]) == (409, "not_for_domains")
    assert client.get("/v1/runs/999/domains:summary").status_code == 404
    viewer = client_as("viewer")
    path = f"/v1/runs/{sorted_run['id']}/domains"
    assert viewer.get(path).status_code == 200
    assert viewer.post(f"{path}:apply", json={"token": str(uuid4())}).status_code == 403
