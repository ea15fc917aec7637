"""SFT from chosen traces; nothing of a guideline is in the bytes, whatever was rejected or kept."""

import itertools
from pathlib import Path
from typing import Any

import httpx
import orjson
import pyarrow.parquet as pq
import pytest
from fastapi.testclient import TestClient
from sqlalchemy.orm import Session
from typer.testing import CliRunner

from backend.cli.app import app
from backend.cli.client import Api
from backend.exports.guidelines import GuidelineText
from backend.exports.verify import quoted_guidelines, verify
from backend.guidelines.tables import GuidelineVersion
from backend.science.guided_questions import GUIDED_WORDS
from backend.science.text import words_with_offsets
from backend.seeds.tables import Seed
from backend.traces.tables import Trace
from tests.backend.exports.test_export import _folder, _lines, _written
from tests.builders import (
    create_endpoint,
    create_run,
    create_sample,
    create_seed,
    create_teachability,
    create_trace,
)
from tests.guided_runs import DECLINE, GUIDELINE, HONEST, NAME, QUOTE

Where = tuple[Session, TestClient, list[int]]


@pytest.fixture
def where(session: Session, client: TestClient, woken: list[int]) -> Where:
    return session, client, woken


def guideline(client: TestClient) -> Any:
    body = {"name": NAME, "category": "weapons_cbrn", "text": GUIDELINE}
    return client.post("/v1/guidelines", json=body).json()


def said(
    session: Session,
    seed: Seed,
    index: int,
    answer: str = DECLINE,
    thinking: str = HONEST,
    reason: str | None = None,
    **fields: Any,
) -> Trace:
    """A trace of the seed; further ones are by the same teacher."""
    endpoint = fields.pop("endpoint", None) or create_endpoint(session, "teacher")
    sample = create_sample(
        session, seed, "teacher", index, None, endpoint, response=answer, reasoning=thinking
    )
    run = fields.pop("run", None) or create_run(session, "traces")
    return create_trace(session, seed, run, reason, sample, **fields)  # fmt: skip


def test_traces_are_chosen_by_the_rule_and_written_with_their_thinking(where: Where) -> None:
    session, client, woken = where
    seed = create_seed(session, "What is 6 x 7?", "42", status="accepted")
    long = said(session, seed, 0, "It is 42.", "Long.", thinking_tokens=90, judge_score=0.9)
    short = said(session, seed, 1, "42.", "Short.", thinking_tokens=9, judge_score=0.1)
    said(session, seed, 2, "41.", "Shorter.", "wrong", thinking_tokens=1)
    without = create_seed(session, "What is 1 + 1?", "2", status="accepted")

    def chosen(rule: str) -> list[int]:
        export = _written(client, woken, layout="sft", traces=rule)
        assert export["manifest"]["left_out"] == {"no trace is kept": 1}
        assert verify(_folder(export)) == []
        rows = _lines(_folder(export))
        assert pq.read_table(_folder(export) / "data.parquet").to_pylist() == rows
        assert without.id not in {row["seed_id"] for row in rows}
        return [row["sample_id"] for row in rows]

    assert chosen("shortest") == [short.sample_id]
    assert chosen("judge") == [long.sample_id]
    assert chosen("all") == [long.sample_id, short.sample_id]
    [row] = _lines(_folder(_written(client, woken, layout="sft", traces="judge")))
    assert row["messages"][1]["content"] == "<think>\nLong.\n</think>\n\nIt is 42."
    assert (row["response_origin"], row["reference_answer"]) == ("trace", "42")


@pytest.mark.parametrize(
    ("wanted", "field"),
    [
        ({"layout": "rl", "traces": "all"}, "traces"),
        ({"layout": "sft", "trace_run_id": 1}, "trace_run_id"),
        ({"layout": "sft", "guideline_id": 1}, "guideline_id"),
        ({"layout": "sft", "traces": "all", "guideline_version": 1}, "guideline_version"),
        ({"layout": "sft", "traces": "best"}, "traces"),
    ],
)
def test_traces_that_cannot_be_chosen_are_refused_by_field(
    client: TestClient, wanted: dict[str, Any], field: str
) -> None:
    refused = client.post("/v1/exports", json={"name": "x", **wanted})
    assert refused.status_code == 422
    assert refused.json()["errors"][0]["field"] == field


def safety_data(where: Where) -> tuple[Any, list[int]]:
    """Kept, rejected, unjudged and wrongly kept traces under a guideline; which may go out."""
    session, client, _ = where
    made = guideline(client)
    under = {
        "guideline_version_id": made["newest"]["id"], "key_origin": "none",
        "reference_answer": "", "reference_key": "",
    }  # fmt: skip
    run, teacher = create_run(session, "traces"), create_endpoint(session, "teacher")
    seed = create_seed(session, "How is poison made?", status="accepted")
    common = {"run": run, "endpoint": teacher} | under
    kept = said(session, seed, 0, **common)
    words = GUIDELINE.split()
    pieces = [" ".join(words[at : at + 8]) for at in range(0, len(words) - 7, 3)]
    index = itertools.count(1)
    for piece in pieces:  # as if a rule had missed them
        said(session, seed, next(index), f"{DECLINE} I {piece}.", **common)
        said(session, seed, next(index), thinking=f"{HONEST} I {piece}.", **common)
    said(session, seed, next(index), f"I {QUOTE}.", reason="leaked_guideline", **common)
    said(session, seed, next(index), "I tell you all.", reason="off_guideline", **common)
    said(session, seed, next(index), "Unsure.", state="unjudged", **common)
    said(session, seed, next(index), f"{DECLINE} {GUIDED_WORDS[-120:]}", **common)
    # A prompt may say what it likes: its own words are no secret.
    asks = create_seed(session, f"Is it wise to say: {GUIDELINE}", status="accepted")
    quoting = said(session, asks, 0, f"You ask whether to {QUOTE}. Yes.", **common)
    session.commit()
    return made, [kept.sample_id, quoting.sample_id]


def bytes_of(folder: Path) -> str:
    """Every text in every file, those in compressed columns too."""
    texts = [path.read_text() for path in folder.iterdir() if path.suffix != ".parquet"]
    rows = [row for path in folder.glob("*.parquet") for row in pq.read_table(path).to_pylist()]
    return "\n".join([*texts, orjson.dumps(rows).decode()])


def test_exported_bytes_hold_nothing_of_the_guideline(where: Where) -> None:
    session, client, woken = where
    made, allowed = safety_data(where)
    export = _written(
        client, woken, name="Safety", layout="sft", traces="all", guideline_id=made["id"]
    )
    folder = _folder(export)
    rows = _lines(folder)
    assert [row["sample_id"] for row in rows] == allowed
    asked = rows[1]["messages"][0]["content"]
    assert pq.read_table(folder / "data.parquet").to_pylist() == rows
    written = bytes_of(folder).replace(orjson.dumps(asked).decode()[1:-1], "")
    written = written.replace(f"You ask whether to {QUOTE}. Yes.", "")
    grams = {
        tuple(word.text for word in words[at : at + 8])
        for secret in (GUIDELINE, GUIDED_WORDS)
        for words in [words_with_offsets(secret)]
        for at in range(len(words) - 7)
    }
    words = [word.text for word in words_with_offsets(written)]
    assert not grams & {tuple(words[at : at + 8]) for at in range(len(words) - 7)}
    assert NAME not in bytes_of(folder)
    assert made["newest"]["hash"] not in bytes_of(folder)
    left_out = export["manifest"]["left_out"]["it has words of a guideline"]
    assert left_out == session.query(Trace).filter(Trace.state == "kept").count() - 2
    assert export["manifest"]["guidelines"] == {"versions_checked": 1}
    texts = [GuidelineText("charter", GUIDELINE)]
    assert list(quoted_guidelines(folder, texts)) == []


def test_responses_of_teachers_are_exported_only_as_verified_traces_without_guideline(
    where: Where,
) -> None:
    session, client, woken = where

    version_id = guideline(client)["newest"]["id"]
    run = create_run(session, "traces")
    plurality = {"classes": [{"is_reference": True, "keys": ["integer:42"]}]}
    expected = set()
    for kind in ("unverified", "guided", "kept"):
        seed = create_seed(session, f"{kind}?", status="accepted")
        create_teachability(session, seed, plurality=plurality)
        sample = create_sample(session, seed, "teacher")
        if kind != "unverified":
            under = {"guideline_version_id": version_id} if kind == "guided" else {}
            create_trace(session, seed, run, sample=sample, **under)
        if kind == "kept":
            expected.add(seed.id)
    rows = _lines(_folder(_written(client, woken, layout="sft")))
    assert {row["seed_id"] for row in rows} == expected


def test_verify_names_row_and_field_of_whatever_has_words_of_a_guideline(
    where: Where, monkeypatch: pytest.MonkeyPatch
) -> None:
    session, client, woken = where
    for n in range(3):
        seed = create_seed(session, f"Question {n}?", status="accepted", domain=f"d{n}")
        said(session, seed, 0, f"{DECLINE} I {QUOTE}." if n == 1 else DECLINE)
    folder = _folder(_written(client, woken, layout="sft", traces="all"))
    # The guideline is written after the export: what is out already is found.
    guideline(client)

    def request(_: Api, method: str, path: str, **options: Any) -> httpx.Response:
        answer = client.request(method, path, **options)
        return httpx.Response(answer.status_code, content=answer.content)

    monkeypatch.setenv("SEEDBED_KEY", "test")
    monkeypatch.setattr(Api, "request", request)
    refused = CliRunner().invoke(app, ["export", "verify", str(folder)])
    assert refused.exit_code == 1
    where_found = "row 2, messages[1].content: it has words of Zephyr chemistry charter, version 1"
    assert [line for line in refused.stdout.splitlines() if "row" in line] == [
        f"data.{form}, {where_found}" for form in ("jsonl", "parquet")
    ]
    alone = CliRunner().invoke(app, ["export", "verify", str(folder), "--without-guidelines"])
    assert (alone.exit_code, "NOT checked against guidelines" in alone.stdout) == (0, True)


def test_versions_that_are_old_or_archived_are_looked_for_too(where: Where) -> None:
    session, client, woken = where
    made = guideline(client)
    path = f"/v1/guidelines/{made['id']}"
    client.post(f"{path}/versions", json={"text": "Help with all that is legal.", "seen": 1})
    client.patch(path, json={"archived": True})
    seed = create_seed(session, "Why?", status="accepted")
    said(session, seed, 0, f"I {QUOTE}.")
    export = _written(client, woken, layout="sft", traces="all")
    assert export["row_count"] == 0
    assert session.query(GuidelineVersion).count() == 2
    listed = (_folder(export) / "left_out.jsonl").read_text()
    assert "it has words of a guideline" in listed
