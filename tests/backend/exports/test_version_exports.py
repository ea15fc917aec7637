"""A frozen version becomes files: its rows as it froze them, the same bytes on any day."""

from fastapi.testclient import TestClient
from sqlalchemy import update
from sqlalchemy.orm import Session

from backend.duplicates.tables import DuplicateGroup, DuplicateMember
from backend.exports.files import sha256_of
from backend.scoring.tables import Teachability
from backend.seeds.tables import Seed
from tests.builders import create_hit, create_teachability
from tests.mixtures import rows, taught
from tests.version_exports import contents, data_files, exported, folder_of, frozen_version, rows_of


def test_rows_are_the_versions_in_their_order(
    session: Session, client: TestClient, woken: list[int]
) -> None:
    for number in range(20):
        taught(session, prompt=f"What is {number} plus {number}?", answer=str(2 * number))
    session.commit()
    version_id = frozen_version(
        client, woken, validation_share=0.3, parts=[{"default_epochs": 1.5}]
    )
    # About 100 tokens a row.
    export = exported(client, woken, version_id, shard_tokens=1000)
    expected = rows(client, version_id)
    found = list(rows_of(export))
    names = ("position", "split", "seed_id", "revision_id", "sample_id", "tokens")
    assert [[row[name] for name in names] for row in found] == [
        [row[name] for name in names] for row in expected
    ]
    splits = [row["split"] for row in found]
    assert splits == sorted(splits)
    assert set(splits) == {"train", "validation"}
    manifest = export["manifest"]
    assert manifest["rows"] == export["row_count"] == len(expected)
    assert manifest["splits"]["train"]["tokens"] == sum(
        row["tokens"] for row in expected if row["split"] == "train"
    )
    folder = folder_of(export)
    of = {split: manifest["splits"][split]["files"] for split in ("train", "validation")}
    assert of["train"] > 1
    assert [path.name for path in data_files(folder)] == [
        f"{split}-{number:05}-of-{count:05}.parquet"
        for split, count in of.items()
        for number in range(count)
    ]
    for entry in manifest["files"]:
        assert sha256_of(folder / entry["name"]) == entry["sha256"]
    assert {entry["name"] for entry in manifest["files"]} >= {"README.md", "croissant.json"}


def test_lines_hold_the_same_rows(session: Session, client: TestClient, woken: list[int]) -> None:
    for number in range(5):
        taught(session, prompt=f"Frage {number}: wie groß ist π?", answer="3")
    session.commit()
    version_id = frozen_version(client, woken)
    parquet = exported(client, woken, version_id)
    lines = exported(client, woken, version_id, kind="jsonl.zst")
    assert list(rows_of(lines)) == list(rows_of(parquet))
    [path] = data_files(folder_of(lines))
    assert path.name == "train-00000-of-00001.jsonl.zst"
    assert path.read_bytes()[:4] == b"\x28\xb5\x2f\xfd"  # the magic number of zstd


def test_what_changes_after_the_freeze_changes_no_byte(
    session: Session, client: TestClient, woken: list[int]
) -> None:
    seed = taught(session, prompt="What is one and one?")
    verdict = create_teachability(session, seed, score=0.25, reference_answer="2")
    create_hit(session, seed, state="confirmed", action="review")
    session.commit()
    version_id = frozen_version(client, woken)
    before = exported(client, woken, version_id)
    session.execute(
        update(Teachability)
        .where(Teachability.id == verdict.id)
        .values(score=0.75, reference_answer="3", verdict="easy")
    )
    create_teachability(session, seed, score=0.5, reference_answer="4")
    session.execute(update(Seed).values(domain="elsewhere", licence="none"))
    create_hit(session, seed, state="confirmed", action="review")
    mixture = client.get("/v1/mixtures").json()["items"][0]
    body = {"name": "renamed", "edition": mixture["edition"]}
    assert client.put(f"/v1/mixtures/{mixture['id']}", json=body).status_code == 200
    session.commit()
    after = exported(client, woken, version_id)
    assert contents(folder_of(after)) == contents(folder_of(before))
    [row] = rows_of(after)
    assert (row["domain"], row["score"], row["reference_answer"]) == ("maths", 0.25, "2")
    assert len(row["confirmed_hits"]) == 1


def test_families_are_called_by_their_least_seed_in_the_version(
    session: Session, client: TestClient, woken: list[int]
) -> None:
    seeds = [taught(session, prompt=f"What is {number} and one?") for number in range(4)]
    outside = seeds[0]
    outside.status = "rejected"
    group = DuplicateGroup(kind="variants", leader_id=outside.id)
    session.add(group)
    session.flush()
    for seed in seeds[2:]:
        session.add(DuplicateMember(group_id=group.id, seed_id=seed.id, similarity=0.9))
    session.commit()
    export = exported(client, woken, frozen_version(client, woken))
    family = {row["seed_id"]: row["family"] for row in rows_of(export)}
    assert family == {
        seeds[1].id: seeds[1].id, seeds[2].id: seeds[2].id, seeds[3].id: seeds[2].id
    }  # fmt: skip


def test_answers_that_models_proposed_are_called_so(
    session: Session, client: TestClient, woken: list[int]
) -> None:
    given = taught(session, prompt="What is 1 plus 1?", answer="2")
    proposed = taught(session, prompt="What is 2 plus 2?", answer="4")
    session.execute(update(Seed).where(Seed.id == proposed.id).values(answer_origin="proposed"))
    session.commit()
    version_id = frozen_version(client, woken)
    # What a curator checks later is another version's.
    session.execute(update(Seed).where(Seed.id == proposed.id).values(answer_origin="given"))
    session.commit()
    export = exported(client, woken, version_id)
    origins = {row["seed_id"]: row["key_origin"] for row in rows_of(export)}
    assert origins == {given.id: "given", proposed.id: "proposed"}
