"""Groups as callers see them."""

from typing import Any
from uuid import uuid4

import pytest
from fastapi.testclient import TestClient
from sqlalchemy.orm import Session

from backend.duplicates import groups, service
from backend.jobs.tables import Job
from backend.seeds.tables import Seed
from tests.builders import create_seed
from tests.conftest import ClientFactory
from tests.duplicates import DUCKS, OTHER_NUMBERS, ROBE, run_find


def listed(client: TestClient, **query: Any) -> list[dict[str, Any]]:
    answer = client.get("/v1/duplicates", params=query)
    assert answer.status_code == 200, answer.text
    return answer.json()["items"]


def read(client: TestClient, group_id: int) -> dict[str, Any]:
    answer = client.get(f"/v1/duplicates/{group_id}")
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_list_shows_kind_size_and_least_similarity(session: Session, client: TestClient) -> None:
    ducks = create_seed(session, DUCKS, domain="farms", licence="MIT")
    create_seed(session, f"{DUCKS}!")
    create_seed(session, DUCKS.replace("old", "new"))
    create_seed(session, OTHER_NUMBERS)
    run_find(session)
    variants, copies = listed(client)
    assert [variants["kind"], variants["size"]] == ["variants", 2]
    assert [copies["kind"], copies["size"], copies["undecided"]] == ["copies", 3, True]
    # 32 shingles, three of which hold the one word that differs: 29 of 35.
    assert copies["similarity"] == pytest.approx(29 / 35)
    assert copies["leader"]["id"] == ducks.id
    assert (copies["leader"]["domain"], copies["leader"]["licence"]) == ("farms", "MIT")
    assert [row["id"] for row in listed(client, kind="copies")] == [copies["id"]]


def test_pages_hold_every_group_once(session: Session, client: TestClient) -> None:
    for number in range(5):
        create_seed(session, f"{ROBE} {number}"), create_seed(session, f"{ROBE} {number}!")
    run_find(session)
    found, after = [], None
    while True:
        query = {"kind": "copies", "limit": 2} | ({"after": after} if after else {})
        page = client.get("/v1/duplicates", params=query).json()
        found += [row["id"] for row in page["items"]]
        after = page["next"]
        if after is None:
            break
    assert found == sorted(found, reverse=True)
    assert len(found) == 5


def test_detail_marks_what_differs_from_the_leader(session: Session, client: TestClient) -> None:
    create_seed(session, DUCKS)
    copy = create_seed(session, DUCKS.replace("old", "very new").upper())
    variant = create_seed(session, OTHER_NUMBERS)
    run_find(session)
    for group in [read(client, row["id"]) for row in listed(client)]:
        [member] = group["members"]
        marked = [member["prompt"][begin:end] for begin, end in member["changes"]]
        replaced = [group["leader_prompt"][begin:end] for begin, end in member["leader_changes"]]
        if group["kind"] == "copies":
            assert (member["seed"]["id"], member["numbers_differ"]) == (copy.id, False)
            assert (marked, replaced) == (["VERY NEW"], ["old"])
        else:
            assert (member["seed"]["id"], member["numbers_differ"]) == (variant.id, True)
            assert (marked, replaced) == (["29"], ["16"])
        assert group["members_left"] == 0


def test_texts_too_long_to_align_are_not_marked(session: Session, client: TestClient) -> None:
    long = " ".join(f"word{number}" for number in range(3001))
    create_seed(session, long), create_seed(session, f"{long} end")
    run_find(session)
    [group] = listed(client)
    [member] = read(client, group["id"])["members"]
    assert (member["changes"], member["leader_changes"]) == (None, None)


def test_detail_lists_the_most_similar_members_and_counts_the_rest(
    session: Session, client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(groups, "MEMBERS_SHOWN", 1)
    create_seed(session, DUCKS)
    create_seed(session, DUCKS.replace("old", "new"))
    nearest = create_seed(session, f"{DUCKS}!")
    run_find(session)
    detail = read(client, listed(client)[0]["id"])
    assert [member["seed"]["id"] for member in detail["members"]] == [nearest.id]
    assert (detail["size"], detail["members_left"]) == (3, 1)


def test_seeds_that_changed_since_are_not_shown(session: Session, client: TestClient) -> None:
    create_seed(session, DUCKS)
    copy, other = create_seed(session, f"{DUCKS}!"), create_seed(session, f"{DUCKS}?")
    run_find(session)
    client.patch(f"/v1/seeds/{copy.id}", json={"prompt": "Something else?"})
    [group] = listed(client)
    assert [m["seed"]["id"] for m in read(client, group["id"])["members"]] == [other.id]
    session.get_one(Seed, other.id).withdrawn_at = other.created_at
    session.commit()
    assert listed(client) == []
    assert client.get(f"/v1/duplicates/{group['id']}").status_code == 404


def test_group_with_one_seed_that_is_not_rejected_is_decided(
    session: Session, client: TestClient
) -> None:
    create_seed(session, DUCKS), create_seed(session, f"{DUCKS}!", status="rejected")
    create_seed(session, ROBE, status="rejected"), create_seed(session, f"{ROBE}!")
    undecided = create_seed(session, "Why is it so?", status="accepted")
    create_seed(session, "why is it so")
    run_find(session)
    assert [row["leader"]["id"] for row in listed(client, undecided=True)] == [undecided.id]
    assert len(listed(client, undecided=False)) == 2


def test_state_says_what_is_due_and_where_the_search_stopped(
    session: Session, client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    create_seed(session, DUCKS), create_seed(session, f"{DUCKS}!"), create_seed(session, "?")
    run_find(session)
    job = client.post("/v1/duplicates:find").json()
    assert job["kind"] == service.FIND
    state = client.get("/v1/duplicates/search").json()
    counts = ("seeds", "copies", "variants", "due", "no_words", "left_out", "crowded")
    assert [state[name] for name in counts] == [3, 1, 0, 0, 1, 0, 0]
    assert state["job"]["id"] == job["id"]
    assert state["threshold"] == 0.7
    create_seed(session, ROBE)
    again = client.post("/v1/duplicates:find").json()
    assert again["id"] == job["id"]  # the one that waits will do
    assert client.get("/v1/duplicates/search").json()["due"] == 1
    session.get_one(Job, job["id"]).state = "done"
    session.commit()
    assert client.get("/v1/duplicates/search").json()["job"] is None


def test_imported_seeds_are_due_and_withdrawn_ones_leave(
    session: Session, client: TestClient
) -> None:
    rows = [{"prompt": prompt, "source": "s"} for prompt in (DUCKS, f"{DUCKS}!")]
    pushed = client.post("/v1/seeds:bulk", json=rows).json()
    assert client.get("/v1/duplicates/search").json()["due"] == 2
    run_find(session)
    assert len(listed(client)) == 1
    again = client.post("/v1/seeds:bulk", json=[{**row, "licence": "MIT"} for row in rows]).json()
    assert client.get("/v1/duplicates/search").json()["due"] == 0  # they read as they did
    for answer in (again, pushed):
        client.post(f"/v1/imports/{answer['import_id']}:undo")
    run_find(session)
    assert listed(client) == []
    assert client.get("/v1/duplicates/search").json()["seeds"] == 0


@pytest.mark.parametrize(
    ("method", "path"), [("get", "/v1/duplicates/7"), ("post", "/v1/duplicates/7:keep"),
                         ("post", "/v1/duplicates/7:dismiss")],
)  # fmt: skip
def test_unknown_group_is_not_found(client: TestClient, method: str, path: str) -> None:
    body = {"token": str(uuid4())} | ({"seed_id": 1} if "keep" in path else {})
    options = {} if method == "get" else {"json": body}
    assert client.request(method, path, **options).status_code == 404


@pytest.mark.parametrize("query", [{"kind": "other"}, {"limit": 0}, {"after": "x"}, {"unknown": 1}])
def test_wrong_queries_are_refused(client: TestClient, query: dict[str, Any]) -> None:
    assert client.get("/v1/duplicates", params=query).status_code == 422


def test_viewers_look_and_curators_search(client_as: ClientFactory) -> None:
    viewer = client_as("viewer")
    assert viewer.get("/v1/duplicates").status_code == 200
    assert viewer.post("/v1/duplicates:find").status_code == 403
    assert client_as("curator").post("/v1/duplicates:find").status_code == 200
