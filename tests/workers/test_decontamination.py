"""The check job: what it finds, what it keeps, and that it can be stopped or run twice at once."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from backend.database import session_scope
from backend.decontamination import checking
from backend.decontamination.index import current_index, current_version
from backend.decontamination.service import CHECK, enqueue_check
from backend.decontamination.tables import (
    BenchmarkItem,
    DecontaminationHit,
    IndexVersion,
)
from backend.jobs.service import LeaseLost, claim, enqueue
from backend.jobs.tables import Job
from backend.review.history import record
from backend.seeds.service import add_revision
from backend.seeds.tables import Seed
from tests.builders import create_seed, create_user
from tests.checks import DUCKS, ROBE, add_benchmark, hits, run_check
from workers.tasks.decontamination import check


@pytest.fixture(autouse=True)
def _small_batches(monkeypatch: pytest.MonkeyPatch, woken: list[int]) -> None:
    monkeypatch.setattr(checking, "BATCH", 2)


def test_check_finds_copies_and_marks_their_seeds(session: Session) -> None:
    add_benchmark(session, DUCKS, ROBE)
    copy = create_seed(session, prompt=f"Answer this.\n\n{DUCKS.upper()}\n\nThink well.")
    clean = [create_seed(session) for _ in range(4)]
    job = run_check(session)
    [hit] = hits(session)
    assert (hit.revision_id, hit.method, hit.state) == (copy.revision_id, "exact", "open")
    assert hit.coverage_item == 1
    [[seed_start, seed_end, item_start, item_end]] = hit.spans
    prompt = f"Answer this.\n\n{DUCKS.upper()}\n\nThink well."
    assert prompt[seed_start:seed_end].casefold() == DUCKS[item_start:item_end].casefold()
    assert (hit.verdict, hit.action, hit.score) == ("contaminated", "block", 1)
    counts = [session.get_one(Seed, seed.id).open_hits for seed in (copy, *clean)]
    assert counts == [1, 0, 0, 0, 0]
    index_id = current_version(session).id
    assert set(session.scalars(select(Seed.checked_index))) == {index_id} == {hit.index_id}
    row = session.get_one(Job, job.id)
    assert (row.done_count, row.total_count) == (5, 5)


def test_second_check_finds_nothing_to_do(session: Session) -> None:
    add_benchmark(session, DUCKS)
    create_seed(session, prompt=DUCKS)
    run_check(session)
    before = hits(session)[0].id
    job = run_check(session)
    assert session.get_one(Job, job.id).done_count == 0
    assert [hit.id for hit in hits(session)] == [before]


def test_withdrawn_seeds_are_not_checked(session: Session) -> None:
    add_benchmark(session, DUCKS)
    seed = create_seed(session, prompt=DUCKS)
    seed.withdrawn_at = seed.created_at
    run_check(session)
    assert hits(session) == []


def test_new_benchmark_has_all_seeds_checked_again(session: Session) -> None:
    add_benchmark(session, DUCKS)
    seed = create_seed(session, prompt=f"{DUCKS} {ROBE}")
    run_check(session)
    add_benchmark(session, ROBE, name="robes")
    run_check(session)
    assert len(hits(session)) == 2
    assert session.get_one(Seed, seed.id).open_hits == 2


def test_curators_words_stay_when_a_pair_is_found_again(session: Session) -> None:
    add_benchmark(session, DUCKS, ROBE)
    seed = create_seed(session, prompt=f"{DUCKS} {ROBE}")
    run_check(session)
    session.execute(
        update(DecontaminationHit)
        .where(DecontaminationHit.id == hits(session)[0].id)
        .values(state="dismissed")
    )
    add_benchmark(session, "A question that stands in no seed of this test.", name="other")
    run_check(session)
    assert [hit.state for hit in hits(session)] == ["dismissed", "open"]
    assert session.get_one(Seed, seed.id).open_hits == 1


def test_open_hits_that_are_lost_go_and_settled_ones_stay(session: Session) -> None:
    add_benchmark(session, DUCKS, ROBE, f"{ROBE} {DUCKS}")
    seed = create_seed(session, prompt=f"{DUCKS} {ROBE}")
    run_check(session)
    _, second, third = hits(session)
    second.state = "confirmed"
    record(
        session, seed_id=seed.id, revision_id=seed.revision_id, user_id=create_user(session).id,
        kind="undo", before={}, after={}, hit_id=third.id,
    )  # fmt: skip
    # All items are reworded beyond recognition.
    session.execute(update(BenchmarkItem).values(text="Entirely different words stand here now."))
    run_check(session)
    # The third is open, but the history speaks of it.
    assert [(hit.id, hit.state) for hit in hits(session)] == [
        (second.id, "confirmed"),
        (third.id, "open"),
    ]
    assert session.get_one(Seed, seed.id).open_hits == 1


def test_reworded_seed_is_due_again(session: Session) -> None:
    add_benchmark(session, DUCKS)
    seed = create_seed(session, prompt=DUCKS)
    run_check(session)
    add_revision(
        session, session.get_one(Seed, seed.id), "What is one and one?", None, "edit", None
    )
    session.commit()
    run_check(session)
    assert session.get_one(Seed, seed.id).open_hits == 0
    assert len(hits(session)) == 1  # of the first wording


def test_job_that_was_taken_over_writes_nothing(session: Session) -> None:
    add_benchmark(session, DUCKS)
    seed = create_seed(session, prompt=DUCKS)
    job_id = enqueue(session, CHECK, {}).id
    session.commit()
    stale = claim(job_id, -1, "test/1")
    assert stale is not None
    assert claim(job_id, 60, "test/2") is not None
    with pytest.raises(LeaseLost):
        check(stale)
    session.expire_all()
    assert hits(session) == []
    assert session.get_one(Seed, seed.id).checked_index is None


def test_job_that_was_stopped_goes_on_where_it_was(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    add_benchmark(session, DUCKS)
    for _ in range(6):
        create_seed(session)
    job_id = enqueue(session, CHECK, {}).id
    session.commit()
    job = claim(job_id, -1, "test/1")
    assert job is not None
    seen: list[int] = []
    find = checking.find

    def find_until_killed(loaded: object, seeds: list[checking.DueSeed]) -> object:
        if len(seen) == 4:
            raise KeyboardInterrupt
        seen.extend(seed.id for seed in seeds)
        return find(loaded, seeds)  # type: ignore[arg-type]

    monkeypatch.setattr(checking, "find", find_until_killed)
    with pytest.raises(KeyboardInterrupt):
        check(job)
    monkeypatch.setattr(checking, "find", find)
    again = claim(job_id, 60, "test/2")
    assert again is not None
    check(again)
    session.expire_all()
    # Four were checked before; the second attempt had two to do.
    assert session.get_one(Job, job_id).done_count == 2
    assert session.scalar(select(func.count()).where(Seed.checked_index.is_(None))) == 0


def test_benchmark_that_comes_in_during_a_check_is_not_missed(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    add_benchmark(session, DUCKS)
    seed = create_seed(session, prompt=ROBE)
    session.commit()
    find = checking.find

    def find_while_loading(loaded: object, seeds: list[checking.DueSeed]) -> object:
        monkeypatch.setattr(checking, "find", find)
        add_benchmark(session, ROBE, name="robes")
        return find(loaded, seeds)  # type: ignore[arg-type]

    monkeypatch.setattr(checking, "find", find_while_loading)
    run_check(session)
    assert session.get_one(Seed, seed.id).open_hits == 1


def test_seed_checked_against_newer_benchmarks_meanwhile_is_left_alone(session: Session) -> None:
    add_benchmark(session, DUCKS)
    seed = create_seed(session, prompt=ROBE)
    session.commit()
    loaded = current_index(session)
    found = checking.find(loaded, checking.due_seeds(session, loaded, 0))
    other = IndexVersion(policy_id=loaded.policy_id, newest_item=-1)
    session.add(other)
    session.flush()
    session.execute(update(Seed).values(checked_index=other.id))
    assert checking.store(session, loaded, found) == 0
    session.expire_all()
    assert session.get_one(Seed, seed.id).checked_index == other.id


def test_waiting_check_is_enough_and_a_running_one_is_not(session: Session) -> None:
    assert enqueue_check(session, None) is None  # there is nothing to check against
    add_benchmark(session, DUCKS)
    first = enqueue_check(session, None)
    assert first is not None
    assert enqueue_check(session, None) is first
    session.commit()
    claim(first.id, 60, "test/1")
    session.expire_all()
    second = enqueue_check(session, None)
    assert second is not None
    assert second.id != first.id


@pytest.fixture
def many_seeds(committed: None) -> int:
    with session_scope() as session:
        add_benchmark(session, DUCKS, ROBE)
        for number in range(40):
            create_seed(session, prompt=f"{DUCKS} {number}" if number % 4 == 0 else None)
    return 10


def test_two_workers_at_once_write_each_hit_once(many_seeds: int) -> None:
    def work(_: int) -> None:
        with session_scope() as session:
            job_id = enqueue(session, CHECK, {}).id
        job = claim(job_id, 60, "test/1")
        assert job is not None
        check(job)

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(work, range(2)))
    with session_scope() as session:
        assert session.scalar(select(func.count()).select_from(DecontaminationHit)) == many_seeds
        assert session.scalar(select(func.sum(Seed.open_hits))) == many_seeds
        assert session.scalar(select(func.count()).where(Seed.checked_index.is_(None))) == 0
