"""Several curators at once, with real commits."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from uuid import UUID, uuid4

import pytest
from sqlalchemy import func, select

from backend.accounts.tables import User
from backend.database import session_scope
from backend.errors import Conflict
from backend.review.tables import Decision
from backend.rewriting.deciding import approve
from backend.rewriting.schemas import RewriteCreate
from backend.rewriting.service import propose
from backend.rewriting.tables import Rewrite
from backend.seeds.tables import Seed, SeedRevision
from tests.builders import create_seed, create_user

CURATORS = 4


@pytest.fixture
def curators(committed: None) -> list[User]:
    with session_scope() as session:
        create_seed(session, prompt="Prove it.")
        return [create_user(session) for _ in range(CURATORS)]


def at_once(work: Callable[[int], object]) -> list[object]:
    start = Barrier(CURATORS)

    def begin(number: int) -> object:
        start.wait()
        return work(number)

    with ThreadPoolExecutor(CURATORS) as pool:
        return list(pool.map(begin, range(CURATORS)))


def wanted(seed: Seed, number: int, token: UUID) -> RewriteCreate:
    return RewriteCreate(
        token=token, seed_id=seed.id, seen=seed.revision_id, kind="free", answer="4",
        prompt=f"What is {number} + 4?", why="To be checked.",
    )  # fmt: skip


def proposed(curators: list[User]) -> list[int]:
    """A rewrite of each curator, all proposed at once."""
    with session_scope() as session:
        seed = session.scalars(select(Seed)).one()

    def work(number: int) -> int:
        with session_scope() as session:
            return propose(session, curators[number], wanted(seed, number, uuid4())).id

    return [int(str(number)) for number in at_once(work)]


def test_proposals_at_once_have_numbers_of_their_own(curators: list[User]) -> None:
    assert len(set(proposed(curators))) == CURATORS
    with session_scope() as session:
        numbers = session.scalars(select(SeedRevision.number).order_by(SeedRevision.number))
        assert list(numbers) == [1, 2, 3, 4, 5]


def test_one_of_several_rewrites_is_approved(curators: list[User]) -> None:
    rewrites = proposed(curators)

    def work(number: int) -> str:
        try:
            with session_scope() as session:
                approve(session, curators[number], rewrites[number], None)
        except Conflict as error:
            return error.problem_code
        return "approved"

    assert sorted(map(str, at_once(work))) == ["approved", *["stale_revision"] * 3]
    with session_scope() as session:
        revision_id = session.scalar(select(Rewrite.revision_id).where(Rewrite.state == "approved"))
        assert session.scalar(select(Seed.revision_id)) == revision_id


def test_approvals_of_one_rewrite_at_once_are_one_event(curators: list[User]) -> None:
    rewrite_id = proposed(curators)[0]

    def work(number: int) -> str:
        try:
            with session_scope() as session:
                approve(session, curators[number], rewrite_id, None)
        except Conflict as error:
            return error.problem_code
        return "approved"

    assert sorted(map(str, at_once(work))) == ["approved", *["rewrite_decided"] * 3]
    with session_scope() as session:
        assert session.scalar(select(func.count()).select_from(Decision)) == 1


def test_same_post_at_once_makes_one_rewrite(curators: list[User]) -> None:
    token = uuid4()
    with session_scope() as session:
        seed = session.scalars(select(Seed)).one()

    def work(number: int) -> int:
        with session_scope() as session:
            return propose(session, curators[0], wanted(seed, 1, token)).id

    assert len(set(at_once(work))) == 1
