"""Whatever is said and undone, all hits on a pair without a word of their own have its newest."""

from typing import Any
from uuid import uuid4

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.orm import Session

from backend.decontamination.tables import DecontaminationHit
from backend.errors import SeedbedError
from backend.review.decisions import decide
from backend.review.tables import Decision
from backend.review.undo import undo
from backend.seeds.tables import Seed
from tests.builders import create_hit, create_seed, create_user

# what: a kind of decision on the n-th hit, or "undo" of the n-th event
STEPS = st.lists(
    st.tuples(st.sampled_from(("confirm_hit", "dismiss_hit", "undo")), st.integers(0, 9)),
    max_size=14,
)


class World:
    """A seed with three hits on one item text and one on another."""

    def __init__(self, session: Session) -> None:
        self.session, self.user = session, create_user(session)
        self.seed_id = create_seed(session, open_hits=4).id
        seed = session.get_one(Seed, self.seed_id)
        texts = ["The same item."] * 3 + ["Another item."]
        self.hit_ids = [create_hit(session, seed, item_text=text).id for text in texts]

    def events(self) -> list[Decision]:
        wanted = select(Decision).where(Decision.seed_id == self.seed_id).order_by(Decision.id)
        return list(self.session.scalars(wanted))

    def step(self, what: str, number: int) -> None:
        if what != "undo":
            hit_id = self.hit_ids[number % len(self.hit_ids)]
            row = {"token": uuid4(), "seed_id": self.seed_id, "kind": what, "hit_id": hit_id}
            [result] = decide(self.session, self.user, [row])
            assert result.status == "stored"
        elif events := self.events():
            self.undo(events[number % len(events)].id)

    def undo(self, decision_id: int) -> bool:
        try:
            undo(self.session, self.user, uuid4(), decision_id)
        except SeedbedError:
            return False
        return True

    def pairs(self) -> list[list[DecontaminationHit]]:
        self.session.expire_all()
        hits = [self.session.get_one(DecontaminationHit, hit_id) for hit_id in self.hit_ids]
        return [hits[:3], hits[3:]]


def _check(world: World) -> None:
    for hits in world.pairs():
        with_word = [hit for hit in hits if hit.state != "open" and hit.inherited_from is None]
        newest: Any = max(with_word, key=lambda hit: hit.settled_at, default=None)
        word = (newest.state, newest.id) if newest else ("open", None)
        assert {(hit.state, hit.inherited_from) for hit in hits if hit not in with_word} <= {word}
    waiting = sum(hit.state == "open" for hits in world.pairs() for hit in hits)
    assert world.session.get_one(Seed, world.seed_id).open_hits == waiting


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(steps=STEPS)
@example(
    # A word that is said again after its undo, while the hit follows another's.
    steps=[
        ("confirm_hit", 0), ("undo", 0), ("confirm_hit", 1), ("undo", 1), ("confirm_hit", 0),
        ("confirm_hit", 0), ("undo", 8),
    ]
)  # fmt: skip
def test_newest_word_holds_for_the_pair_and_undoing_all_opens_all(
    session: Session, steps: list[tuple[str, int]]
) -> None:
    world = World(session)
    for step in steps:
        world.step(*step)
        _check(world)
    while standing := _standing(world.events()):
        assert world.undo(standing[-1].id)
        _check(world)
    assert {hit.state for hits in world.pairs() for hit in hits} == {"open"}


def _standing(events: list[Decision]) -> list[Decision]:
    undone = {event.undoes_id for event in events}
    return [event for event in events if event.id not in undone and event.kind != "undo"]
