"""Frozen versions: the same bytes again, unchanged by what comes later, compared, and blocked."""

import hashlib
from typing import Any
from uuid import uuid4

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from backend.duplicates.tables import DuplicateGroup, DuplicateMember
from backend.jobs import service as jobs
from backend.mixtures import freezing
from backend.mixtures.freezing import line_of
from backend.mixtures.tables import MixtureRow
from backend.seeds.tables import Seed
from backend.traces.tables import Trace
from tests.mixtures import Json, frozen, made, rows, taught, version
from workers.tasks.mixtures import write_down

MIXED = {"validation_share": 0.3, "parts": [{"default_epochs": 2.5}]}


def lines_hash(session: Session, version_id: int) -> str:
    """What the hash is by the rows that stand."""
    wanted = select(MixtureRow).where(MixtureRow.version_id == version_id)
    stored = session.scalars(wanted.order_by(MixtureRow.position))
    lines = (
        line_of({name: getattr(row, name) for name in MixtureRow.__table__.columns.keys()})
        for row in stored
    )
    return hashlib.sha256(b"".join(lines)).hexdigest()


def counts(comparison: Json) -> dict[tuple[str, str], int]:
    return {(one["change"], one["why"]): one["seeds"] for one in comparison["counts"]}


def test_version_lists_wording_trace_weight_and_order(
    session: Session, client: TestClient, woken: list[int]
) -> None:
    for _ in range(20):
        taught(session)
    session.commit()
    found = frozen(client, woken, made(client, **MIXED)["id"])
    assert (found["state"], found["number"], found["blocked"]) == ("frozen", 1, False)
    listed = rows(client, found["id"])
    assert [row["position"] for row in listed] == list(range(len(listed)))
    train = [row for row in listed if row["split"] == "train"]
    assert listed[: len(train)] == train
    assert (found["figures"]["train"]["rows"], found["figures"]["validation"]["rows"]) == (
        len(train), len(listed) - len(train),
    )  # fmt: skip
    assert {row["weight"] for row in train} == {2.5}
    assert len(train) == int(2.5 * len({row["seed_id"] for row in train}) + 0.5)
    assert all(row["sample_id"] for row in listed)
    assert found["rows_hash"] == lines_hash(session, found["id"])


def test_same_inputs_give_the_same_bytes_in_chunks_of_any_size(
    session: Session, client: TestClient, woken: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(30):
        taught(session, source=f"s{number % 4}", traces=number % 2 + 1)
    session.commit()
    mixture = made(client, trace="random", **MIXED)
    first = frozen(client, woken, mixture["id"])
    monkeypatch.setattr(freezing, "CHUNK", 7)
    second = frozen(client, woken, mixture["id"])
    assert first["rows_hash"] == second["rows_hash"]
    assert (second["number"], first["figures"]) == (2, second["figures"])
    other = frozen(client, woken, made(client, "other", random_seed=1, trace="random")["id"])
    assert other["rows_hash"] != first["rows_hash"]


def test_killed_freeze_begins_again_and_a_whole_one_is_left_alone(
    session: Session, client: TestClient, woken: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(10):
        taught(session)
    session.commit()
    mixture = made(client, **MIXED)
    expected = frozen(client, woken, mixture["id"])["rows_hash"]
    asked = client.post(f"/v1/mixtures/{mixture['id']}:freeze").json()
    assert asked["state"] == "freezing"
    job = jobs.claim(woken[-1], -1, "host/1")  # its lease is over at once
    assert job is not None
    with monkeypatch.context() as patch:
        patch.setattr(freezing, "figures", lambda *_: 1 / 0)  # dies before its last step
        with pytest.raises(ZeroDivisionError):
            write_down(job)
    assert version(client, asked["id"])["rows_hash"] is None
    second = jobs.claim(woken[-1], 30, "host/2")
    assert second is not None
    write_down(second)
    assert version(client, asked["id"])["rows_hash"] == expected
    write_down(second)
    assert lines_hash(session, asked["id"]) == expected
    with pytest.raises(jobs.LeaseLost):
        write_down(job)


def test_nothing_that_changes_later_changes_a_version(
    session: Session, client: TestClient, woken: list[int]
) -> None:
    seeds = [taught(session) for _ in range(6)]
    session.commit()
    mixture = made(client)
    before = frozen(client, woken, mixture["id"])
    listed = rows(client, before["id"])
    edit = {"prompt": "Another question?", "domain": "law"}
    assert client.patch(f"/v1/seeds/{seeds[0].id}", json=edit).status_code == 200
    session.execute(update(Seed).where(Seed.id == seeds[1].id).values(status="rejected"))
    session.execute(
        update(Trace).where(Trace.revision_id == seeds[2].revision_id)
        .values(state="rejected", reason="wrong")
    )  # fmt: skip
    client.put(f"/v1/mixtures/{mixture['id']}", json={"edition": 1, "recipe": {"trace": "none"}})
    session.commit()
    after = version(client, before["id"])
    assert after == before
    assert rows(client, before["id"]) == listed
    assert lines_hash(session, before["id"]) == before["rows_hash"]


def test_families_never_stand_on_both_sides(
    session: Session, client: TestClient, woken: list[int]
) -> None:
    """Near-duplicates, and synthetic seeds with their parents, named either way."""
    seeds = [taught(session) for _ in range(64)]
    for leader, member in zip(seeds[:16], seeds[16:32], strict=True):
        group = DuplicateGroup(kind="variants", leader_id=leader.id)
        session.add(group)
        session.flush()
        session.add(DuplicateMember(group_id=group.id, seed_id=member.id, similarity=0.9))
    for parent, child in zip(seeds[16:32], seeds[32:48], strict=True):
        child.extra = {"parent_seed_id": parent.id}
    for parent, child in zip(seeds[32:48], seeds[48:], strict=True):
        child.extra = {"parent_external_id": parent.external_id}
    session.commit()
    found = frozen(client, woken, made(client, validation_share=0.5)["id"])
    side = {row["seed_id"]: row["split"] for row in rows(client, found["id"])}
    families = [[side[seeds[at + step].id] for step in (0, 16, 32, 48)] for at in range(16)]
    assert all(len(set(family)) == 1 for family in families)
    assert {family[0] for family in families} == {"train", "validation"}


def test_comparison_says_what_came_and_went_and_why(
    session: Session, client: TestClient, woken: list[int]
) -> None:
    same, weaker, dropped, barred, reworded = [taught(session) for _ in range(5)]
    waiting = taught(session, agreement=0.0)
    weaker.domain = "code"
    session.commit()
    easy = {"parts": [{"max_difficulty": 0.9, "default_epochs": 2}]}
    for seed in (same, weaker, dropped, barred, reworded):
        seed.agreement = 0.5
    session.commit()
    mixture = made(client, **easy)
    before = frozen(client, woken, mixture["id"])
    dropped.status = "rejected"
    fresh = taught(session, agreement=0.5)
    session.commit()
    take_down(client, barred.id)
    part = {"default_epochs": 2, "clusters": [{"domain": "code", "tier": "high", "epochs": 1}]}
    change = {"edition": 1, "recipe": {"parts": [part]}}
    assert client.put(f"/v1/mixtures/{mixture['id']}", json=change).status_code == 200
    after = frozen(client, woken, mixture["id"])
    compared = client.get(
        f"/v1/mixture-versions/{before['id']}:compare", params={"after": after["id"]}
    ).json()
    assert compared["same"] is False
    whys = {one["seed_id"]: (one["change"], one["why"]) for one in compared["differences"]}
    assert whys == {
        weaker.id: ("changed", "weight"), dropped.id: ("went", "not_meant"),
        barred.id: ("went", "taken_down"), waiting.id: ("came", "difficulty"),
        fresh.id: ("came", "not_meant"),
    }  # fmt: skip
    assert sum(one["seeds"] for one in compared["counts"]) == 5
    assert compared["recipe"] == {
        "parts.all.clusters.code, high.domain": [None, "code"],
        "parts.all.clusters.code, high.epochs": [None, 1.0],
        "parts.all.clusters.code, high.tier": [None, "high"],
        "parts.all.max_difficulty": [0.9, None],
    }
    assert before["withdrawn"] == 0
    itself = f"/v1/mixture-versions/{before['id']}:compare?after={before['id']}"
    assert client.get(itself).json()["counts"] == []


def test_versions_that_are_not_whole_are_not_compared(
    session: Session, client: TestClient, woken: list[int]
) -> None:
    taught(session)
    session.commit()
    mixture = made(client)
    whole = frozen(client, woken, mixture["id"])
    asked = client.post(f"/v1/mixtures/{mixture['id']}:freeze").json()
    answer = client.get(f"/v1/mixture-versions/{whole['id']}:compare?after={asked['id']}")
    assert (answer.status_code, answer.json()["code"]) == (409, "not_frozen")


def test_recipe_that_cannot_be_mixed_fails_with_the_reason(
    session: Session, client: TestClient, woken: list[int]
) -> None:
    taught(session)
    session.commit()
    mixture = made(client, parts=[{"source_caps": {"*": {"share": 0.2}}}])
    asked = client.post(f"/v1/mixtures/{mixture['id']}:freeze").json()
    job = jobs.claim(woken[-1], 30, "host/1")
    assert job is not None
    with pytest.raises(Exception, match="the caps leave nothing"):
        write_down(job)
    jobs.finish(job, "Invalid: all: the caps leave nothing")
    found = version(client, asked["id"])
    assert (found["state"], found["error"]) == ("failed", "Invalid: all: the caps leave nothing")


def take_down(client: TestClient, *seed_ids: int, **fields: Any) -> str:
    token = str(uuid4())
    body = {"token": token, "reason": "licence", "seed_ids": seed_ids, **fields}
    assert client.post("/v1/takedowns", json=body).json()["count"] == len(seed_ids)
    return token


def test_seeds_taken_down_mark_every_version_that_holds_them(
    session: Session, client: TestClient, woken: list[int]
) -> None:
    seeds = [taught(session) for _ in range(4)]
    session.commit()
    mixture = made(client, parts=[{"default_epochs": 3}])
    before = frozen(client, woken, mixture["id"])
    token = take_down(client, seeds[0].id, seeds[1].id)
    after = frozen(client, woken, mixture["id"])
    marked = [
        (one["number"], one["withdrawn"], one["blocked"])
        for one in client.get(f"/v1/mixtures/{mixture['id']}/versions").json()["items"]
    ]
    assert marked == [(2, 0, False), (1, 2, True)]
    assert {row["seed_id"] for row in rows(client, after["id"])} == {seeds[2].id, seeds[3].id}
    assert version(client, before["id"])["rows_hash"] == before["rows_hash"]
    assert client.post(f"/v1/takedowns/{token}:lift").json()["count"] == 2
    assert version(client, before["id"])["blocked"] is False


def test_seeds_of_an_import_that_was_taken_back_block_too(
    session: Session, client: TestClient, woken: list[int]
) -> None:
    seed = taught(session)
    session.commit()
    found = frozen(client, woken, made(client)["id"])
    session.execute(update(Seed).where(Seed.id == seed.id).values(withdrawn_at=seed.created_at))
    session.commit()
    assert version(client, found["id"])["withdrawn"] == 1
