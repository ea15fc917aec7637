"""What must not go out does not: asked before an export begins, and again before it ends."""

from uuid import uuid4

import pytest
from fastapi.testclient import TestClient
from sqlalchemy.orm import Session

from backend.exports import version_writing
from backend.seeds.tables import Seed
from tests.builders import create_hit, create_run, create_sample, create_trace
from tests.guided_runs import GUIDELINE, NAME
from tests.mixtures import made, taught, version
from tests.version_exports import asked, folder_of, frozen_version, refused, work_off

ANEW = "freeze the mixture anew"


def take_down(client: TestClient, *seeds: Seed) -> None:
    body = {"token": str(uuid4()), "reason": "licence", "seed_ids": [seed.id for seed in seeds]}
    assert client.post("/v1/takedowns", json=body).status_code in (200, 201)


def failed(client: TestClient, export: dict) -> str:
    """Why an export failed; nothing of it is left."""
    found = client.get(f"/v1/exports/{export['id']}").json()
    assert found["state"] == "failed"
    assert found["manifest"] is None
    assert not folder_of(export).exists()
    return str(found["error"])


def test_version_that_is_not_frozen(session: Session, client: TestClient) -> None:
    taught(session)
    session.commit()
    mixture_id = made(client)["id"]
    version_id = client.post(f"/v1/mixtures/{mixture_id}:freeze").json()["id"]
    assert version(client, version_id)["state"] == "freezing"
    assert refused(client, version_id)["code"] == "not_frozen"
    assert refused(client, 999)["code"] == "not_found"


def test_blocked_version(session: Session, client: TestClient, woken: list[int]) -> None:
    seeds = [taught(session) for _ in range(3)]
    session.commit()
    version_id = frozen_version(client, woken)
    take_down(client, *seeds[1:])
    problem = refused(client, version_id)
    assert problem["code"] == "blocked"
    assert (
        f"2 seeds were taken down or taken back since, first seed {seeds[1].id}"
        in (problem["detail"])
    )
    assert ANEW in problem["detail"]
    standing = client.get(f"/v1/mixture-versions/{version_id}:standing").json()
    assert (standing["withdrawn"], standing["hit_rows"]) == (2, 0)
    assert standing["withdrawn_seeds"] == [seed.id for seed in seeds[1:]]


@pytest.mark.parametrize(
    ("fields", "stops"),
    [
        ({"state": "open"}, True),
        ({"state": "confirmed"}, True),
        ({"state": "dismissed"}, False),
        ({"state": "confirmed", "action": "review"}, False),
    ],
)
def test_rows_with_hits(
    session: Session, client: TestClient, woken: list[int], fields: dict, stops: bool
) -> None:
    seeds = [taught(session) for _ in range(3)]
    session.commit()
    version_id = frozen_version(client, woken, parts=[{"default_epochs": 2}])
    create_hit(session, seeds[1], **fields)
    session.commit()
    if not stops:
        asked(client, version_id)
        return
    problem = refused(client, version_id)
    assert problem["code"] == "contaminated"
    assert problem["detail"].startswith("2 rows (1 seed) of version 1 of maths have")
    assert f"first seed {seeds[1].id} at position" in problem["detail"]
    assert ANEW in problem["detail"]


def test_responses_of_prompts_alone(session: Session, client: TestClient, woken: list[int]) -> None:
    taught(session, answer="1")
    session.commit()
    version_id = frozen_version(client, woken, trace="none")
    problem = refused(client, version_id)
    assert problem["errors"][0]["field"] == "format"
    assert asked(client, version_id, format="trl-grpo")["state"] == "pending"


@pytest.mark.parametrize("then", ["takedown", "hit"])
def test_what_happens_meanwhile_ends_it(
    session: Session, client: TestClient, woken: list[int], monkeypatch: pytest.MonkeyPatch,
    then: str,
) -> None:  # fmt: skip
    seeds = [taught(session) for _ in range(3)]
    session.commit()
    version_id = frozen_version(client, woken)
    export = asked(client, version_id)
    job_id = woken[-1]
    publish = version_writing.publish

    def meanwhile(*given: object) -> None:
        assert any((folder_of(export) / "data").iterdir())
        if then == "takedown":
            take_down(client, seeds[0])
        else:
            create_hit(session, seeds[0])
        publish(*given)  # type: ignore[arg-type]

    monkeypatch.setattr(version_writing, "publish", meanwhile)
    error = work_off(job_id)
    assert error is not None
    assert f"first seed {seeds[0].id}" in error
    assert error in failed(client, export)


def test_row_that_a_format_cannot_make(
    session: Session, client: TestClient, woken: list[int]
) -> None:
    taught(session, answer="1")
    without = taught(session)
    session.commit()
    version_id = frozen_version(client, woken, trace="none")
    export = asked(client, version_id, format="trl-grpo")
    error = work_off(woken[-1]) or ""
    assert f"(seed {without.id}) cannot be written: it has not a reference answer" in error
    assert ANEW in error
    assert error in failed(client, export)


def test_row_with_words_of_a_guideline(
    session: Session, client: TestClient, woken: list[int]
) -> None:
    body = {"name": NAME, "category": "weapons_cbrn", "text": GUIDELINE}
    assert client.post("/v1/guidelines", json=body).status_code == 201
    seed = taught(session, traces=0)
    sample = create_sample(session, seed, "teacher", reasoning=f"Well. {GUIDELINE.upper()} Hm.")
    create_trace(session, seed, create_run(session, "traces"), sample=sample)
    session.commit()
    export = asked(client, frozen_version(client, woken, parts=[{"default_epochs": 2}]))
    error = work_off(woken[-1]) or ""
    assert f"(seed {seed.id}, trace {sample.id}) cannot be written: its messages[1]" in error
    assert f"has words of {NAME}, version 1" in error
    assert error in failed(client, export)


def test_guideline_that_comes_meanwhile(
    session: Session, client: TestClient, woken: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Shards that were whole before are looked through for it, too."""
    seed = taught(session, traces=0)
    sample = create_sample(session, seed, "teacher", reasoning=GUIDELINE)
    create_trace(session, seed, create_run(session, "traces"), sample=sample)
    session.commit()
    export = asked(client, frozen_version(client, woken))
    job_id = woken[-1]
    write_shard, begun = version_writing.write_shard, []

    def meanwhile(*given: object) -> int:
        begun.append(given)
        if len(begun) == 1:
            body = {"name": NAME, "category": "weapons_cbrn", "text": GUIDELINE}
            assert client.post("/v1/guidelines", json=body).status_code == 201
        return write_shard(*given)  # type: ignore[arg-type]

    monkeypatch.setattr(version_writing, "write_shard", meanwhile)
    assert f"has words of {NAME}, version 1" in (work_off(job_id) or "")
    assert len(begun) == 2
    failed(client, export)


def test_guideline_that_comes_after_the_last_look_is_not_said_to_be_checked(
    session: Session, client: TestClient, woken: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    taught(session)
    session.commit()
    body = {"name": "earlier", "category": "weapons_cbrn", "text": GUIDELINE}
    client.post("/v1/guidelines", json=body)
    export = asked(client, frozen_version(client, woken))
    job_id, publish = woken[-1], version_writing.publish

    def meanwhile(*given: object) -> None:
        client.post("/v1/guidelines", json=body | {"name": "late"})
        publish(*given)  # type: ignore[arg-type]

    monkeypatch.setattr(version_writing, "publish", meanwhile)
    assert work_off(job_id) is None
    manifest = client.get(f"/v1/exports/{export['id']}").json()["manifest"]
    assert manifest["guidelines"] == {"versions_checked": 1}


def test_formats_are_listed(client: TestClient) -> None:
    listed = {each["name"]: each for each in client.get("/v1/exports:formats").json()}
    assert listed["trl-sft"]["layout"] == "sft"
    assert listed["trl-grpo"]["layout"] == "rl"
