"""A check of many seeds is shared out among jobs; progress and outcome are those of the whole."""

import pytest
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from backend.decontamination import checking, sharing
from backend.decontamination.checking import count_due
from backend.decontamination.index import current_version
from backend.decontamination.service import CHECK, enqueue_check
from backend.decontamination.sharing import CHECK_SHARE, ShareFailed
from backend.jobs.service import ClaimedJob, claim, enqueue, finish
from backend.jobs.tables import Job
from backend.seeds.tables import Seed
from tests.builders import create_seed
from tests.checks import DUCKS, add_benchmark, hits
from workers.tasks import HANDLERS

SEEDS = 12


@pytest.fixture(autouse=True)
def _small_shares(monkeypatch: pytest.MonkeyPatch, woken: list[int]) -> None:
    monkeypatch.setattr(sharing, "SHARE_SEEDS", 4)
    monkeypatch.setattr(checking, "BATCH", 2)


@pytest.fixture
def check_job(session: Session) -> int:
    """A check of 12 seeds, of which 4 are copies."""
    add_benchmark(session, DUCKS)
    for number in range(SEEDS):
        create_seed(session, prompt=f"{DUCKS} {number}" if number % 3 == 0 else None)
    job_id = enqueue(session, CHECK, {}).id
    session.commit()
    return job_id


def work_on(session: Session, job_id: int) -> ClaimedJob:
    """What a worker does that is woken for a job."""
    job = claim(job_id, 60, "test/1")
    assert job is not None
    HANDLERS[job.kind](job)
    finish(job)
    session.expire_all()
    return job


def shares(session: Session) -> list[Job]:
    return list(session.scalars(select(Job).where(Job.kind == CHECK_SHARE).order_by(Job.id)))


def state_of(session: Session, job_id: int) -> tuple[str, int, int | None]:
    job = session.get_one(Job, job_id)
    return job.state, job.done_count, job.total_count


def test_shares_are_disjoint_and_together_the_whole(
    session: Session, check_job: int, woken: list[int]
) -> None:
    work_on(session, check_job)
    assert state_of(session, check_job) == ("queued", 0, SEEDS)
    made = shares(session)
    assert [job.payload["number"] for job in made] == [0, 1, 2]
    assert woken == [check_job, *(job.id for job in made)]
    woken.clear()
    done = 0
    for number, job in enumerate(made):
        work_on(session, job.id)
        left = count_due(session, current_version(session).id)
        assert left < SEEDS - done
        done = SEEDS - left
        assert state_of(session, check_job) == ("queued", done, SEEDS)
        assert woken == ([check_job] if number == 2 else [])
    assert done == SEEDS
    work_on(session, check_job)
    assert state_of(session, check_job) == ("done", SEEDS, SEEDS)
    assert len(hits(session)) == session.scalar(select(func.sum(Seed.open_hits))) == 4


def test_few_seeds_are_checked_by_the_job_itself(session: Session, check_job: int) -> None:
    session.execute(
        update(Seed).where(Seed.external_id.is_not(None)).values(withdrawn_at=func.now())
    )
    create_seed(session, prompt=DUCKS)
    session.commit()
    work_on(session, check_job)
    assert (shares(session), state_of(session, check_job)) == ([], ("done", 1, 1))


def test_check_that_is_woken_too_early_waits(session: Session, check_job: int) -> None:
    work_on(session, check_job)
    before = len(shares(session))
    work_on(session, check_job)
    other = enqueue(session, CHECK, {}).id
    session.commit()
    work_on(session, other)
    assert len(shares(session)) == before
    assert [session.get_one(Job, job_id).state for job_id in (check_job, other)] == ["queued"] * 2


def test_check_that_waits_for_its_shares_is_enough_for_what_comes_in(
    session: Session, check_job: int
) -> None:
    work_on(session, check_job)
    late = create_seed(session, prompt=f"{DUCKS} at last")
    job = enqueue_check(session, None)
    assert job is not None
    assert job.id == check_job
    session.commit()
    for share in shares(session):
        work_on(session, share.id)
    work_on(session, check_job)
    assert session.get_one(Seed, late.id).open_hits == 1
    assert state_of(session, check_job) == ("done", SEEDS + 1, SEEDS + 1)


def test_share_that_fails_fails_the_check(session: Session, check_job: int) -> None:
    work_on(session, check_job)
    broken, *others = shares(session)
    for share in others:
        work_on(session, share.id)
    job = claim(broken.id, 60, "test/1")
    assert job is not None
    finish(job, "MemoryError: too little")
    with pytest.raises(ShareFailed, match=f"job {broken.id} has failed: MemoryError"):
        work_on(session, check_job)
    # Whoever asks again has the rest checked.
    again = enqueue(session, CHECK, {}).id
    finish_failed(session, check_job)
    work_on(session, again)
    assert count_due(session, current_version(session).id) == 0


def finish_failed(session: Session, job_id: int) -> None:
    session.execute(update(Job).where(Job.id == job_id).values(state="failed"))
    session.commit()


def test_share_that_was_stopped_goes_on_where_it_was(
    session: Session, check_job: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    work_on(session, check_job)
    first = shares(session)[0]
    find, seen = checking.find, []

    def find_until_killed(loaded: object, seeds: list[checking.DueSeed]) -> object:
        if seen:
            raise KeyboardInterrupt
        seen.extend(seeds)
        return find(loaded, seeds)  # type: ignore[arg-type]

    monkeypatch.setattr(checking, "find", find_until_killed)
    job = claim(first.id, -1, "test/1")
    assert job is not None
    with pytest.raises(KeyboardInterrupt):
        HANDLERS[job.kind](job)
    monkeypatch.setattr(checking, "find", find)
    session.expire_all()
    assert state_of(session, check_job) == ("queued", 2, SEEDS)
    for share in shares(session):
        work_on(session, share.id)
    assert state_of(session, check_job) == ("queued", SEEDS, SEEDS)
