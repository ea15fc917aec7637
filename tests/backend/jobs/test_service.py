"""Jobs: claimed once, fenced, freed when their holder dies."""

from datetime import timedelta

import pytest
from sqlalchemy import func, update
from sqlalchemy.orm import Session

from backend.config import settings
from backend.database import session_scope
from backend.jobs import service
from backend.jobs.tables import Job


def _enqueued(session: Session) -> int:
    job = service.enqueue(session, "test", {"n": 1})
    session.commit()
    return job.id


def test_wake_up_is_sent_after_commit_only(session: Session, woken: list[int]) -> None:
    dropped = service.enqueue(session, "test", {})
    assert woken == []
    session.rollback()
    assert woken == [], f"job {dropped} was rolled back"
    kept = _enqueued(session)
    assert woken == [kept]


def test_wake_up_waits_for_the_commit_that_others_see(session: Session, woken: list[int]) -> None:
    with session.begin_nested():
        job_id = service.enqueue(session, "test", {}).id
    assert woken == []  # a savepoint was released, and nobody could claim the job yet
    session.commit()
    assert woken == [job_id]


def test_job_is_claimed_by_one(session: Session, woken: list[int]) -> None:
    job_id = _enqueued(session)
    claimed = service.claim(job_id, 30, "host/1")
    assert claimed is not None
    assert claimed.attempt == 1
    assert service.claim(job_id, 30, "host/2") is None


def _expire_lease(job_id: int) -> None:
    with session_scope() as session:
        session.execute(
            update(Job)
            .where(Job.id == job_id)
            .values(lease_until=func.now() - timedelta(seconds=1))
        )


def test_holder_of_a_lost_lease_cannot_write_or_finish(session: Session, woken: list[int]) -> None:
    job_id = _enqueued(session)
    late = service.claim(job_id, 30, "host/1")
    _expire_lease(job_id)
    current = service.claim(job_id, 30, "host/2")
    assert late is not None
    assert current is not None
    assert current.attempt == 2
    with pytest.raises(service.LeaseLost), session_scope() as writing:
        late.fence(writing)
    service.finish(late)
    assert not service.renew(late, 30)
    session.expire_all()
    assert service.get(session, job_id).state == "running"
    with session_scope() as writing:
        current.fence(writing)
    service.finish(current)
    session.expire_all()
    assert service.get(session, job_id).state == "done"


def test_quiet_job_is_dispatched_again_but_a_held_one_is_not(
    session: Session, woken: list[int]
) -> None:
    quiet, held = _enqueued(session), _enqueued(session)
    service.claim(held, 30, "host/1")
    assert service.due_for_dispatch(30) == []
    assert service.due_for_dispatch(-1) == [(quiet, "seedbed")]


def test_dead_holders_job_is_due_at_once(session: Session, woken: list[int]) -> None:
    job_id = _enqueued(session)
    service.claim(job_id, 300, "host/77")
    assert service.holders("host") == ["host/77"]
    assert service.holders("ho") == []
    service.release_jobs_of("host/77")
    assert service.due_for_dispatch(30) == [(job_id, "seedbed")]


def test_failed_job_keeps_its_reason(session: Session, woken: list[int]) -> None:
    job_id = _enqueued(session)
    job = service.claim(job_id, 30, "host/1")
    assert job is not None
    service.finish(job, "ValueError: no")
    session.expire_all()
    found = service.get(session, job_id)
    assert (found.state, found.error) == ("failed", "ValueError: no")
    assert service.claim(job_id, 30, "host/2") is None


def test_postponed_job_rests_for_its_time_and_is_then_woken(
    session: Session, woken: list[int]
) -> None:
    job = service.claim(_enqueued(session), 30, "host/1")
    assert job is not None
    job.postpone(session, 60)
    session.commit()
    lease = settings().job_lease_seconds
    assert service.due_for_dispatch(lease) == []
    passed = update(Job).where(Job.id == job.id)
    session.execute(passed.values(dispatched_at=Job.dispatched_at - timedelta(seconds=61)))
    assert service.due_for_dispatch(lease) == [(job.id, "seedbed")]
    assert service.claim(job.id, 30, "host/2") is not None


def test_job_that_is_done_with_its_step_is_not_finished_by_it(
    session: Session, woken: list[int]
) -> None:
    job = service.claim(_enqueued(session), 30, "host/1")
    assert job is not None
    job.postpone(session, 60)
    session.commit()
    service.finish(job)
    assert service.get(session, job.id).state == "queued"
