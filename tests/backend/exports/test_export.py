"""From accepted seeds to files: asked for over HTTP, written by the job, verified on disk."""

from pathlib import Path
from typing import Any
from uuid import uuid4

import orjson
import pyarrow.parquet as pq
import pytest
from fastapi.testclient import TestClient
from sqlalchemy import Connection, event
from sqlalchemy.orm import Session

from backend.config import settings
from backend.exports.files import sha256_of
from backend.exports.verify import verify
from backend.jobs import service as jobs
from tests.builders import (
    create_endpoint,
    create_hit,
    create_run,
    create_sample,
    create_seed,
    create_teachability,
    create_trace,
)
from tests.conftest import ClientFactory
from training import data as training
from training.exports import open_export
from workers.tasks.exports import write


def _written(client: TestClient, woken: list[int], **wanted: object) -> dict:
    body = {"name": "First one!", "layout": "rl"} | wanted
    created = client.post("/v1/exports", json=body)
    assert created.status_code == 201, created.text
    job = jobs.claim(woken[-1], 30, "host/1")
    assert job is not None
    write(job)
    jobs.finish(job)
    return client.get(f"/v1/exports/{created.json()['id']}").json()


def _folder(export: dict) -> Path:
    return settings().home / "exports" / export["folder"]


def _lines(folder: Path) -> list[dict]:
    return [orjson.loads(line) for line in (folder / "data.jsonl").read_bytes().splitlines()]


def test_export_holds_accepted_seeds_only(
    session: Session, client: TestClient, woken: list[int]
) -> None:
    kept = create_seed(session, "What is 6 x 7?", answer="42", status="accepted", domain="maths")
    create_seed(session, "Still open?", answer="1")
    create_seed(session, "No.", answer="1", status="rejected")
    export = _written(client, woken)
    folder = _folder(export)
    assert verify(folder) == []
    assert folder.name == f"{export['id']}-first-one"
    (row,) = _lines(folder)
    assert row["seed_id"] == kept.id
    assert row["ground_truth"] == "42"
    assert row["domain"] == "maths"
    assert pq.read_table(folder / "data.parquet").to_pylist() == [row]
    assert export["manifest"]["rows"] == export["row_count"] == 1


def test_filter_narrows_the_export(session: Session, client: TestClient, woken: list[int]) -> None:
    create_seed(session, answer="1", status="accepted", domain="maths")
    create_seed(session, answer="2", status="accepted", domain="code")
    export = _written(client, woken, filter={"domain": "code"})
    assert [row["domain"] for row in _lines(_folder(export))] == ["code"]


@pytest.mark.parametrize(("state", "rows"), [("open", 0), ("confirmed", 0), ("dismissed", 1)])
def test_seed_with_a_standing_hit_stays_out(
    session: Session, client: TestClient, woken: list[int], state: str, rows: int
) -> None:
    seed = create_seed(session, answer="1", status="accepted")
    seed.checked_index = create_hit(session, seed, state=state).index_id
    session.commit()
    export = _written(client, woken)
    assert export["row_count"] == rows
    left_out = export["manifest"]["left_out"]
    assert left_out.get("open or confirmed decontamination hit", 0) == 1 - rows


def test_sft_takes_the_first_reference_response_in_the_reference_class(
    session: Session, client: TestClient, woken: list[int]
) -> None:
    seed = create_seed(session, "What is 6 x 7?", status="accepted")
    classes = [
        {"is_reference": False, "keys": ["integer:41"]},
        {"is_reference": True, "keys": ["integer:42", "quantity:42 USD"]},
    ]
    create_teachability(session, seed, key_origin="plurality", plurality={"classes": classes})
    for index, (key, text) in enumerate([("integer:41", "41"), ("quantity:42 USD", "It is 42.")]):
        create_sample(session, seed, role="reference", index=index, key=key, response=text)
    other = create_seed(session, answer="7", status="accepted")
    export = _written(client, woken, layout="sft")
    (row,) = _lines(_folder(export))
    assert row["messages"][1] == {"role": "assistant", "content": "It is 42."}
    assert other.id not in {row["seed_id"]}
    assert export["manifest"]["left_out"] == {
        "no reference response in the reference class": 1
    }  # fmt: skip


@pytest.mark.parametrize("layout", ["rl", "sft"])
def test_each_seed_goes_out_with_its_own_verdict_and_response(
    session: Session, client: TestClient, woken: list[int], layout: str
) -> None:
    answers = {}
    for answer in ("1", "2", "3"):
        seed = create_seed(session, f"Which number is {answer}?", status="accepted")
        key = f"integer:{answer}"
        create_teachability(
            session, seed, reference_answer=answer, reference_key=key, score=int(answer) / 10,
            plurality={"classes": [{"is_reference": True, "keys": [key]}]},
        )  # fmt: skip
        create_sample(session, seed, role="reference", key=key, response=f"It is {answer}.")
        answers[seed.id] = answer
    unscored = create_seed(session, "Which number is that?", status="accepted")
    rows = _lines(_folder(_written(client, woken, layout=layout)))
    field = "ground_truth" if layout == "rl" else "reference_answer"
    assert {row["seed_id"]: row[field] for row in rows} == answers
    assert unscored.id not in answers
    assert [row["score"] for row in rows] == pytest.approx([0.1, 0.2, 0.3])
    if layout == "sft":
        said = [row["messages"][1]["content"] for row in rows]
        assert said == [f"It is {answer}." for answer in answers.values()]


def test_training_reads_what_is_exported(
    session: Session, client: TestClient, woken: list[int]
) -> None:
    seed = create_seed(session, "What is 6 x 7?", answer="42", status="accepted")
    rl = _folder(_written(client, woken))
    assert training.rl_rows(open_export(rl, "rl")) == [
        {"prompt": [{"role": "user", "content": "What is 6 x 7?"}], "ground_truth": "42",
         "seed_id": seed.id, "row": 1, "score": None, "verdict": None}
    ]  # fmt: skip
    sft = _folder(_written(client, woken, layout="sft", without_response="answer"))
    split = training.Split(open_export(sft, "sft"), 0.0, 0)
    [row] = split.rows("train")
    assert (row["messages"][1]["content"], split.holds_out) == ("\\boxed{42}", False)


def test_newest_verdict_of_a_seed_counts(
    session: Session, client: TestClient, woken: list[int]
) -> None:
    seed = create_seed(session, status="accepted")
    for answer in ("1", "2"):
        create_teachability(session, seed, reference_answer=answer)
    (row,) = _lines(_folder(_written(client, woken)))
    assert row["ground_truth"] == "2"


def test_seed_that_was_taken_down_stays_out(
    session: Session, client: TestClient, woken: list[int]
) -> None:
    kept, gone = (create_seed(session, answer=answer, status="accepted") for answer in "12")
    body = {"token": str(uuid4()), "seed_ids": [gone.id], "reason": "licence", "note": "Asked to."}
    assert client.post("/v1/takedowns", json=body).status_code < 300
    assert [row["seed_id"] for row in _lines(_folder(_written(client, woken)))] == [kept.id]


def test_empty_export_is_whole(session: Session, client: TestClient, woken: list[int]) -> None:
    export = _written(client, woken)
    assert export["row_count"] == 0
    assert verify(_folder(export)) == []


def test_interrupted_export_starts_again_and_a_late_writer_is_fenced(
    session: Session, client: TestClient, woken: list[int]
) -> None:
    create_seed(session, answer="1", status="accepted")
    client.post("/v1/exports", json={"name": "x", "layout": "rl"})
    late = jobs.claim(woken[-1], -1, "host/1")
    current = jobs.claim(woken[-1], 30, "host/2")
    assert late is not None
    assert current is not None
    with pytest.raises(jobs.LeaseLost):
        write(late)
    write(current)
    export = client.get(f"/v1/exports/{current.payload['export_id']}").json()
    assert export["state"] == "finished"
    assert verify(_folder(export)) == []


def test_verify_names_what_changed(session: Session, client: TestClient, woken: list[int]) -> None:
    create_seed(session, answer="1", status="accepted")
    folder = _folder(_written(client, woken))
    data = folder / "data.jsonl"
    data.write_bytes(data.read_bytes().replace(b'"1"', b'"2"'))
    assert verify(folder) == ["data.jsonl has changed: its hash is not the manifest's"]
    (folder / "data.parquet").unlink()
    assert "data.parquet is missing" in verify(folder)
    (folder / "manifest.json").unlink()
    assert verify(folder) == ["manifest.json is missing: the export was not finished"]


def test_verify_names_the_row_that_is_none(
    session: Session, client: TestClient, woken: list[int]
) -> None:
    create_seed(session, answer="1", status="accepted")
    folder = _folder(_written(client, woken))
    for name, broken in (("data.jsonl", b"5\n{\n"), ("data.parquet", b"PAR1")):
        (folder / name).write_bytes(broken)
    manifest = orjson.loads((folder / "manifest.json").read_bytes())
    for entry in manifest["files"]:
        entry["sha256"] = sha256_of(folder / entry["name"])
    (folder / "manifest.json").write_bytes(orjson.dumps(manifest))
    found = verify(folder)
    assert found[0].startswith("data.jsonl, row 1: it is no row: ")
    assert found[1].startswith("data.jsonl, row 2: it is no row: ")
    assert found[2] == "data.jsonl holds 2 rows, the manifest says 1"
    assert found[3].startswith("data.parquet cannot be read: ")


def test_files_are_served_once_the_export_is_finished(
    session: Session, client: TestClient, woken: list[int]
) -> None:
    create_seed(session, answer="1", status="accepted")
    waiting = client.post("/v1/exports", json={"name": "x", "layout": "rl"}).json()
    early = client.get(f"/v1/exports/{waiting['id']}/files/data.jsonl")
    assert early.status_code == 409
    export = _written(client, woken)
    got = client.get(f"/v1/exports/{export['id']}/files/data.jsonl")
    assert got.content == (_folder(export) / "data.jsonl").read_bytes()
    assert client.get(f"/v1/exports/{export['id']}/files/..%2Fkey").status_code == 404


def test_viewer_cannot_export(client_as: ClientFactory) -> None:
    answer = client_as("viewer").post("/v1/exports", json={"name": "x", "layout": "rl"})
    assert answer.status_code == 403


def test_preview_counts_what_is_left_out(session: Session, client: TestClient) -> None:
    create_seed(session, answer="1", status="accepted")
    create_seed(session, status="accepted")
    create_hit(session, create_seed(session, answer="2", status="accepted"))
    counted = client.post("/v1/exports:preview", json={}).json()
    assert counted == {
        "rows": 1, "without_reference": 1, "with_standing_hits": 1, "never_checked": 1,
        "checked_before": 0,
    }  # fmt: skip


def test_response_that_was_rejected_as_a_trace_is_not_learned_from(
    session: Session, client: TestClient, woken: list[int]
) -> None:
    seed = create_seed(session, "What is 6 x 7?", status="accepted")
    classes = {"classes": [{"is_reference": True, "keys": ["integer:42"]}]}
    create_teachability(session, seed, plurality=classes)
    run = create_run(session, "traces")
    teacher = create_endpoint(session, "teacher")
    for index, reason in enumerate(["leaked_guideline", None]):
        said = create_sample(
            session, seed, index=index, endpoint=teacher, response=f"Number {index}: 42."
        )
        create_trace(session, seed, run, reason, said)
    [row] = _lines(_folder(_written(client, woken, layout="sft")))
    assert row["messages"][-1]["content"] == "Number 1: 42."


def test_numbers_and_names_that_postgres_does_not_hold_are_refused(client: TestClient) -> None:
    for path in (f"/v1/exports/{2**63}", f"/v1/exports/{2**70}/files/manifest.json"):
        assert client.get(path).status_code == 422
    answer = client.post("/v1/exports", json={"name": "a\x00b", "layout": "rl"})
    assert answer.json()["errors"][0]["field"] == "name"
    body = {"name": "a\x00b", "format": "trl-sft"}
    assert client.post("/v1/mixture-versions/1/exports", json=body).status_code == 422


def test_list_takes_as_many_statements_for_many_as_for_one(
    connection: Connection, session: Session, client: TestClient
) -> None:
    statements: list[str] = []

    def note(*given: Any) -> None:
        statements.append(given[2])

    def listed() -> int:
        statements.clear()
        event.listen(connection, "before_cursor_execute", note)
        client.get("/v1/exports")
        event.remove(connection, "before_cursor_execute", note)
        return len(statements)

    client.post("/v1/exports", json={"name": "first", "layout": "rl"})
    of_one = listed()
    for number in range(5):
        client.post("/v1/exports", json={"name": f"{number}", "layout": "rl"})
    assert listed() == of_one
    assert of_one
