"""A benchmark is taken out again: with what it found, but not against the history."""

import threading
from collections.abc import Callable
from uuid import uuid4

from fastapi.testclient import TestClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from backend.database import session_scope
from backend.decontamination.checking import due_seeds, find, store
from backend.decontamination.index import current_index
from backend.decontamination.removal import remove_benchmark
from backend.decontamination.tables import Benchmark, BenchmarkItem, DecontaminationHit
from backend.seeds.tables import Seed
from tests.builders import create_hit, create_seed
from tests.conftest import ClientFactory


def benchmark_of(session: Session, hit: DecontaminationHit) -> int:
    return session.get_one(BenchmarkItem, hit.item_id).benchmark_id


def test_items_and_hits_go_and_seeds_are_counted_anew(
    session: Session, client: TestClient, woken: list[int]
) -> None:
    seed, other = create_seed(session, open_hits=2), create_seed(session, open_hits=1)
    gone, kept = create_hit(session, seed), create_hit(session, seed)
    create_hit(session, other)
    number = benchmark_of(session, gone)
    session.commit()
    assert client.delete(f"/v1/benchmarks/{number}").status_code == 204
    session.expire_all()
    assert (seed.open_hits, other.open_hits) == (1, 1)
    assert session.scalars(select(DecontaminationHit.id).order_by(DecontaminationHit.id)).all() == [
        kept.id, kept.id + 1,
    ]  # fmt: skip
    assert session.get(Benchmark, number) is None
    assert session.scalar(select(func.count()).select_from(BenchmarkItem)) == 2
    assert woken == []
    assert client.delete(f"/v1/benchmarks/{number}").status_code == 404


def test_last_benchmark_can_be_removed(session: Session, client: TestClient) -> None:
    seed = create_seed(session, open_hits=1)
    number = benchmark_of(session, create_hit(session, seed))
    session.commit()
    assert client.delete(f"/v1/benchmarks/{number}").status_code == 204
    session.expire_all()
    assert seed.open_hits == 0
    assert client.get("/v1/benchmarks").json()["items"] == []


def test_benchmark_that_curators_decided_on_stays(session: Session, client: TestClient) -> None:
    seed = create_seed(session, open_hits=1)
    hit = create_hit(session, seed)
    session.commit()
    decision = {
        "token": str(uuid4()), "seed_id": seed.id, "revision_id": seed.revision_id,
        "kind": "dismiss_hit", "hit_id": hit.id,
    }  # fmt: skip
    client.post("/v1/decisions", json={"decisions": [decision]})
    # Undone, it still stands in the history.
    client.post("/v1/decisions:undo", json={"token": str(uuid4())})
    answer = client.delete(f"/v1/benchmarks/{benchmark_of(session, hit)}")
    assert (answer.status_code, answer.json()["code"]) == (409, "decided_hits")
    assert "decided on 1 of its hits" in answer.json()["detail"]
    session.expire_all()
    assert session.get_one(DecontaminationHit, hit.id).state == "open"


def test_removing_needs_a_curator(session: Session, client_as: ClientFactory) -> None:
    number = benchmark_of(session, create_hit(session, create_seed(session)))
    session.commit()
    assert client_as("ingester").delete(f"/v1/benchmarks/{number}").status_code == 403


def test_what_a_running_check_found_is_not_stored_after_the_removal(
    committed: None,
) -> None:
    text = "How many robes does it take to dress seven very cold monks?"
    with session_scope() as session:
        create_seed(session, text)
        benchmark = Benchmark(name="robes", version="1", split="test", item_count=1)
        other = Benchmark(name="other", version="1", split="test", item_count=1)
        session.add_all([benchmark, other])
        session.flush()
        for owner in (benchmark, other):
            session.add(BenchmarkItem(benchmark_id=owner.id, external_id="1", text=text))
    with session_scope() as session:
        loaded = current_index(session)
        found = find(loaded, due_seeds(session, loaded, 0))
    with session_scope() as removing:
        remove_benchmark(removing, benchmark.id)
        storing = _in_thread(lambda: _store(loaded, found))
        # It waits for the removal, then sees that the item is no longer there.
        storing.join(0.2)
        assert storing.is_alive()
    storing.join(20)
    with session_scope() as session:
        [kept] = session.scalars(select(DecontaminationHit))
        item = session.get_one(BenchmarkItem, kept.item_id)
        assert session.get_one(Benchmark, item.benchmark_id).name == "other"
        assert session.scalars(select(Seed.open_hits)).all() == [1]


def _store(loaded: object, found: object) -> None:
    with session_scope() as session:
        store(session, loaded, found)  # type: ignore[arg-type]


def _in_thread(work: Callable[[], None]) -> threading.Thread:
    thread = threading.Thread(target=work)
    thread.start()
    return thread
