"""Every condition of the filter, alone and from outside; orders and stock views are beside."""

from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import pytest
from fastapi.testclient import TestClient
from sqlalchemy.orm import Session

from backend.seeds.filters import SeedFilter
from backend.seeds.tables import Seed
from tests.builders import create_hit, create_seed, create_user
from tests.conftest import ClientFactory
from tests.duplicates import DUCKS, OTHER_NUMBERS, ROBE, run_find


def found(client: TestClient, **query: Any) -> set[str]:
    answer = client.get("/v1/seeds", params=query)
    assert answer.status_code == 200, answer.text
    return {seed["external_id"] for seed in answer.json()["items"]}


def decide(client: TestClient, seed: Seed, kind: str) -> dict[str, Any]:
    row = {"token": str(uuid4()), "seed_id": seed.id, "kind": kind}
    answer = client.post("/v1/decisions", json={"decisions": [row]})
    assert answer.json()["results"][0]["status"] == "stored", answer.text
    result: dict[str, Any] = answer.json()["results"][0]
    return result


VALUES = (
    "score", "agreement", "reliability", "margin", "interval_width", "judge_gap", "steps",
)  # fmt: skip


@pytest.mark.parametrize("name", VALUES)
def test_ranges_hold_both_ends_and_leave_out_what_has_no_value(
    client: TestClient, session: Session, name: str
) -> None:
    for value in (None, 0, 1, 2):
        create_seed(session, external_id=str(value), **{name: value})
    session.commit()
    assert found(client, **{f"min_{name}": 1}) == {"1", "2"}
    assert found(client, **{f"max_{name}": 1}) == {"0", "1"}
    assert found(client, **{f"min_{name}": 1, f"max_{name}": 1}) == {"1"}


@pytest.mark.parametrize("name", [*VALUES, "created"])
def test_range_that_nothing_fits_is_refused_and_the_field_is_named(
    client: TestClient, name: str
) -> None:
    low, high = (f"min_{name}", f"max_{name}") if name != "created" else (
        "created_after", "created_before",
    )  # fmt: skip
    values = (0, 1) if name != "created" else ("2026-01-01", "2026-01-02")
    answer = client.get("/v1/seeds", params={low: values[1], high: values[0]})
    assert answer.status_code == 422
    [error] = answer.json()["errors"]
    assert (error["field"], error["code"]) == (high, "empty_range")
    assert low in error["message"]
    nested = {"token": str(uuid4()), "kind": "flag", "reason": "x", "dry_run": True,
              "filter": {low: values[1], high: values[0]}}  # fmt: skip
    answer = client.post("/v1/decisions:bulk", json=nested)
    assert answer.json()["errors"][0]["field"] == f"filter.{high}"


@pytest.mark.parametrize("name", ["tie", "key_conflict", "flagged"])
def test_marks_are_asked_for_either_way(client: TestClient, session: Session, name: str) -> None:
    create_seed(session, external_id="yes", **{name: True})
    create_seed(session, external_id="no", **{name: False})
    if name != "flagged":
        create_seed(session, external_id="unknown")
    session.commit()
    assert found(client, **{name: True}) == {"yes"}
    assert found(client, **{name: False}) == {"no"}


def test_plain_fields_are_equal_or_not(client: TestClient, session: Session) -> None:
    create_seed(session, external_id="a", licence="MIT", tags=["geometry", "checked twice"])
    create_seed(session, external_id="b", licence="CC-BY-4.0", tags=["geometry"])
    create_seed(session, external_id="c")
    session.commit()
    assert found(client, licence="MIT") == {"a"}
    assert found(client, tag="geometry") == {"a", "b"}
    assert found(client, tag="checked twice") == {"a"}
    assert found(client, tag="geo") == set()
    assert found(client, external_id="c") == {"c"}


def test_times_are_of_one_zone_and_half_open(client: TestClient, session: Session) -> None:
    for day in (1, 2, 3):
        at = datetime(2026, 1, day, tzinfo=UTC)
        create_seed(session, external_id=str(day), created_at=at)
    session.commit()
    assert found(client, created_after="2026-01-02") == {"2", "3"}
    assert found(client, created_before="2026-01-02T00:00:00Z") == {"1"}
    assert found(client, created_before="2026-01-02T01:00:00+02:00") == {"1"}
    assert found(client, created_after="2026-01-02", created_before="2026-01-03") == {"2"}


def test_contaminated_while_a_blocking_hit_is_not_dismissed(
    client: TestClient, session: Session
) -> None:
    for state in ("open", "confirmed", "dismissed"):
        create_hit(session, create_seed(session, external_id=state), state=state)
    create_hit(session, create_seed(session, external_id="to review"), action="review")
    reworded = create_seed(session, external_id="reworded")
    create_hit(session, reworded)
    session.commit()
    client.patch(f"/v1/seeds/{reworded.id}", json={"prompt": "Quite another question?"})
    assert found(client, contaminated=True) == {"open", "confirmed"}
    assert found(client, contaminated=False) == {"dismissed", "to review", "reworded"}


def test_decided_by_whoever_settled_it_and_was_not_undone(
    client_as: ClientFactory, session: Session
) -> None:
    ada, bob = client_as("curator"), client_as("curator")
    seeds = {name: create_seed(session, external_id=name) for name in "abcdef"}
    session.commit()
    for name, kind in zip("abcd", ("accept", "reject", "skip", "flag"), strict=True):
        decide(ada, seeds[name], kind)
    decide(bob, seeds["e"], "needs_rewrite")
    undone = decide(ada, seeds["f"], "accept")["decision_id"]
    number = ada.user.id  # type: ignore[attr-defined]
    assert found(ada, decided_by=number) == {"a", "b", "f"}
    body = {"token": str(uuid4()), "decision_id": undone}
    again = ada.post("/v1/decisions:undo", json=body).json()["decision"]["id"]
    assert found(ada, decided_by=number) == {"a", "b"}
    body = {"token": str(uuid4()), "decision_id": again}
    bob.post("/v1/decisions:undo", json=body)  # who brings it back has decided it
    assert found(ada, decided_by=number) == {"a", "b"}
    assert found(ada, decided_by=bob.user.id) == {"e", "f"}  # type: ignore[attr-defined]


def test_has_duplicates_while_its_group_is_undecided(client: TestClient, session: Session) -> None:
    first = create_seed(session, DUCKS, external_id="first")
    copy = create_seed(session, f"{DUCKS}!", external_id="copy")
    create_seed(session, OTHER_NUMBERS, external_id="variant")
    create_seed(session, ROBE, external_id="alone")
    run_find(session)
    assert found(client, has_duplicates=True) == {"first", "copy", "variant"}
    assert found(client, has_duplicates=False) == {"alone"}
    decide(client, copy, "reject")
    assert found(client, has_duplicates=True) == {"first", "variant"}
    client.patch(f"/v1/seeds/{first.id}", json={"prompt": "Quite another question?"})
    assert found(client, has_duplicates=True) == set()


def test_one_seed_alone(client: TestClient, session: Session) -> None:
    first, _ = (create_seed(session, external_id=name) for name in "ab")
    session.commit()
    assert found(client, seed_id=first.id) == {"a"}
    assert found(client, seed_id=first.id, status="accepted") == set()


@pytest.fixture
def with_all_fields() -> dict[str, Any]:
    """A value for every field of the filter."""
    numbers = {f"{end}_{name}": 1 for name in VALUES for end in ("min", "max")}
    return numbers | {
        "status": "pending", "verdict": "hard", "domain": "d", "source": "s", "licence": "MIT",
        "tag": "t", "external_id": "x", "flagged": True, "tie": True, "key_conflict": True,
        "has_hits": True, "contaminated": True, "has_answer": True, "has_duplicates": True,
        "synthetic": True, "seed_id": 1, "parent": 1,
        "has_domain": True,
        "import_id": 1, "decided_by": 1, "q": "word~", "created_after": "2026-01-01T00:00:00Z",
        "created_before": "2026-01-02T00:00:00Z",
    }  # fmt: skip


def test_whole_filter_is_read_by_everything_that_takes_one(
    client: TestClient, with_all_fields: dict[str, Any]
) -> None:
    assert set(with_all_fields) == set(SeedFilter.model_fields)
    for path in ("/v1/seeds", "/v1/seeds/facets", "/v1/queue"):
        answer = client.get(path, params=with_all_fields)
        assert answer.status_code == 200, answer.text
    bulk = {"token": str(uuid4()), "kind": "flag", "reason": "x", "dry_run": True}
    answer = client.post("/v1/decisions:bulk", json=bulk | {"filter": with_all_fields})
    assert answer.json()["count"] == 0
    assert client.post("/v1/exports:preview", json=with_all_fields).json()["rows"] == 0


def test_filter_is_the_same_after_it_was_stored(with_all_fields: dict[str, Any]) -> None:
    given = SeedFilter(**with_all_fields)
    stored = given.model_dump(exclude_none=True, mode="json")
    assert SeedFilter(**stored) == given
    assert SeedFilter(**{"q": "old", "min_score": 0.5}) == SeedFilter(q="old", min_score=0.5)


def test_stock_views_are_filters_that_lists_take(
    client_as: ClientFactory, session: Session
) -> None:
    ada = client_as("curator")
    marked = {
        "low_margin": {"margin": 0.25}, "tie": {"tie": True, "margin": 0.0},
        "key_conflict": {"key_conflict": True}, "suspect": {"verdict": "suspect"},
        "rewrite_pending": {"status": "needs_rewrite"}, "flagged": {"flagged": True},
        "contaminated": {"open_hits": 1},
    }  # fmt: skip
    seeds = {key: create_seed(session, external_id=key, **marks) for key, marks in marked.items()}
    create_hit(session, seeds["contaminated"])
    mine = create_seed(session, external_id="mine")
    create_seed(session, external_id="plain", margin=0.5)
    create_user(session)
    session.commit()
    decide(ada, mine, "accept")
    views = ada.get("/v1/views/stock").json()
    assert [view["key"] for view in views] == [
        "undecided", "low_margin", "tie", "key_conflict", "suspect", "contaminated",
        "rewrite_pending", "flagged", "mine",
    ]  # fmt: skip
    assert all(view["title"] and view["description"] for view in views)
    shown = {view["key"]: found(ada, sort=view["sort"], **view["filter"]) for view in views}
    assert shown.pop("undecided") == {*marked, "plain"} - {"rewrite_pending"}
    assert shown.pop("low_margin") == {"low_margin", "tie"}
    assert shown == {key: {key} for key in shown}
