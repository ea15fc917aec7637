"""Large bulk actions as jobs: stopped, resumed, undone, and beside single decisions."""

from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from threading import Barrier
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from backend.accounts.tables import User
from backend.database import session_scope
from backend.errors import Conflict
from backend.jobs.service import ClaimedJob, LeaseLost, claim, get
from backend.jobs.tables import Job
from backend.review import batches, bulk
from backend.review.decisions import decide
from backend.review.results import BulkResult
from backend.review.schemas import BatchUndo, BulkCreate
from backend.review.tables import Decision
from backend.review.undo import undo
from backend.seeds.tables import Seed
from tests.builders import create_seed, create_user
from workers.tasks import decisions

SEEDS = 10


@pytest.fixture(autouse=True)
def _small_chunks(monkeypatch: pytest.MonkeyPatch, woken: list[int]) -> None:
    monkeypatch.setattr(bulk, "AT_ONCE", 3)
    monkeypatch.setattr(bulk, "CHUNK", 4)


@pytest.fixture
def user(session: Session) -> User:
    user = create_user(session)
    for _ in range(SEEDS):
        create_seed(session)
    return user


def act(session: Session, user: User, kind: str = "reject", **fields: Any) -> BulkResult:
    values = {"token": uuid4(), "kind": kind, "reason": "too easy", "filter": {}} | fields
    return bulk.decide_in_bulk(session, user, BulkCreate.model_validate(values))


def take_back(session: Session, user: User, batch: UUID) -> BulkResult:
    return bulk.undo_batch(session, user, BatchUndo(token=uuid4(), batch=batch))


def claimed(job_id: int | None, lease_seconds: float = 60) -> ClaimedJob:
    assert job_id is not None
    job = claim(job_id, lease_seconds, "host/1")
    assert job is not None
    return job


def statuses(session: Session) -> list[str]:
    session.expire_all()
    return list(session.scalars(select(Seed.status).order_by(Seed.id)))


def events_a_seed(session: Session, batch: UUID) -> list[int]:
    counts = select(func.count()).where(Decision.batch == batch).group_by(Decision.seed_id)
    return list(session.scalars(counts))


def test_killed_job_goes_on_where_it_was(session: Session, user: User) -> None:
    begun = act(session, user)
    assert (begun.count, statuses(session)) == (SEEDS, ["pending"] * SEEDS)
    first = claimed(begun.job_id, lease_seconds=-1)
    assert bulk.work_on(session, first)
    assert statuses(session) == ["rejected"] * 4 + ["pending"] * 6
    decisions.decide(claimed(begun.job_id))
    assert statuses(session) == ["rejected"] * SEEDS
    assert events_a_seed(session, begun.batch) == [1] * SEEDS
    job = get(session, first.id)
    assert (job.done_count, job.total_count) == (SEEDS, SEEDS)
    with pytest.raises(LeaseLost):
        bulk.work_on(session, first)


def test_seed_that_was_undone_meanwhile_is_not_decided_again(session: Session, user: User) -> None:
    begun = act(session, user)
    first = claimed(begun.job_id, lease_seconds=-1)
    bulk.work_on(session, first)
    decision_id = session.scalar(select(func.min(Decision.id)))
    undo(session, user, uuid4(), decision_id)
    decisions.decide(claimed(begun.job_id))
    assert statuses(session) == ["pending"] + ["rejected"] * (SEEDS - 1)
    shown = batches.read(session, begun.batch)
    assert (shown.count, shown.undone_count) == (SEEDS, 1)


def test_what_no_longer_matches_and_what_came_later_is_left_alone(
    session: Session, user: User
) -> None:
    begun = act(session, user, filter={"status": "pending"})
    last = session.scalars(select(Seed).order_by(Seed.id.desc())).first()
    assert last is not None
    decide(session, user, [{"token": uuid4(), "seed_id": last.id, "kind": "accept"}])
    create_seed(session)
    decisions.decide(claimed(begun.job_id))
    assert statuses(session) == ["rejected"] * (SEEDS - 1) + ["accepted", "pending"]
    shown = batches.read(session, begun.batch)
    assert (shown.count, shown.left_out) == (SEEDS - 1, 1)


def test_large_accept_leaves_seeds_with_open_hits_alone(session: Session, user: User) -> None:
    create_seed(session, open_hits=1)
    begun = act(session, user, "accept")
    decisions.decide(claimed(begun.job_id))
    assert statuses(session) == ["accepted"] * SEEDS + ["pending"]
    shown = batches.read(session, begun.batch)
    assert (shown.count, shown.left_out) == (SEEDS, 1)
    assert get(session, shown.job.id).done_count == SEEDS + 1  # type: ignore[union-attr]


def test_large_batch_of_named_seeds(session: Session, user: User) -> None:
    named = list(session.scalars(select(Seed.id).order_by(Seed.id)))[2:8]
    begun = act(session, user, "flag", filter=None, seed_ids=named)
    decisions.decide(claimed(begun.job_id))
    session.expire_all()
    assert sorted(session.scalars(select(Seed.id).where(Seed.flagged))) == named


def test_undo_of_a_large_batch_is_a_job_that_restores_all(session: Session, user: User) -> None:
    begun = act(session, user)
    decisions.decide(claimed(begun.job_id))
    undone = take_back(session, user, begun.batch)
    bulk.work_on(session, claimed(undone.job_id, lease_seconds=-1))
    decisions.decide(claimed(undone.job_id))
    assert statuses(session) == ["pending"] * SEEDS
    assert events_a_seed(session, undone.batch) == [1] * SEEDS
    shown = batches.read(session, begun.batch)
    assert (shown.undone_count, shown.undone_by) == (SEEDS, undone.batch)
    again = take_back(session, user, undone.batch)
    decisions.decide(claimed(again.job_id))
    assert statuses(session) == ["rejected"] * SEEDS
    assert batches.read(session, again.batch).kind == "reject"


def test_undo_stops_a_batch_that_is_worked_off(session: Session, user: User) -> None:
    begun = act(session, user)
    job = claimed(begun.job_id)
    bulk.work_on(session, job)
    undone = take_back(session, user, begun.batch)
    with pytest.raises(LeaseLost):
        bulk.work_on(session, job)
    decisions.decide(claimed(undone.job_id))
    assert statuses(session) == ["pending"] * SEEDS
    assert batches.read(session, begun.batch).job.state == "cancelled"  # type: ignore[union-attr]


def test_repeated_large_request_begins_one_job(session: Session, user: User) -> None:
    token = uuid4()
    first = act(session, user, token=token)
    assert act(session, user, token=token) == first
    assert session.scalar(select(func.count()).select_from(Job)) == 1


def test_bulk_job_beside_single_decisions(committed: None) -> None:
    with session_scope() as session:
        users = [create_user(session) for _ in range(4)]
        seed_ids = [create_seed(session).id for _ in range(40)]
    with session_scope() as session:
        begun = act(session, users[0])
    start = Barrier(4)

    def flag(user: User) -> None:
        start.wait()
        for first in range(0, 40, 8):
            some = reversed(seed_ids[first : first + 8])
            rows = [{"token": uuid4(), "seed_id": seed_id, "kind": "flag"} for seed_id in some]
            with session_scope() as session:
                results = decide(session, user, rows)
            # A batch may have unflagged the seed meanwhile: the undo is refused, as it must be.
            with suppress(Conflict), session_scope() as session:
                undo(session, user, uuid4(), results[0].decision_id)

    def work() -> None:
        start.wait()
        decisions.decide(claimed(begun.job_id))

    with ThreadPoolExecutor(4) as pool:
        waiting = [
            pool.submit(work),
            pool.submit(flag, users[1]),
            pool.submit(_take_back_repeatedly, start, users[2], seed_ids),
            pool.submit(_take_back_repeatedly, start, users[3], seed_ids[::-1]),
        ]
        for each in waiting:
            each.result()
    with session_scope() as session:
        assert statuses(session) == ["rejected"] * 40
        assert events_a_seed(session, begun.batch) == [1] * 40


def test_undo_of_a_batch_leaves_alone_what_was_decided_while_it_waited(committed: None) -> None:
    with session_scope() as session:
        first, second = create_user(session), create_user(session)
        seed_ids = [create_seed(session).id for _ in range(2)]
    with session_scope() as session:
        batch = act(session, first, "flag", filter=None, seed_ids=seed_ids).batch

    def undo_later() -> BulkResult:
        with session_scope() as session:
            return take_back(session, first, batch)

    with ThreadPoolExecutor(1) as pool, session_scope() as session:
        row = {"token": uuid4(), "seed_id": seed_ids[0], "kind": "flag"}
        assert decide(session, second, [row])[0].status == "stored"
        undoing = pool.submit(undo_later)
        _until_somebody_waits_for_a_lock(undoing)
        session.commit()
        result = undoing.result()
    assert (result.count, result.left_out) == (1, 1)
    with session_scope() as session:
        assert list(session.scalars(select(Seed.id).where(Seed.flagged))) == seed_ids[:1]


def _until_somebody_waits_for_a_lock(work: Future[BulkResult]) -> None:
    with session_scope() as session:
        waiting = text("SELECT count(*) FROM pg_locks WHERE NOT granted")
        while not session.scalar(waiting):
            assert not work.done(), "it did not wait"


def _take_back_repeatedly(start: Barrier, user: User, seed_ids: list[int]) -> None:
    """Small batches over the same seeds, and their undo."""
    start.wait()
    for first in range(0, 40, 3):
        named = seed_ids[first : first + 3]
        for kind in ("flag", "unflag"):
            with session_scope() as session:
                result = act(session, user, kind, filter=None, seed_ids=named)
            with session_scope() as session:
                take_back(session, user, result.batch)
