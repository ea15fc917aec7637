"""Imports over HTTP: every row gets a result; a broken upload changes nothing."""

import gzip
from typing import Any

import orjson
import pytest
from fastapi.testclient import TestClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from backend.config import settings
from backend.seeds.rows import MAX_METADATA_BYTES
from backend.seeds.tables import Seed, SeedRevision
from backend.seeds.uploads import MAX_ARRAY_BYTES, MAX_LINE_BYTES

LINES = {"Content-Type": "application/x-ndjson"}


def row(prompt: str = "What is 1 + 1?", **fields: Any) -> dict[str, Any]:
    return {"prompt": prompt, "source": "test"} | fields


def lines(*rows: Any) -> bytes:
    return b"\n".join(item if isinstance(item, bytes) else orjson.dumps(item) for item in rows)


def push(
    client: TestClient, body: bytes, headers: dict[str, str] | None = None, **query: Any
) -> Any:
    answer = client.post(
        "/v1/seeds:bulk", content=body, headers={**LINES, **(headers or {})}, params=query
    )
    assert answer.status_code == 200, answer.text
    return answer.json()


def refused(
    client: TestClient, body: bytes, headers: dict[str, str] | None = None, **query: Any
) -> tuple[int, dict[str, Any]]:
    answer = client.post(
        "/v1/seeds:bulk", content=body, headers={**LINES, **(headers or {})}, params=query
    )
    assert answer.headers["content-type"] == "application/problem+json", answer.text
    return answer.status_code, answer.json()


def seeds(session: Session) -> int:
    return session.scalar(select(func.count()).select_from(Seed)) or 0


def counts(answer: dict[str, Any]) -> dict[str, int]:
    names = ("created", "updated", "unchanged", "duplicate", "rejected")
    return {name: answer[name] for name in names if answer[name]}


def test_rows_are_stored_and_answered_in_their_order(client: TestClient, session: Session) -> None:
    full = row(
        external_id="a", domain="maths", answer="2", licence="MIT", metadata={"level": [1, "x"]}
    )
    answer = push(client, lines(full, row("What is 2 + 2?")))
    assert counts(answer) == {"created": 2}
    assert [item["index"] for item in answer["results"]] == [0, 1]
    assert [item["external_id"] for item in answer["results"]] == ["a", None]
    seed = session.get_one(Seed, answer["results"][0]["id"])
    assert (seed.domain, seed.licence, seed.extra) == ("maths", "MIT", {"level": [1, "x"]})
    assert (seed.status, seed.verdict, seed.import_id) == ("pending", None, answer["import_id"])
    revision = session.get_one(SeedRevision, seed.revision_id)
    assert (revision.prompt, revision.answer, revision.number) == ("What is 1 + 1?", "2", 1)


@pytest.mark.parametrize("packed", [False, True])
@pytest.mark.parametrize("kind", ["application/json", "application/x-ndjson; charset=utf-8"])
def test_array_and_lines_are_read_packed_or_not(
    client: TestClient, kind: str, packed: bool
) -> None:
    rows = [row(f"What is {n} + 1?") for n in range(5)]
    body = orjson.dumps(rows) if "x-" not in kind else lines(*rows) + b"\n\n"
    headers = {"Content-Type": kind} | ({"Content-Encoding": "gzip"} if packed else {})
    answer = push(client, gzip.compress(body) if packed else body, headers)
    assert counts(answer) == {"created": 5}


def test_gzip_of_several_members_and_byte_order_mark_are_read(client: TestClient) -> None:
    body = gzip.compress(b"\xef\xbb\xbf" + lines(row("a?")) + b"\r\n") + gzip.compress(
        lines(row("b?"))
    )
    assert counts(push(client, body, {"Content-Encoding": "gzip"})) == {"created": 2}


BAD_ROWS = {
    "not JSON": (b"{nonsense", "not_json", None),
    "not UTF-8": (b'{"prompt": "\xff"}', "not_json", None),
    "not a number": (b'{"prompt": NaN}', "not_json", None),
    "too deep": (b"[" * 100_000, "not_json", None),
    "number": (b"17", "not_an_object", None),
    "array": ([row()], "not_an_object", None),
    "no prompt": ({"source": "test"}, "missing", "prompt"),
    "null prompt": (row() | {"prompt": None}, "missing", "prompt"),
    "empty prompt": (row(""), "empty", "prompt"),
    "blank prompt": (row(" \n\t"), "empty", "prompt"),
    "prompt of 10 MB": (row("x" * 10_000_000), "too_long", "prompt"),
    "prompt is a number": (row() | {"prompt": 17}, "wrong_type", "prompt"),
    "NUL in the prompt": (row("a\0b"), "nul", "prompt"),
    "lone surrogate in the prompt": (
        rb'{"prompt": "a\ud800b", "source": "test"}', "lone_surrogate", "prompt",
    ),
    "lone surrogate in metadata": (
        rb'{"prompt": "a", "source": "test", "metadata": {"x": ["\udc00"]}}',
        "lone_surrogate", "metadata",
    ),
    "no source": ({"prompt": "a?"}, "missing", "source"),
    "long source": (row(source="s" * 201), "too_long", "source"),
    "NUL in the source": (row(source="\0"), "nul", "source"),
    "external_id is a number": (row(external_id=17), "wrong_type", "external_id"),
    "long external_id": (row(external_id="x" * 513), "too_long", "external_id"),
    "answer is a list": (row(answer=["4"]), "wrong_type", "answer"),
    "domain is true": (row(domain=True), "wrong_type", "domain"),
    "unknown field": (row(qestion="a?"), "unknown_field", "qestion"),
    "NUL and surrogate in a name": (
        rb'{"prompt": "a", "source": "t", "\u0000\ud800": 1}', "unknown_field",
        "\N{REPLACEMENT CHARACTER}?",
    ),
    "a million columns": (
        row(**{f"c{n}": 1 for n in range(1_000_000)}), "unknown_field", "c0",
    ),
    "metadata of a million keys": (
        row(metadata={f"c{n}": 1 for n in range(1_000_000)}), "too_many_keys", "metadata",
    ),
    "deep metadata": (
        b'{"prompt": "a", "source": "t", "metadata": ' + b'{"x":' * 300 + b"1" + b"}" * 301,
        "too_deep", "metadata",
    ),
    "large metadata": (row(metadata={"x": "y" * MAX_METADATA_BYTES}), "too_large", "metadata"),
    "NUL in metadata": (row(metadata={"x": ["a\0"]}), "nul", "metadata"),
    "NUL in a metadata name": (row(metadata={"\0": 1}), "nul", "metadata"),
    "tests are no list": (row(metadata={"tests": "assert f()"}), "bad_tests", "metadata.tests"),
    "a test is no Python": (
        row(metadata={"tests": ["assert f(1) ==", {"stdin": "", "stdout": ""}]}),
        "bad_tests", "metadata.tests",
    ),
    "metadata is a list": (row(metadata=[1]), "wrong_type", "metadata"),
    "line longer than any row may be": (b" " * (MAX_LINE_BYTES + 1) + b"{", "too_large", None),
}  # fmt: skip


@pytest.mark.parametrize(("bad", "code", "field"), BAD_ROWS.values(), ids=BAD_ROWS)
def test_bad_row_is_rejected_by_field_and_the_good_ones_are_kept(
    client: TestClient, session: Session, bad: Any, code: str, field: str | None
) -> None:
    answer = push(client, lines(row("good?"), bad, row("good too?")))
    assert counts(answer) == {"created": 2, "rejected": 1}
    wrong = answer["results"][1]
    assert (wrong["index"], wrong["status"], wrong["id"]) == (1, "rejected", None)
    assert (wrong["error"]["code"], wrong["error"]["field"]) == (code, field)
    assert len(wrong["error"]["message"]) < 300
    assert seeds(session) == 2


@pytest.mark.parametrize(
    ("name", "hint"),
    [("question", "did you mean prompt?"), ("promt", "did you mean prompt?"),
     ("license", "did you mean licence?"), ("zzz", "put what else there is into metadata")],
)  # fmt: skip
def test_unknown_field_comes_with_a_hint(client: TestClient, name: str, hint: str) -> None:
    answer = push(client, lines(row(**{name: "x"})))
    assert hint in answer["results"][0]["error"]["message"]


def test_literal_backslash_u0000_is_no_nul(client: TestClient) -> None:
    assert counts(push(client, lines(row(metadata={"x": "\\u0000"})))) == {"created": 1}


def test_rejected_row_keeps_the_name_that_its_sender_gave_it(client: TestClient) -> None:
    answer = push(client, lines(row("", external_id="row-7")))
    assert answer["results"][0]["external_id"] == "row-7"


def test_surrogate_in_an_array_spoils_its_row_only(client: TestClient) -> None:
    body = rb'[{"prompt": "\ud800", "source": "t"}, {"prompt": "fine?", "source": "t"}]'
    answer = push(client, body, {"Content-Type": "application/json"})
    assert counts(answer) == {"created": 1, "rejected": 1}


BROKEN_UPLOADS: dict[str, tuple[bytes, dict[str, str], int, str, str]] = {
    "array that ends in the middle": (
        orjson.dumps([row()])[:-5], {"Content-Type": "application/json"}, 422, "not_json", "column",
    ),
    "object instead of an array": (
        orjson.dumps(row()), {"Content-Type": "application/json"}, 422, "not_an_array", "array",
    ),
    "array over its limit": (
        b"[" + b" " * MAX_ARRAY_BYTES, {"Content-Type": "application/json"}, 413, "too_large",
        "x-ndjson",
    ),
    "gzip that ends in the middle": (
        gzip.compress(lines(*[row(f"{n} + 1?") for n in range(1000)]))[:-20],
        {"Content-Encoding": "gzip"}, 422, "truncated_gzip", "bytes of text",
    ),
    "no gzip": (lines(row()), {"Content-Encoding": "gzip"}, 422, "damaged_gzip", "damaged"),
    "damaged gzip": (
        gzip.compress(lines(row()))[:-8] + b"12345678", {"Content-Encoding": "gzip"}, 422,
        "damaged_gzip", "damaged",
    ),
    "unknown packing": (b"", {"Content-Encoding": "br"}, 422, "content_encoding", "br"),
    "unknown kind": (b"", {"Content-Type": "text/csv"}, 422, "content_type", "text/csv"),
}  # fmt: skip


@pytest.mark.parametrize(
    ("body", "headers", "status", "code", "says"), BROKEN_UPLOADS.values(), ids=BROKEN_UPLOADS
)
def test_broken_upload_is_refused_and_changes_nothing(
    client: TestClient, session: Session,
    body: bytes, headers: dict[str, str], status: int, code: str, says: str,
) -> None:  # fmt: skip
    answered, problem = refused(client, body, headers)
    assert (answered, problem["code"]) == (status, code)
    assert says in problem["detail"]
    assert seeds(session) == 0
    assert client.get("/v1/imports").json()["items"] == []


def test_small_gzip_of_much_text_is_refused(
    client: TestClient, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SEEDBED_MAX_UPLOAD_BYTES", str(50 * 2**20))
    settings.cache_clear()
    bomb = gzip.compress(b"\n" * (51 * 2**20))
    assert len(bomb) < 100_000
    try:
        status, problem = refused(client, bomb, {"Content-Encoding": "gzip"})
    finally:
        monkeypatch.undo()
        settings.cache_clear()
    assert (status, problem["code"]) == (413, "too_large")


def test_abort_on_error_writes_nothing_and_names_the_rows(
    client: TestClient, session: Session
) -> None:
    body = lines(row("good?"), row(""), b"nonsense", row("good too?"))
    status, problem = refused(client, body, on_error="abort")
    assert (status, problem["code"]) == (422, "rows_rejected")
    assert [(e["index"], e["field"], e["code"]) for e in problem["errors"]] == [
        (1, "prompt", "empty"), (2, None, "not_json"),
    ]  # fmt: skip
    assert seeds(session) == 0
    assert counts(push(client, lines(row("good?")), on_error="abort")) == {"created": 1}


def test_dry_run_says_what_would_happen_and_writes_nothing(
    client: TestClient, session: Session
) -> None:
    first = push(client, lines(row("known?", external_id="k")))
    body = lines(
        row("new?"), row("new?", external_id="n"), row("known?", external_id="k", answer="4")
    )
    answer = push(client, body, dry_run=True)
    assert counts(answer) == {"created": 1, "updated": 1, "duplicate": 1}
    assert answer["import_id"] is None
    assert [r["id"] for r in answer["results"]] == [None, None, first["results"][0]["id"]]
    assert seeds(session) == 1
    assert len(client.get("/v1/imports").json()["items"]) == 1
    assert counts(push(client, body)) == {"created": 1, "updated": 1, "duplicate": 1}
