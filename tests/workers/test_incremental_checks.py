"""After a benchmark was added or changed, only what is new is compared."""

import threading
from collections.abc import Sequence
from io import BytesIO

import pytest
from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from backend.accounts.tables import User
from backend.database import session_scope
from backend.decontamination import loading
from backend.decontamination.checking import count_due
from backend.decontamination.index import current_version
from backend.decontamination.policies import create_version
from backend.decontamination.policy_schemas import PolicyVersionCreate
from backend.decontamination.schemas import LoadOptions
from backend.decontamination.tables import Benchmark, BenchmarkItem, DecontaminationHit
from backend.science.contamination import Hit
from backend.science.decontamination import BenchmarkIndex
from backend.seeds.tables import Seed
from tests.backend.embedded.waiting import wait_until
from tests.builders import create_seed, create_user
from tests.checks import DUCKS, ROBE, add_benchmark, hits, run_check, waits_for_a_lock

OTHERS = [f"Question number {n} of a long list that nobody has copied so far?" for n in range(9)]


@pytest.fixture
def compared(monkeypatch: pytest.MonkeyPatch) -> list[tuple[int, int]]:
    """How many items and texts were compared, each time."""
    seen: list[tuple[int, int]] = []
    find = BenchmarkIndex.find

    def counting(index: BenchmarkIndex, texts: Sequence[str], since: int = 0) -> list[list[Hit]]:
        seen.append((len(index) - since, len(texts)))
        return find(index, texts, since)

    monkeypatch.setattr(BenchmarkIndex, "find", counting)
    return seen


def test_new_benchmark_alone_is_compared(session: Session, compared: list[tuple[int, int]]) -> None:
    add_benchmark(session, DUCKS, *OTHERS)
    seed = create_seed(session, prompt=f"{DUCKS} {ROBE}")
    run_check(session)
    add_benchmark(session, ROBE, name="robes")
    run_check(session)
    assert compared == [(10, 1), (1, 1)]
    assert len(hits(session)) == session.get_one(Seed, seed.id).open_hits == 2


def test_reworded_item_alone_is_compared_and_what_it_was_goes(
    session: Session, compared: list[tuple[int, int]]
) -> None:
    add_benchmark(session, DUCKS, ROBE, *OTHERS)
    seed = create_seed(session, prompt=f"{DUCKS} {ROBE}")
    run_check(session)
    kept, lost = hits(session)
    session.execute(
        update(BenchmarkItem)
        .where(BenchmarkItem.id == lost.item_id)
        .values(text="Entirely different words stand here from now on.")
    )
    session.commit()
    run_check(session)
    assert compared == [(11, 1), (1, 1)]
    assert [hit.id for hit in hits(session)] == [kept.id]
    assert session.get_one(Seed, seed.id).open_hits == 1


def test_seeds_are_compared_with_what_each_has_not_seen(
    session: Session, compared: list[tuple[int, int]]
) -> None:
    add_benchmark(session, DUCKS, *OTHERS)
    old = create_seed(session, prompt=f"{DUCKS} {ROBE}")
    run_check(session)
    add_benchmark(session, ROBE, name="robes")
    new = create_seed(session, prompt=f"{ROBE} {DUCKS}")
    run_check(session)
    assert sorted(compared[1:]) == [(1, 1), (11, 1)]
    for seed in (old, new):
        assert session.get_one(Seed, seed.id).open_hits == 2


def test_another_policy_has_everything_compared(
    session: Session, compared: list[tuple[int, int]]
) -> None:
    add_benchmark(session, DUCKS, *OTHERS)
    create_seed(session)
    run_check(session)
    create_version(session, create_user(session), PolicyVersionCreate())
    run_check(session)
    assert compared == [(10, 1), (10, 1)]


def test_benchmark_that_goes_has_nothing_checked(
    session: Session, compared: list[tuple[int, int]]
) -> None:
    add_benchmark(session, DUCKS, *OTHERS)
    gone = add_benchmark(session, ROBE, name="robes")
    create_seed(session)
    run_check(session)
    session.execute(delete(BenchmarkItem).where(BenchmarkItem.benchmark_id == gone.id))
    session.execute(delete(Benchmark).where(Benchmark.id == gone.id))
    session.commit()
    assert count_due(session, current_version(session).id) == 0
    # What comes after is compared, and the index in memory does no harm.
    copy = create_seed(session, prompt=ROBE)
    run_check(session)
    assert (session.get_one(Seed, copy.id).open_hits, hits(session)) == (0, [])


def load(session: Session, name: str, question: str) -> None:
    user = session.scalars(select(User).limit(1)).one()
    row = b'{"id": "1", "text": "%s"}\n' % question.encode()
    loading.load(session, user, BytesIO(row), "items.jsonl", LoadOptions(name=name))


def test_items_of_a_load_that_commits_late_are_not_overlooked(committed: None) -> None:
    with session_scope() as session:
        create_user(session)
        seed_id = create_seed(session, prompt=f"{DUCKS} {ROBE}").id

    def load_second() -> None:
        with session_scope() as session:
            load(session, "robes", ROBE)

    second = threading.Thread(target=load_second)
    with session_scope() as slow:
        load(slow, "ducks", DUCKS)
        second.start()
        with session_scope() as watching:
            wait_until(lambda: waits_for_a_lock(watching), 30)
            # Neither is there yet: a higher version cannot come before a lower one.
            assert watching.scalar(select(func.count()).select_from(BenchmarkItem)) == 0
            assert current_version(watching).newest_item == 0
    second.join()
    with session_scope() as session:
        versions = select(Benchmark.name, BenchmarkItem.version).join(Benchmark)
        order = sorted(session.execute(versions), key=lambda row: row.version)
        assert [row.name for row in order] == ["ducks", "robes"]
        run_check(session)
        assert session.get_one(Seed, seed_id).open_hits == 2
        assert session.scalar(select(func.count()).select_from(DecontaminationHit)) == 2
