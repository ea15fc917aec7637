"""What a seed has gone into, and what of it is to be looked at again."""

from uuid import uuid4

from fastapi.testclient import TestClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from backend.accounts.tables import User
from backend.lineage.tables import ExportRow
from backend.training_runs.tables import Checkpoint, TrainingRun
from tests import version_exports
from tests.builders import create_seed
from tests.lineages import TWICE, exported, get, lived, write_last
from tests.mixtures import frozen, made
from tests.version_exports import frozen_version


def test_killed_export_keeps_the_rows_of_its_last_attempt_alone(
    session: Session, client: TestClient, woken: list[int]
) -> None:
    seeds = [create_seed(session, answer="1", status="accepted") for _ in range(2)]
    first = exported(client, woken)
    again = client.post("/v1/exports", json={"name": "again", "layout": "rl"}).json()
    session.add_all(
        ExportRow(
            export_id=again["id"], position=n, seed_id=seeds[0].id,
            revision_id=seeds[0].revision_id,
        )
        for n in range(5)
    )  # fmt: skip
    session.commit()  # as a killed attempt leaves it
    use = get(client, f"seeds/{seeds[0].id}")["uses"]["exports"]
    assert [one["export_id"] for one in use] == [first["id"]]  # the other is not finished
    write_last(woken)
    use = get(client, f"seeds/{seeds[0].id}")["uses"]["exports"]
    assert [(one["export_id"], one["positions"]) for one in use] == [
        (again["id"], [0]), (first["id"], [0]),
    ]  # fmt: skip


def test_uses_are_marked_when_the_seed_is_taken_down(
    session: Session, client: TestClient, woken: list[int]
) -> None:
    life = lived(session, client)
    held = frozen(client, woken, made(client, **TWICE)["id"])
    export = exported(client, woken)
    uses = get(client, f"seeds/{life.seed.id}")["uses"]
    assert (uses["look_again"], uses["withdrawal"]) == (False, None)
    body = {"token": str(uuid4()), "reason": "licence", "seed_ids": [life.seed.id]}
    batch = client.post("/v1/takedowns", json=body).json()["batch"]
    found = get(client, f"seeds/{life.seed.id}")
    uses = found["uses"]
    assert (found["must_not_be_used"], uses["withdrawal"]["reason"]) == (True, "licence")
    [version_use], [export_use] = uses["versions"], uses["exports"]
    assert (version_use["version_id"], version_use["rows"], version_use["look_again"]) == (
        held["id"], 4, True,
    )  # fmt: skip
    assert (export_use["export_id"], export_use["look_again"]) == (export["id"], True)
    client.post(f"/v1/takedowns/{batch}:lift")
    found = get(client, f"seeds/{life.seed.id}")
    assert (found["uses"]["look_again"], len(found["takedowns"])) == (False, 1)


def test_export_of_a_version_has_the_rows_of_the_version(
    session: Session, client: TestClient, woken: list[int]
) -> None:
    life = lived(session, client)
    session.refresh(life.seed)
    version_id = frozen_version(client, woken, **TWICE)
    export = version_exports.exported(client, woken, version_id)
    for position in range(4):
        there = get(client, "rows", version_id=version_id, position=position)
        found = get(client, "rows", export_id=export["id"], position=position)
        place = found["export"]
        assert (place["export_id"], place["position"]) == (export["id"], position)
        assert place["file"].startswith("data/train-00000")
        assert {**found, "export": None} == {**there, "export": None}
    assert "no position 4" in str(get(client, "rows", 404, export_id=export["id"], position=4))
    uses = get(client, f"seeds/{life.seed.id}")["uses"]
    [use] = uses["exports"]
    assert (use["version_id"], use["rows"], use["positions"]) == (version_id, 4, [0, 1, 2, 3])
    assert uses["unrecorded_exports"] == []


def test_checkpoints_that_saw_a_seed_are_found(
    session: Session, client: TestClient, woken: list[int]
) -> None:
    life = lived(session, client)
    version_id = frozen_version(client, woken)
    export = version_exports.exported(client, woken, version_id)
    bystander = exported(client, woken, filter={"domain": "law"})
    user_id = session.scalars(select(User.id)).first()
    runs = [
        TrainingRun(name=name, kind="sft", export_id=number, recipe={}, target={}, folder=name,
                    state="running", created_by=user_id)
        for name, number in (("first", export["id"]), ("waiting", export["id"]),
                             ("apart", bystander["id"]))
    ]  # fmt: skip
    session.add_all(runs)
    session.flush()
    session.add_all(
        Checkpoint(run_id=runs[0].id, export_id=export["id"], name=f"step-{step}", step=step,
                   is_final=False, path=f"{step}", metrics={}, recipe={}, files=[])
        for step in (100, 200)
    )  # fmt: skip
    session.commit()
    found = get(client, f"seeds/{life.seed.id}")["uses"]["checkpoints"]
    assert [(one["training_run"], one["checkpoint"], one["step"]) for one in found] == [
        ("waiting", None, None), ("first", "step-200", 200), ("first", "step-100", 100),
    ]  # fmt: skip
    body = {"token": str(uuid4()), "reason": "privacy", "seed_ids": [life.seed.id]}
    client.post("/v1/takedowns", json=body)
    found = get(client, f"seeds/{life.seed.id}")["uses"]["checkpoints"]
    assert [one["look_again"] for one in found] == [True, True, True]
    document = get(client, "prov.json", seed_id=life.seed.id)
    assert document["entity"][f"item:checkpoint-{found[1]['checkpoint_id']}"]["seedbed:step"]
