"""Frozen versions: the same bytes again, unchanged by what comes later, compared, and blocked."""

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import update
from sqlalchemy.orm import Session

from backend.duplicates.tables import DuplicateGroup, DuplicateMember
from backend.jobs import service as jobs
from backend.mixtures import freezing
from backend.mixtures.tables import MixtureRow
from backend.proposals.tables import SeedParent
from backend.science.augmentation_templates import KINDS
from backend.science.seed_families import is_held_out
from backend.seeds.tables import Seed
from backend.traces.tables import Trace
from dashboard.mixture_words import WHYS
from tests.builders import create_sample
from tests.mixtures import Json, frozen, made, rows, take_down, taught, version
from workers.tasks.mixtures import write_down

MIXED = {"validation_share": 0.3, "parts": [{"default_epochs": 2.5}]}


def is_as_frozen(client: TestClient, version_id: int) -> bool:
    """Whether the rows that stand have the hash of then."""
    return bool(client.get(f"/v1/mixture-versions/{version_id}:verify").json()["same"])


def create_child(session: Session, parent: Seed, child: Seed) -> None:
    """A model made it of the parent."""
    sample = create_sample(session, parent, "teacher", index=9)
    session.add(
        SeedParent(
            seed_id=child.id, parent_id=parent.id, parent_revision_id=parent.revision_id,
            kind=KINDS[0], endpoint_id=sample.endpoint_id, template_hash="t", sample_id=sample.id,
            answer="42", why="harder",
        )
    )  # fmt: skip


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
    assert is_as_frozen(client, found["id"])
    first = session.get_one(MixtureRow, (found["id"], 0))
    first.copy += 1
    session.commit()
    assert not is_as_frozen(client, found["id"])


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
    assert is_as_frozen(client, asked["id"])
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
    assert is_as_frozen(client, before["id"])


def test_families_never_stand_on_both_sides(
    session: Session, client: TestClient, woken: list[int]
) -> None:
    """Near-duplicates, and synthetic seeds with their parents: four in a row each time."""
    seeds = [taught(session) for _ in range(64)]
    for leader, member in zip(seeds[:16], seeds[16:32], strict=True):
        group = DuplicateGroup(kind="variants", leader_id=leader.id)
        session.add(group)
        session.flush()
        session.add(DuplicateMember(group_id=group.id, seed_id=member.id, similarity=0.9))
    for parents, children in ((seeds[16:32], seeds[32:48]), (seeds[32:48], seeds[48:])):
        for parent, child in zip(parents, children, strict=True):
            create_child(session, parent, child)
    session.commit()
    found = frozen(client, woken, made(client, validation_share=0.5)["id"])
    side = {row["seed_id"]: row["split"] for row in rows(client, found["id"])}
    families = [[side[seeds[at + step].id] for step in (0, 16, 32, 48)] for at in range(16)]
    assert all(len(set(family)) == 1 for family in families)
    assert {family[0] for family in families} == {"train", "validation"}


def test_comparison_says_what_came_and_went_and_why(
    session: Session, client: TestClient, woken: list[int]
) -> None:
    same, weaker, dropped, barred, reworded, returned = [taught(session) for _ in range(6)]
    waiting = taught(session, agreement=0.0)
    weaker.domain = "code"
    session.commit()
    easy = {"parts": [{"max_difficulty": 0.9, "default_epochs": 2}]}
    for seed in (same, weaker, dropped, barred, reworded, returned):
        seed.agreement = 0.5
    session.commit()
    mixture = made(client, **easy)
    before = frozen(client, woken, mixture["id"])
    dropped.status = "rejected"
    returned.withdrawn_at = returned.created_at
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
        fresh.id: ("came", "not_meant"), returned.id: ("went", "taken_back"),
    }  # fmt: skip
    assert sum(one["seeds"] for one in compared["counts"]) == 6
    assert compared["recipe"] == {
        "parts.all.clusters.code, high.domain": [None, "code"],
        "parts.all.clusters.code, high.epochs": [None, 1.0],
        "parts.all.clusters.code, high.tier": [None, "high"],
        "parts.all.max_difficulty": [0.9, None],
    }
    assert before["withdrawn"] == 0
    assert {why for _, why in counts(compared)} <= WHYS.keys()
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
    compare = f"/v1/mixture-versions/{whole['id']}:compare?after={asked['id']}"
    for path in (compare, f"/v1/mixture-versions/{asked['id']}:verify"):
        answer = client.get(path)
        assert (answer.status_code, answer.json()["code"]) == (409, "not_frozen")


@pytest.mark.parametrize(
    ("part", "reason"),
    [
        ({"source_caps": {"*": {"share": 0.2}}}, "all: the caps leave nothing to train on"),
        ({"filter": {"domain": "misspelt"}}, "there is nothing to train on: preview the recipe"),
    ],
)
def test_recipe_that_leaves_nothing_fails_with_the_reason(
    session: Session, client: TestClient, woken: list[int], part: Json, reason: str
) -> None:
    from workers.app import run_job

    taught(session)
    session.commit()
    asked = client.post(f"/v1/mixtures/{made(client, parts=[part])['id']}:freeze").json()
    run_job(woken[-1])
    found = version(client, asked["id"])
    assert found["state"] == "failed"
    assert found["error"].startswith(reason)


def test_version_of_held_out_rows_alone_is_refused(
    session: Session, client: TestClient, woken: list[int]
) -> None:
    from workers.app import run_job

    seed = taught(session)
    session.commit()
    draws = (draw for draw in range(100) if is_held_out(seed.id, draw, 0.5))
    mixture = made(client, random_seed=next(draws), validation_share=0.5)
    asked = client.post(f"/v1/mixtures/{mixture['id']}:freeze").json()
    run_job(woken[-1])
    found = version(client, asked["id"])
    assert (found["state"], found["error"][:30]) == ("failed", "there is nothing to train on: ")
