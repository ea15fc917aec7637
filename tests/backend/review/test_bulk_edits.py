"""Tags and domain of many seeds: one action, an event a seed, one undo and redo."""

from typing import Any
from uuid import uuid4

import pytest
from fastapi.testclient import TestClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.orm import Session

from backend.jobs.service import claim
from backend.review import bulk
from backend.review.editing import tags_after
from backend.review.tables import Decision
from backend.seeds.tables import Seed
from tests.backend.review.test_moving import clusters, undo
from tests.builders import create_seed
from tests.conftest import ClientFactory
from workers.tasks.decisions import decide


def body(**fields: Any) -> dict[str, Any]:
    named = {} if "seed_ids" in fields else {"filter": {}}
    return {"token": str(uuid4()), "reason": "sorting", **named, **fields}


def edit(client: TestClient, **fields: Any) -> dict[str, Any]:
    answer = client.post("/v1/seeds:edit", json=body(**fields))
    assert answer.status_code in (200, 202), answer.text
    found: dict[str, Any] = answer.json()
    return found


def work_off(woken: list[int]) -> None:
    job = claim(woken[-1], 60, "test/1")
    assert job is not None
    decide(job)


def test_tags_and_domain_of_all_that_match_are_set_undone_and_set_again(
    session: Session, client: TestClient
) -> None:
    create_seed(session, domain="maths", tags=["old", "zeta"])
    create_seed(session, domain="maths")
    create_seed(session, domain="poetry", tags=["old"])
    session.commit()
    change = {"add_tags": [" olympiad "], "remove_tags": ["old"], "domain": "algebra"}
    before = clusters(session)
    counted = edit(client, filter={"domain": "maths"}, dry_run=True, **change)
    assert (counted["count"], clusters(session)) == (2, before)

    done = edit(client, filter={"domain": "maths"}, **change)
    after = [("algebra", ["olympiad", "zeta"]), ("algebra", ["olympiad"]), ("poetry", ["old"])]
    assert clusters(session) == after
    events = session.scalars(select(Decision).order_by(Decision.seed_id)).all()
    assert [(event.kind, event.reason, str(event.batch)) for event in events] == [
        ("edit", "sorting", done["batch"])
    ] * 2
    assert events[0].before == {"tags": ["old", "zeta"], "domain": "maths"}
    assert events[0].after == {"tags": ["olympiad", "zeta"], "domain": "algebra"}

    undone = undo(client, done["batch"])
    assert clusters(session) == before
    undo(client, undone)
    assert clusters(session) == after


def test_history_says_what_was_changed_and_by_which_filter(
    session: Session, client: TestClient
) -> None:
    create_seed(session, domain="maths")
    session.commit()
    done = edit(client, filter={"domain": "maths"}, add_tags=["b", "a"], domain=None)
    redone = undo(client, undo(client, done["batch"]))
    listed = client.get("/v1/history", params={"kind": "edit"}).json()["items"]
    again, first = [entry["batch"] for entry in listed]
    assert first["changes"] == again["changes"] == {"add_tags": ["a", "b"], "domain": None}
    assert (first["filter"], again["batch"]) == ({"domain": "maths"}, redone)
    assert clusters(session) == [(None, ["a", "b"])]


def test_seeds_that_stand_so_already_get_no_event(session: Session, client: TestClient) -> None:
    seed = create_seed(session, domain="maths", tags=["olympiad"])
    session.commit()
    given = {"seed_ids": [seed.id], "domain": "maths", "remove_tags": ["other"]}
    assert edit(client, add_tags=["olympiad"], **given)["count"] == 0
    assert session.scalars(select(Decision)).all() == []


def test_seed_that_can_have_no_more_tags_is_left_alone_and_counted(
    session: Session, client: TestClient
) -> None:
    full = [f"tag {number:02}" for number in range(50)]
    create_seed(session, tags=full)
    create_seed(session, tags=full[:49])
    session.commit()
    counted = edit(client, add_tags=["a"], dry_run=True)
    assert (counted["count"], counted["left_out"]) == (1, 1)
    done = edit(client, add_tags=["a"])
    assert (done["count"], done["left_out"]) == (1, 1)
    assert clusters(session) == [(None, full), (None, ["a", *full[:49]])]
    # What takes one away has room for another.
    assert edit(client, add_tags=["b"], remove_tags=["tag 00"])["count"] == 2


def test_later_edit_of_the_same_tags_keeps_its_word_on_undo(
    session: Session, client: TestClient
) -> None:
    one, other = create_seed(session), create_seed(session)
    session.commit()
    first = edit(client, add_tags=["a"])
    edit(client, seed_ids=[other.id], add_tags=["b"])
    undo(client, first["batch"])
    assert clusters(session) == [(None, []), (None, ["a", "b"])]
    assert one.id < other.id


def test_many_are_edited_chunk_by_chunk_and_the_filter_asked_again(
    session: Session, client: TestClient, woken: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bulk, "AT_ONCE", 2)
    monkeypatch.setattr(bulk, "CHUNK", 2)
    seeds = [create_seed(session, tags=["old"]) for _ in range(5)]
    session.commit()
    # The edit takes away what the filter looks for: each seed is met all the same.
    result = edit(client, filter={"tag": "old"}, remove_tags=["old"], add_tags=["new"])
    assert (result["count"], result["job_id"] is None) == (5, False)
    session.get_one(Seed, seeds[4].id).tags = ["other"]  # no longer meant when its turn comes
    create_seed(session, tags=["old"])  # imported since: never meant
    session.commit()
    work_off(woken)
    tags = [seed_tags for _, seed_tags in clusters(session)]
    assert tags == [["new"]] * 4 + [["other"], ["old"]]
    batch = client.get(f"/v1/batches/{result['batch']}").json()
    assert (batch["count"], batch["left_out"], batch["job"]["done_count"]) == (4, 1, 5)

    undone = client.post(
        "/v1/decisions:undo-batch", json={"token": str(uuid4()), "batch": result["batch"]}
    )
    assert undone.status_code == 202
    work_off(woken)
    tags = [seed_tags for _, seed_tags in clusters(session)]
    assert tags == [["old"]] * 4 + [["other"], ["old"]]


def test_repeated_request_edits_once_and_the_token_stands_for_this_edit_alone(
    session: Session, client: TestClient
) -> None:
    create_seed(session)
    session.commit()
    order = body(add_tags=["a"])
    first = client.post("/v1/seeds:edit", json=order)
    assert client.post("/v1/seeds:edit", json=order).json() == first.json()
    assert len(session.scalars(select(Decision)).all()) == 1
    other = client.post("/v1/seeds:edit", json=order | {"add_tags": ["b"]})
    assert (other.status_code, other.json()["code"]) == (409, "token_reused")


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"add_tags": []},
        {"add_tags": ["a"], "remove_tags": ["a"]},
        {"add_tags": [" "]},
        {"add_tags": [f"{number}" for number in range(51)]},
        {"domain": ""},
        {"add_tags": ["a"], "seed_ids": [1], "filter": {}},
        {"add_tags": ["a"], "reason": ""},
        {"prompt": "another"},
    ],
)
def test_edits_that_say_nothing_or_too_much_are_refused(
    client: TestClient, fields: dict[str, Any]
) -> None:
    assert client.post("/v1/seeds:edit", json=body(**fields)).status_code == 422


def test_viewers_edit_nothing(client_as: ClientFactory) -> None:
    answer = client_as("viewer").post("/v1/seeds:edit", json=body(add_tags=["a"]))
    assert answer.status_code == 403


TAGS = st.lists(st.sampled_from(["a", "B", "é", "z z", "Å", "tier:high"]), max_size=4)


@settings(
    max_examples=40, deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)  # fmt: skip
@given(has=TAGS, add=TAGS, remove=TAGS)
def test_tags_are_those_of_the_set_in_the_order_of_the_api(
    session: Session, has: list[str], add: list[str], remove: list[str]
) -> None:
    remove = [tag for tag in remove if tag not in add]
    seed = create_seed(session, tags=sorted(set(has)))
    session.flush()
    found = session.scalar(select(tags_after(add, remove)).where(Seed.id == seed.id))
    assert found == sorted((set(has) | set(add)) - set(remove))
