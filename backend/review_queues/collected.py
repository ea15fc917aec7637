"""What curators said, for comparison: opinions of rounds that have all of them.

A round that waits for an adjudicator counts too: left out, it would make curators agree more than
they do. Only the newest seeds are read, so that the answer takes a second whatever is stored.
"""

from collections import defaultdict
from collections.abc import Hashable, Sequence
from dataclasses import dataclass, field
from typing import Final, NamedTuple

from sqlalchemy import and_, or_, select, tuple_
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.orm import Session, aliased

from backend.accounts.tables import User
from backend.review.tables import Decision
from backend.review_queues.agreement_schemas import Question
from backend.review_queues.rounds import opened
from backend.review_queues.tables import VOTES, Opinion, ReviewQueue, ReviewRound
from backend.science.nominal_raters import Ratings
from backend.seeds.tables import Seed

MOST_SEEDS: Final = 5000


class Said(NamedTuple):
    """What a curator said of an item, and which verdict was measured of its seed."""

    item: int
    user_id: int
    kind: str
    reason: str | None
    flagged: bool
    verdict: str | None


@dataclass
class Collected:
    """What was said in how many rounds; whether older ones were left out; the curators' names."""

    said: list[Said]
    rounds: int
    more: bool
    names: dict[int, str] = field(default_factory=dict)

    def by_curator(self, question: Question) -> dict[int, Ratings]:
        """Each curator's answers to a question, by item."""
        found: dict[int, dict[int, Hashable]] = defaultdict(dict)
        for one in self.said:
            answer = _answer(one, question)
            if answer is not None:
                found[one.user_id][one.item] = answer
        return dict(found)


def collect(session: Session, queue_id: int | None) -> Collected:
    """The opinions of the newest complete rounds, of a queue or of all."""
    wanted = (
        select(ReviewRound.queue_id, ReviewRound.revision_id, Seed.verdict)
        .join(
            Seed, and_(Seed.id == ReviewRound.seed_id, Seed.revision_id == ReviewRound.revision_id)
        )
        .where(or_(ReviewRound.state != "open", opened()), Seed.withdrawn_at.is_(None))
        .order_by(ReviewRound.revision_id.desc(), ReviewRound.queue_id)
        .limit(MOST_SEEDS + 1)
    )
    if queue_id is not None:
        wanted = wanted.where(ReviewRound.queue_id == queue_id)
    found = session.execute(wanted).all()
    rounds = {
        (queue, revision): (item, verdict)
        for item, (queue, revision, verdict) in enumerate(found[:MOST_SEEDS])
    }
    opinions = session.execute(
        select(
            Opinion.queue_id, Opinion.revision_id, Opinion.user_id, Opinion.kind, Opinion.reason,
            Opinion.flagged,
        ).where(
            tuple_(Opinion.queue_id, Opinion.revision_id).in_(rounds), Opinion.kind.is_not(None)
        )
    )  # fmt: skip
    said = [
        Said(rounds[queue, revision][0], user_id, str(kind), reason, flagged,
             rounds[queue, revision][1])
        for queue, revision, user_id, kind, reason, flagged in opinions
    ]  # fmt: skip
    return _named(session, Collected(said, len(rounds), len(found) > len(rounds)))


def collect_decisions(session: Session, queue_id: int | None) -> Collected:
    """The newest decisions by hand outside of queues with overlap: of each curator the last on a
    seed as it reads now.
    """
    undoing = aliased(Decision)
    wanted = (
        select(Decision.id, Decision.seed_id, Decision.user_id, Decision.kind, Seed.verdict)
        .join(Seed, and_(Seed.id == Decision.seed_id, Seed.revision_id == Decision.revision_id))
        .outerjoin(undoing, undoing.undoes_id == Decision.id)
        .outerjoin(ReviewQueue, ReviewQueue.id == Decision.queue_id)
        .where(
            Decision.kind.in_(VOTES), Decision.batch.is_(None), undoing.id.is_(None),
            Seed.withdrawn_at.is_(None), or_(ReviewQueue.id.is_(None), ReviewQueue.overlap == 1),
        )
        .order_by(Decision.id.desc())
        .limit(MOST_SEEDS)
    )  # fmt: skip
    if queue_id is not None:
        wanted = wanted.where(Decision.queue_id == queue_id)
    newest = wanted.subquery()
    rows = session.execute(
        select(newest.c.seed_id, newest.c.user_id, newest.c.kind, newest.c.verdict)
        .ext(distinct_on(newest.c.seed_id, newest.c.user_id))
        .order_by(newest.c.seed_id, newest.c.user_id, newest.c.id.desc())
    )
    said = [
        Said(seed_id, user_id, kind, None, False, verdict)
        for seed_id, user_id, kind, verdict in rows
    ]
    return _named(session, Collected(said, len({one.item for one in said}), False))


def _named(session: Session, collected: Collected) -> Collected:
    users: Sequence[int] = sorted({one.user_id for one in collected.said})
    rows = session.execute(select(User.id, User.name).where(User.id.in_(users)))
    collected.names = dict(rows.all())
    return collected


def _answer(one: Said, question: Question) -> Hashable | None:
    if question == "decision":
        return one.kind
    if question == "flagged":
        return one.flagged
    return " ".join(one.reason.casefold().split()) if one.reason else None
