"""A seed's groups in its own detail."""

from fastapi.testclient import TestClient
from sqlalchemy import event
from sqlalchemy.orm import Session

from backend.database import engine
from backend.duplicates.seed_groups import OTHERS_SHOWN, groups_of
from tests.builders import create_seed
from tests.duplicates import DUCKS, OTHER_NUMBERS, ROBE, run_find


def test_detail_names_leader_and_members_of_each_group(
    session: Session, client: TestClient
) -> None:
    leader = create_seed(session, DUCKS)
    copy = create_seed(session, f"{DUCKS}!", status="accepted")
    variant = create_seed(session, OTHER_NUMBERS)
    alone = create_seed(session, ROBE)
    run_find(session)

    [mine] = client.get(f"/v1/seeds/{copy.id}").json()["duplicates"]
    assert (mine["kind"], mine["size"], mine["leader_id"]) == ("copies", 2, leader.id)
    [other] = mine["others"]
    assert (other["id"], other["is_leader"], other["status"]) == (leader.id, True, "pending")
    assert other["prompt"] == DUCKS[:160]
    of_leader = client.get(f"/v1/seeds/{leader.id}").json()["duplicates"]
    assert {group["kind"]: [o["id"] for o in group["others"]] for group in of_leader} == {
        "copies": [copy.id],
        "variants": [variant.id],
    }
    assert client.get(f"/v1/seeds/{alone.id}").json()["duplicates"] == []


def test_many_members_are_counted_and_the_nearest_shown(session: Session) -> None:
    seeds = [create_seed(session, DUCKS + "!" * number) for number in range(9)]
    run_find(session)
    for seed in (seeds[0], seeds[1], seeds[-1]):
        [group] = groups_of(session, [seed.id])[seed.id]
        assert (group.size, len(group.others)) == (9, OTHERS_SHOWN)
        assert seed.id not in [other.id for other in group.others]


def test_withdrawn_and_reworded_seeds_are_in_no_group(session: Session, client: TestClient) -> None:
    leader, reworded = create_seed(session, DUCKS), create_seed(session, f"{DUCKS}!")
    run_find(session)
    client.patch(f"/v1/seeds/{reworded.id}", json={"prompt": "Another question?"})
    assert groups_of(session, [leader.id, reworded.id]) == {}


def test_all_seeds_are_asked_for_in_one_query(session: Session) -> None:
    seeds = [create_seed(session, f"{text}{mark}").id for text in (DUCKS, ROBE) for mark in "?!."]
    run_find(session)
    asked: list[str] = []
    listener = lambda *call: asked.append(call[2])  # noqa: E731
    event.listen(engine(), "before_cursor_execute", listener)
    assert set(groups_of(session, seeds)) == set(seeds)
    event.remove(engine(), "before_cursor_execute", listener)
    assert len([statement for statement in asked if "SAVEPOINT" not in statement]) == 1
