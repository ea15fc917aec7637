"""The leaderboard: what people decided lately, with how often others agreed beside it.

An admin can switch it off for all; whoever hides it neither sees it nor stands in it.
"""

from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from backend.accounts.tables import User
from backend.errors import Forbidden
from backend.review.tables import Decision
from backend.review_queues.collected import collect
from backend.review_queues.people import TODAY, Undoing, by_hand, standing_seeds
from backend.review_queues.schemas import (
    Leaderboard,
    LeaderboardSetting,
    LeaderboardUpdate,
    Standing,
)
from backend.review_queues.tables import LeaderboardHidden
from backend.science.nominal_raters import WithOthers, with_others


def leaderboard(session: Session, user: User) -> Leaderboard:
    """Who decided how much, most first; nobody where it is off or the caller has hidden it."""
    found = setting(session, user)
    rows = _rows(session) if found.enabled and not found.hidden else []
    return Leaderboard(**found.model_dump(), rows=rows)


def setting(session: Session, user: User) -> LeaderboardSetting:
    """Whether it is on, and whether the caller has hidden it."""
    hidden_by = set(session.scalars(select(LeaderboardHidden.user_id)))
    return LeaderboardSetting(enabled=None not in hidden_by, hidden=user.id in hidden_by)


def update(session: Session, user: User, changes: LeaderboardUpdate) -> LeaderboardSetting:
    """Switch it on or off for all, or hide it for oneself.

    Raises:
        Forbidden: only an admin switches it for all.
    """
    if changes.enabled is not None:
        if user.role != "admin":
            raise Forbidden("an admin switches the leaderboard on and off", field="enabled")
        _hide(session, None, not changes.enabled)
    if changes.hidden is not None:
        _hide(session, user.id, changes.hidden)
    return setting(session, user)


def _hide(session: Session, user_id: int | None, hidden: bool) -> None:
    if hidden:
        statement = insert(LeaderboardHidden).values(user_id=user_id)
        session.execute(statement.on_conflict_do_nothing())
        return
    for row in session.scalars(
        select(LeaderboardHidden).where(LeaderboardHidden.user_id.is_not_distinct_from(user_id))
    ):
        session.delete(row)
    session.flush()


def _rows(session: Session) -> list[Standing]:
    today, week = standing_seeds(TODAY), standing_seeds()
    counted = session.execute(
        select(User.id, User.name, today, week)
        .join(Decision, Decision.user_id == User.id)
        .outerjoin(Undoing, Undoing.undoes_id == Decision.id)
        .where(
            *by_hand(),
            Decision.created_at >= TODAY - timedelta(days=6),
            ~select(LeaderboardHidden.id).where(LeaderboardHidden.user_id == User.id).exists(),
        )
        .group_by(User.id, User.name)
        .having(week > 0)
        .order_by(week.desc(), User.name)
    )
    agreeing = with_others(collect(session, None).by_curator("decision"))
    return [
        _standing(user_id, name, today, week, agreeing.get(user_id, WithOthers(0, 0)))
        for user_id, name, today, week in counted
    ]


def _standing(user_id: int, name: str, today: int, week: int, others: WithOthers) -> Standing:
    return Standing(
        user_id=user_id, user=name, today=today, week=week,
        agreement=others.alike / others.compared if others.compared else None,
        compared=others.compared,
    )  # fmt: skip
