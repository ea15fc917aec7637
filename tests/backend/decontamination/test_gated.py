"""Gated benchmarks: their items are never seen beyond what a seed holds as well."""

from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from backend.decontamination.tables import Benchmark, BenchmarkItem
from backend.decontamination.words import hash_of
from tests.backend.decontamination.test_loading import jsonl, load
from tests.builders import create_hit, create_seed

ROWS = [{"id": "a", "text": "What is one?"}]


@pytest.mark.parametrize(
    ("options", "gated"),
    [
        ({"name": "gpqa_diamond"}, True),
        ({"name": "mine", "stands_for": "GPQA"}, True),
        ({"name": "gpqa_diamond", "gated": "false"}, False),
        ({"name": "gsm8k"}, False),
        ({"name": "gsm8k", "gated": "true"}, True),
    ],
)
def test_benchmark_is_gated_where_its_authors_ask_or_one_says_so(
    client: TestClient, options: dict[str, Any], gated: bool
) -> None:
    assert load(client, jsonl(ROWS), **options)["benchmarks"][0]["gated"] is gated


def test_loading_again_keeps_what_a_curator_said(client: TestClient) -> None:
    [benchmark] = load(client, jsonl(ROWS), name="mine")["benchmarks"]
    said = {"gated": True, "stands_for": "MATH", "licence": "MIT"}
    client.patch(f"/v1/benchmarks/{benchmark['id']}", json=said)
    [again] = load(client, jsonl(ROWS), name="mine")["benchmarks"]
    assert {field: again[field] for field in said} == said


def test_item_is_masked_wherever_a_hit_is_shown(session: Session, client: TestClient) -> None:
    seed = create_seed(session, "Name the metal that rusts.")
    hit = create_hit(session, seed, spans=[[5, 14, 6, 15]])
    item = session.get_one(BenchmarkItem, hit.item_id)
    item.text = "State the metal: iron or gold?"
    hit.item_hash = hash_of(item.text)
    session.get_one(Benchmark, item.benchmark_id).gated = True
    session.commit()
    [listed] = client.get("/v1/hits").json()["items"]
    [detailed] = client.get(f"/v1/seeds/{seed.id}").json()["evidence"]["hits"]
    for shown in (listed, detailed):
        assert shown["masked"] is True
        assert shown["item_text"] == "░░░░░ the metal░ ░░░░ ░░ ░░░░░"
        [[seed_start, seed_end, start, end]] = shown["spans"]
        assert shown["item_text"][start:end] == seed_text(seed_start, seed_end)
    queued = client.get("/v1/queue").text
    assert "the metal" in queued
    for answer in (queued, client.get("/v1/seeds").text, client.get("/v1/benchmarks").text):
        assert "gold" not in answer


def seed_text(start: int, end: int) -> str:
    return "Name the metal that rusts."[start:end]


def test_item_of_an_open_benchmark_is_shown_whole(session: Session, client: TestClient) -> None:
    create_hit(session, create_seed(session))
    session.commit()
    [hit] = client.get("/v1/hits").json()["items"]
    assert (hit["masked"], hit["item_text"]) == (False, session.scalar(select(BenchmarkItem.text)))
