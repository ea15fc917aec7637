"""Several curators at once, with real commits."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from uuid import UUID, uuid4

import pytest
from sqlalchemy import func, select

from backend.accounts.tables import User
from backend.database import session_scope
from backend.review.decisions import decide
from backend.review.leases import lease_next
from backend.review.tables import Decision
from backend.review.undo import undo
from backend.seeds.filters import SeedFilter
from backend.seeds.tables import Seed
from tests.builders import create_seed, create_user

CURATORS = 8
SEEDS = 60


@pytest.fixture
def curators(committed: None) -> list[User]:
    with session_scope() as session:
        curators = [create_user(session) for _ in range(CURATORS)]
        for number in range(SEEDS):
            create_seed(session, attention=number / SEEDS)
    return curators


def test_curators_at_once_never_get_the_same_seed(curators: list[User]) -> None:
    start = Barrier(CURATORS)

    def work(user: User) -> list[int]:
        start.wait()
        taken: list[int] = []
        while True:
            with session_scope() as session:
                leased = lease_next(session, user, SeedFilter(status="pending"), 3)
            if not leased:
                return taken
            taken += leased
            rows = [{"token": uuid4(), "seed_id": seed_id, "kind": "accept"} for seed_id in leased]
            with session_scope() as session:
                decide(session, user, rows)

    with ThreadPoolExecutor(CURATORS) as pool:
        taken = [seed_id for seeds in pool.map(work, curators) for seed_id in seeds]
    # A seed given twice would have been decided twice; a seed lost would be pending still.
    assert len(taken) == len(set(taken)) == SEEDS
    with session_scope() as session:
        assert session.scalar(select(func.count()).select_from(Decision)) == SEEDS
        assert set(session.scalars(select(Seed.status))) == {"accepted"}


def test_same_post_from_two_connections_counts_once(curators: list[User]) -> None:
    start = Barrier(CURATORS)
    with session_scope() as session:
        seed_ids = list(session.scalars(select(Seed.id).limit(20)))
    rows = [{"token": uuid4(), "seed_id": seed_id, "kind": "flag"} for seed_id in seed_ids]

    def work(number: int) -> set[str]:
        start.wait()
        with session_scope() as session:
            shuffled = rows[number:] + rows[:number]
            return {result.status for result in decide(session, curators[0], shuffled)}

    with ThreadPoolExecutor(CURATORS) as pool:
        outcomes = list(pool.map(work, range(CURATORS)))
    assert sorted(map(sorted, outcomes)) == [["repeated"]] * (CURATORS - 1) + [["stored"]]


def test_quick_undos_take_back_one_decision_each(curators: list[User]) -> None:
    user = curators[0]
    with session_scope() as session:
        seed_ids = list(session.scalars(select(Seed.id).limit(CURATORS)))
        rows = [{"token": uuid4(), "seed_id": seed_id, "kind": "reject"} for seed_id in seed_ids]
        decide(session, user, rows)
    start = Barrier(CURATORS)

    def work(token: UUID) -> None:
        start.wait()
        with session_scope() as session:
            undo(session, user, token, None)

    with ThreadPoolExecutor(CURATORS) as pool:
        list(pool.map(work, [uuid4() for _ in range(CURATORS)]))
    with session_scope() as session:
        assert set(session.scalars(select(Seed.status))) == {"pending"}
