"""Many curators at once in one queue, with real commits."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from uuid import uuid4

import pytest
from sqlalchemy import func, select

from backend.accounts.tables import User
from backend.database import session_scope
from backend.review.decisions import decide
from backend.review.queue import Fetch, next_of_queue
from backend.review.tables import Decision
from backend.review_queues.schemas import QueueCreate
from backend.review_queues.service import create_queue
from backend.review_queues.tables import Opinion, OverlapLease, ReviewRound
from backend.seeds.tables import Seed
from tests.builders import create_seed, create_user

CURATORS = 6
SEEDS = 24


@pytest.fixture
def curators(committed: None) -> list[User]:
    with session_scope() as session:
        curators = [create_user(session) for _ in range(CURATORS)]
        for number in range(SEEDS):
            create_seed(session, attention=number / SEEDS)
    return curators


def _queue(overlap: int, user: User) -> int:
    with session_scope() as session:
        wanted = QueueCreate(token=uuid4(), name=f"overlap {overlap}", overlap=overlap)
        return create_queue(session, user, wanted).id


def _work(queue_id: int, curators: list[User]) -> list[tuple[int, int]]:
    """Everybody decides until nothing is left; who was given which seed."""
    start = Barrier(len(curators))

    def work(user: User) -> list[tuple[int, int]]:
        start.wait()
        taken: list[tuple[int, int]] = []
        while True:
            with session_scope() as session:
                batch = next_of_queue(session, user, queue_id, Fetch(3))
            if not batch.items:
                return taken
            taken += [(item.id, user.id) for item in batch.items]
            rows = [
                {"token": uuid4(), "seed_id": item.id, "kind": "accept", "queue_id": queue_id}
                for item in batch.items
            ]
            with session_scope() as session:
                results = decide(session, user, rows)
            assert {result.status for result in results} == {"stored"}

    with ThreadPoolExecutor(len(curators)) as pool:
        return [one for taken in pool.map(work, curators) for one in taken]


@pytest.mark.parametrize("overlap", [2, 3])
def test_each_seed_is_given_to_exactly_as_many_as_decide_it(
    curators: list[User], overlap: int
) -> None:
    taken = _work(_queue(overlap, curators[0]), curators)
    assert len(taken) == len(set(taken))  # never twice to one curator
    given = Counter(seed_id for seed_id, _ in taken)
    assert max(given.values()) <= overlap
    with session_scope() as session:
        # A curator may find nothing to do while others still look at the last seeds.
        assert session.scalar(select(func.count()).select_from(Opinion)) == len(taken)
        agreed = select(func.count()).where(Decision.kind == "accept")
        full = sum(count == overlap for count in given.values())
        assert session.scalar(agreed) == full
        settled = select(func.count()).where(ReviewRound.state == "settled")
        assert session.scalar(settled) == full


def test_at_no_time_more_screens_than_are_needed(curators: list[User]) -> None:
    queue_id = _queue(2, curators[0])
    start = Barrier(CURATORS)

    def ask(user: User) -> list[int]:
        start.wait()
        with session_scope() as session:
            return [item.id for item in next_of_queue(session, user, queue_id, Fetch(SEEDS)).items]

    with ThreadPoolExecutor(CURATORS) as pool:
        given = list(pool.map(ask, curators))
    # Six ask at once for all: two get everything, nobody else anything.
    assert sorted(map(len, given)) == [0] * (CURATORS - 2) + [SEEDS, SEEDS]
    with session_scope() as session:
        assert session.scalar(select(func.count()).select_from(OverlapLease)) == 2 * SEEDS


def test_named_queue_of_one_never_gives_a_seed_twice(curators: list[User]) -> None:
    taken = _work(_queue(1, curators[0]), curators)
    assert len(taken) == len({seed_id for seed_id, _ in taken}) == SEEDS
    with session_scope() as session:
        assert set(session.scalars(select(Seed.status))) == {"accepted"}


def test_votes_at_once_never_exceed_the_overlap(curators: list[User]) -> None:
    queue_id = _queue(2, curators[0])
    with session_scope() as session:
        seed_id = session.scalars(select(Seed.id).limit(1)).one()
    start = Barrier(CURATORS)

    def say(user: User) -> str:
        row = {"token": uuid4(), "seed_id": seed_id, "kind": "reject", "queue_id": queue_id}
        start.wait()
        with session_scope() as session:
            return decide(session, user, [row])[0].status

    with ThreadPoolExecutor(CURATORS) as pool:
        outcomes = Counter(pool.map(say, curators))
    assert outcomes == {"stored": 2, "rejected": CURATORS - 2}
    with session_scope() as session:
        assert session.scalar(select(func.count()).select_from(Opinion)) == 2
        assert session.scalar(select(Seed.status).where(Seed.id == seed_id)) == "rejected"
