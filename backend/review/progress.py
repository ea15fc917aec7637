"""How the review goes, and how fast the caller is."""

from collections.abc import Sequence
from datetime import datetime
from itertools import pairwise
from statistics import median
from typing import Final, get_args

from sqlalchemy import func, select
from sqlalchemy.orm import Session, aliased

from backend.accounts.tables import User
from backend.review.results import Progress
from backend.review.tables import Decision
from backend.review_queues.tables import VOTES
from backend.seeds.counts import count_of
from backend.seeds.filters import SeedFilter, Status

# One's opinion on a seed that several decide is work like any decision.
WORK: Final = (*VOTES, *(f"opinion_{vote}" for vote in VOTES))
STATUSES: Final[tuple[Status, ...]] = get_args(Status)
# A longer gap is a break, not work.
LONGEST_GAP_SECONDS: Final = 300.0
PACE_OVER: Final = 500


def progress(session: Session, user: User) -> Progress:
    """Seeds that the caller decided today (UTC), all decided, all left, and the caller's pace."""
    counts = {status: count_of(session, SeedFilter(status=status)) for status in STATUSES}
    left = counts.pop("pending")
    return Progress(
        mine_today=_mine_today(session, user),
        total_decided=sum(counted.count for counted in counts.values()),
        left=left.count,
        exact=left.exact and all(counted.exact for counted in counts.values()),
        median_seconds=median_seconds(_times(session, user)),
    )


def median_seconds(times: Sequence[datetime]) -> float | None:
    """The median time for one decision, from when decisions came in; None for fewer than two.

    Decisions that came in together were taken one by one since those before them: each gets its
    share of the gap. Gaps of five minutes and more are breaks.
    """
    arrivals = sorted(set(times))
    shares: list[float] = []
    for earlier, later in pairwise(arrivals):
        gap = (later - earlier).total_seconds()
        together = times.count(later)
        if gap < LONGEST_GAP_SECONDS:
            shares += [gap / together] * together
    return median(shares) if shares else None


def _mine_today(session: Session, user: User) -> int:
    undoing = aliased(Decision)
    mine = (
        select(func.count(Decision.seed_id.distinct()))
        .outerjoin(undoing, undoing.undoes_id == Decision.id)
        .where(
            Decision.user_id == user.id,
            Decision.kind.in_(WORK),
            Decision.created_at >= func.date_trunc("day", func.now(), "UTC"),
            undoing.id.is_(None),
        )
    )
    return session.scalar(mine) or 0


def _times(session: Session, user: User) -> Sequence[datetime]:
    by_hand = (
        select(Decision.created_at)
        .where(
            Decision.user_id == user.id,
            Decision.kind.in_((*WORK, "skip")),
            Decision.batch.is_(None),
            # Without one it came of itself, with an opinion.
            Decision.token.is_not(None),
            Decision.undoes_id.is_(None),
        )
        .order_by(Decision.id.desc())
        .limit(PACE_OVER)
    )
    return session.scalars(by_hand).all()
