"""Whatever is decided, the fold of the events is the state, and undoing all restores the first."""

from typing import Any
from uuid import UUID, uuid4

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.orm import Session

from backend.accounts.tables import User
from backend.decontamination.tables import DecontaminationHit
from backend.errors import SeedbedError
from backend.review.decisions import decide
from backend.review.tables import Decision
from backend.review.undo import undo
from backend.seeds.tables import Seed
from tests.builders import create_hit, create_seed, create_user

KINDS = (
    "accept", "reject", "skip", "needs_rewrite", "flag", "unflag", "confirm_hit", "dismiss_hit",
)  # fmt: skip
# (which curator, what: a kind or "undo" of the n-th event, which hit)
STEPS = st.lists(
    st.tuples(st.integers(0, 1), st.sampled_from((*KINDS, "undo")), st.integers(0, 9)),
    max_size=12,
)
PROPERTY = settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)


class World:
    """A seed with two hits and two curators."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.users = [create_user(session), create_user(session)]
        self.seed_id = create_seed(session, open_hits=2).id
        seed = session.get_one(Seed, self.seed_id)
        self.hit_ids = [create_hit(session, seed).id, create_hit(session, seed).id]

    def state(self) -> dict[str, Any]:
        self.session.expire_all()
        seed = self.session.get_one(Seed, self.seed_id)
        hits = [self.session.get_one(DecontaminationHit, hit_id) for hit_id in self.hit_ids]
        assert seed.open_hits == sum(hit.state == "open" for hit in hits)
        states = {hit.id: hit.state for hit in hits}
        return {"status": seed.status, "flagged": seed.flagged, **states}

    def events(self) -> list[Decision]:
        wanted = select(Decision).where(Decision.seed_id == self.seed_id).order_by(Decision.id)
        return list(self.session.scalars(wanted))

    def step(self, user: User, kind: str, number: int) -> None:
        if kind == "undo":
            events = self.events()
            if events:
                _try_undo(self.session, user, uuid4(), events[number % len(events)].id)
            return
        row: dict[str, Any] = {"token": uuid4(), "seed_id": self.seed_id, "kind": kind}
        if kind.endswith("_hit"):
            row["hit_id"] = self.hit_ids[number % 2]
        decide(self.session, user, [row])


def _try_undo(session: Session, user: User, token: UUID, decision_id: int | None) -> bool:
    try:
        undo(session, user, token, decision_id)
    except SeedbedError:
        return False
    return True


def _fold(first: dict[str, Any], events: list[Decision]) -> dict[str, Any]:
    state = dict(first)
    for event in events:
        for field, value in event.after.items():
            key = event.hit_id if field == "hit_state" else field
            assert state[key] == event.before[field]
            state[key] = value
    return state


@PROPERTY
@given(steps=STEPS)
def test_state_is_the_fold_of_the_events(session: Session, steps: Any) -> None:
    world = World(session)
    first = world.state()
    for user, kind, number in steps:
        world.step(world.users[user], kind, number)
        assert _fold(first, world.events()) == world.state()


@PROPERTY
@given(steps=STEPS)
def test_undoing_all_that_stands_restores_the_first_state(session: Session, steps: Any) -> None:
    world = World(session)
    first = world.state()
    for user, kind, number in steps:
        world.step(world.users[user], kind, number)
    # The latest that stands can always be undone, whoever decided and whoever undoes.
    while standing := _standing(world.events()):
        undo(session, world.users[0], uuid4(), standing[-1].id)
    assert world.state() == first


@PROPERTY
@given(steps=STEPS)
def test_each_curator_can_undo_back_to_the_start_alone(session: Session, steps: Any) -> None:
    world = World(session)
    first = world.state()
    for _, kind, number in steps:
        if kind != "undo":
            world.step(world.users[0], kind, number)
    while _try_undo(session, world.users[0], uuid4(), None):
        pass
    assert world.state() == first


def _standing(events: list[Decision]) -> list[Decision]:
    undone = {event.undoes_id for event in events}
    return [event for event in events if event.id not in undone and event.kind != "undo"]
