"""Imports beside each other and beside edits, with real commits."""

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import func, select, text

from backend import queue
from backend.accounts import service as accounts
from backend.app import create_app
from backend.database import session_scope
from backend.seeds.service import add_revision, get_seed
from backend.seeds.tables import Seed, SeedRevision
from tests.backend.seeds.test_importing import counts, lines, push, row


@pytest.fixture
def live(committed: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[TestClient]:
    """A client whose requests have connections and commits of their own."""
    monkeypatch.setattr(queue, "send", lambda job_id, queue: None)
    with session_scope() as session:
        admin = accounts.first_admin(session)
        secret = accounts.issue_key(session, admin, "api", "test").secret
    with TestClient(create_app(), headers={"Authorization": f"Bearer {secret}"}) as client:
        yield client


def total() -> tuple[int, int]:
    with session_scope() as session:
        seeds = session.scalars(select(func.count(Seed.id))).one()
        return seeds, session.scalars(select(func.count(Seed.content_hash.distinct()))).one()


def test_overlapping_imports_all_succeed_without_doubles(live: TestClient) -> None:
    prompts = [f"What is {n} + {n}?" for n in range(300)]
    uploads = [
        lines(*(row(text) for text in prompts)),
        lines(*(row(text) for text in reversed(prompts))),
        lines(*(row(text, external_id=str(n)) for n, text in enumerate(prompts))),
        lines(*(row(text) | {"source": "other"} for text in prompts[::-2])),
    ]
    together = threading.Barrier(len(uploads))

    def upload(body: bytes) -> dict[str, Any]:
        together.wait(30)
        return push(live, body)

    with ThreadPoolExecutor(len(uploads)) as pool:
        answers = list(pool.map(upload, uploads))
    assert sum(answer["created"] for answer in answers) == 300
    assert sum(answer["rejected"] for answer in answers) == 0
    assert total() == (300, 300)


def test_imports_that_update_the_same_seeds_all_succeed(live: TestClient) -> None:
    names = [str(n) for n in range(200)]
    push(live, lines(*(row(f"first {name}?", external_id=name) for name in names)))
    together = threading.Barrier(3)

    def update(wording: str) -> dict[str, Any]:
        order = names if wording != "b" else names[::-1]
        together.wait(30)
        return push(live, lines(*(row(f"{wording} {n}?", external_id=n) for n in order)))

    with ThreadPoolExecutor(3) as pool:
        answers = list(pool.map(update, "abc"))
    assert [counts(answer) for answer in answers] == [{"updated": 200}] * 3
    with session_scope() as session:
        numbers = select(SeedRevision.seed_id, func.max(SeedRevision.number))
        latest = session.execute(numbers.group_by(SeedRevision.seed_id)).all()
    assert {number for _, number in latest} == {4}


def test_same_key_sent_twice_at_once_has_one_effect(live: TestClient) -> None:
    together = threading.Barrier(2)

    def upload(_: int) -> dict[str, Any]:
        together.wait(30)
        return push(live, lines(row("a?"), row("b?")), {"Idempotency-Key": "k"})

    with ThreadPoolExecutor(2) as pool:
        answers = list(pool.map(upload, range(2)))
    assert sorted(answer["replayed"] for answer in answers) == [False, True]
    assert len({answer["import_id"] for answer in answers}) == 1
    assert [counts(answer) for answer in answers] == [{"created": 2}] * 2


def test_edit_that_takes_a_prompt_meanwhile_makes_the_row_a_duplicate(live: TestClient) -> None:
    """The import has decided to create "b?" when the edit commits; it decides again."""
    seed_id = push(live, lines(row("a?")))["results"][0]["id"]
    with ThreadPoolExecutor(1) as pool:
        with session_scope() as session:
            add_revision(session, get_seed(session, seed_id, lock=True), "b?", None, "edit", None)
            importing = pool.submit(push, live, lines(row("b?", external_id="1"), row("c?")))
            wait_until_blocked()
        answer = importing.result(30)
    assert [(r["status"], r["id"] == seed_id) for r in answer["results"]] == [
        ("duplicate", True), ("created", False),
    ]  # fmt: skip
    assert total() == (2, 2)


def wait_until_blocked() -> None:
    """Until some statement waits for another transaction."""
    waiting = text(
        "select count(*) from pg_stat_activity where cardinality(pg_blocking_pids(pid)) > 0"
    )
    pause = threading.Event()
    for _ in range(1000):
        with session_scope() as session:
            if session.scalar(waiting):
                return
        pause.wait(0.02)
    pytest.fail("nothing waits")


def test_upload_holds_no_row_of_its_key(live: TestClient) -> None:
    """While an upload is on its way, other requests of the same user are answered."""
    answered = threading.Event()

    def slowly() -> Iterator[bytes]:
        yield lines(row("a?")) + b"\n"
        assert answered.wait(120)
        yield lines(row("b?"))

    with ThreadPoolExecutor(1) as pool:
        uploading = pool.submit(
            live.post, "/v1/seeds:bulk", content=slowly(),
            headers={"Content-Type": "application/x-ndjson"},
        )  # fmt: skip
        # A client reads an upload in its own loop, and waits there: another one has to ask.
        with TestClient(live.app, headers=live.headers) as other:
            assert other.get("/v1/me").status_code == 200
        answered.set()
        assert uploading.result(30).json()["created"] == 2
