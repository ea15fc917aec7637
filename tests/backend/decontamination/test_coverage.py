"""Which of the benchmarks in reports are loaded, in part or missing, and how that is corrected."""

from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlalchemy.orm import Session

from backend.decontamination.tables import Benchmark
from tests.conftest import ClientFactory


def has(session: Session, name: str, items: int, **fields: Any) -> Benchmark:
    values = {"version": "1", "split": "test", **fields}
    benchmark = Benchmark(name=name, item_count=items, **values)
    session.add(benchmark)
    session.commit()
    return benchmark


def status(client: TestClient, name: str) -> tuple[str, int]:
    [named] = [one for one in client.get("/v1/benchmarks/registry").json() if one["name"] == name]
    return named["status"], named["items_loaded"]


def test_nothing_loaded_is_all_missing(client: TestClient) -> None:
    named = client.get("/v1/benchmarks/registry").json()
    assert len(named) == 23
    assert {one["status"] for one in named} == {"missing"}
    [secret] = [one for one in named if not one["public"]]
    assert (secret["name"], secret["how"]) == ("PhiBench", None)


@pytest.mark.parametrize(
    ("called", "items", "fields", "name", "expected"),
    [
        ("gsm8k_test", 1319, {}, "GSM8k", "loaded"),
        ("gsm8k", 1318, {}, "GSM8k", "partly"),
        ("math_500", 500, {}, "MATH", "partly"),
        ("gpqa_diamond", 198, {}, "GPQA", "partly"),
        ("gpqa", 448, {"split": "train"}, "GPQA", "loaded"),
        ("livecodebench", 880, {}, "LiveCodeBench", "loaded"),
        # The items that one trains on are not those that one evaluates on.
        ("gsm8k", 7473, {"split": "train"}, "GSM8k", "missing"),
        ("gsm8k", 0, {}, "GSM8k", "missing"),
        ("my_maths", 5000, {"stands_for": "MATH"}, "MATH", "loaded"),
        ("math", 5000, {"stands_for": "none"}, "MATH", "missing"),
    ],
)
def test_what_counts_as_loaded(
    session: Session, client: TestClient, called: str, items: int, fields: Any, name: str,
    expected: str,
) -> None:  # fmt: skip
    has(session, called, items, **fields)
    assert status(client, name)[0] == expected


def test_copies_do_not_add_up(session: Session, client: TestClient) -> None:
    for version in range(11):
        has(session, "math_500", 500, version=str(version))
    assert status(client, "MATH") == ("partly", 500)


def test_parts_add_up_where_a_benchmark_comes_in_parts(
    session: Session, client: TestClient
) -> None:
    has(session, "agieval_lsat-ar", 4000)
    has(session, "agieval_lsat-ar", 4000, version="2")
    assert status(client, "AGIEval") == ("partly", 4000)
    has(session, "agieval_sat-math", 4062)
    assert status(client, "AGIEval") == ("loaded", 8062)


def test_curator_corrects_what_a_benchmark_stands_for(
    session: Session, client_as: ClientFactory
) -> None:
    benchmark = has(session, "competition", 5000)
    curator, path = client_as("curator"), f"/v1/benchmarks/{benchmark.id}"
    assert status(curator, "MATH") == ("missing", 0)
    changed = curator.patch(path, json={"stands_for": "MATH", "gated": True, "licence": "MIT"})
    assert changed.status_code == 200
    assert [changed.json()[field] for field in ("stands_for", "gated", "licence")] == [
        "MATH", True, "MIT",
    ]  # fmt: skip
    assert status(curator, "MATH") == ("loaded", 5000)
    assert curator.patch(path, json={"stands_for": None}).json()["gated"] is True
    assert status(curator, "MATH") == ("missing", 0)


@pytest.mark.parametrize("body", [{"stands_for": "MATHS"}, {"gated": None}, {"name": "x"}])
def test_correction_that_makes_no_sense_is_refused(
    session: Session, client: TestClient, body: dict[str, Any]
) -> None:
    benchmark = has(session, "math", 1)
    assert client.patch(f"/v1/benchmarks/{benchmark.id}", json=body).status_code == 422


def test_correcting_needs_a_curator_and_a_benchmark(
    session: Session, client: TestClient, client_as: ClientFactory
) -> None:
    benchmark = has(session, "math", 1)
    path = f"/v1/benchmarks/{benchmark.id}"
    assert client_as("viewer").patch(path, json={"gated": True}).status_code == 403
    assert client.patch("/v1/benchmarks/999999", json={"gated": True}).status_code == 404
