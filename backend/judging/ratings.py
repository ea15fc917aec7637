"""Curators' own ratings by the rubric: added, never changed; of each curator the newest stands."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.orm import Session, aliased

from backend.accounts.tables import User
from backend.database import existing
from backend.errors import Conflict, Invalid
from backend.judging.rubrics import known_rubric
from backend.judging.schemas import RatingCreate, RatingOut, Ratings
from backend.scoring.tables import Rating
from backend.seeds.tables import Seed


def rate(session: Session, user: User, seed_id: int, wanted: RatingCreate) -> RatingOut:
    """Rate the current wording of a seed.

    Raises:
        NotFound: there is no such seed.
        Conflict: it was taken back, or has another wording by now.
        Invalid: the rubric's version does not ask for something that is rated.
    """
    seed = _living(session, seed_id)
    if wanted.revision_id not in (None, seed.revision_id):
        raise Conflict(
            f"seed {seed_id} has another wording by now", field="revision_id", code="stale"
        )
    rubric = known_rubric(wanted.rubric_version)
    values = wanted.model_dump(include=set(Ratings.model_fields), exclude_none=True)
    for name in values.keys() - {dimension.name for dimension in rubric.dimensions}:
        raise Invalid(f"rubric {rubric.version} does not rate {name}", field=name)
    rating = Rating(
        revision_id=seed.revision_id, user_id=user.id, rubric_version=rubric.version, **values
    )
    session.add(rating)
    session.flush()
    return _shown(rating, user.name, user)


def withdraw(session: Session, user: User, seed_id: int) -> None:
    """Take back the caller's rating of the seed's current wording; without one nothing happens."""
    seed = _living(session, seed_id)
    standing = [r for r, _ in standing_ratings(session, [seed.revision_id]) if r.user_id == user.id]
    for rating in standing:
        session.add(
            Rating(
                revision_id=seed.revision_id, user_id=user.id,
                rubric_version=rating.rubric_version, withdrawn=True,
            )
        )  # fmt: skip
    session.flush()


def ratings_of_seed(session: Session, user: User, seed_id: int) -> list[RatingOut]:
    """The ratings of the seed's current wording that stand, the oldest first."""
    seed = existing(session, Seed, seed_id, "seed")
    return [
        _shown(rating, name, user) for rating, name in standing_ratings(session, [seed.revision_id])
    ]


def standing_ratings(session: Session, revision_ids: Sequence[int]) -> list[tuple[Rating, str]]:
    """Of each curator and revision the newest rating, unless it was taken back; with the name."""
    newest = (
        select(Rating)
        .where(Rating.revision_id.in_(revision_ids))
        .ext(distinct_on(Rating.revision_id, Rating.user_id))
        .order_by(Rating.revision_id, Rating.user_id, Rating.id.desc())
        .subquery()
    )
    standing = aliased(Rating, newest)
    rows = session.execute(
        select(standing, User.name)
        .join(User, User.id == standing.user_id)
        .where(~standing.withdrawn)
        .order_by(standing.id)
    )
    return [(rating, name) for rating, name in rows]


def _living(session: Session, seed_id: int) -> Seed:
    seed = existing(session, Seed, seed_id, "seed")
    if seed.withdrawn_at is not None:
        raise Conflict(f"seed {seed_id} was taken back", field="seed_id", code="withdrawn")
    return seed


def _shown(rating: Rating, name: str, user: User) -> RatingOut:
    values = {field: getattr(rating, field) for field in Ratings.model_fields}
    return RatingOut(
        id=rating.id, revision_id=rating.revision_id, user=name, mine=rating.user_id == user.id,
        rubric_version=rating.rubric_version, created_at=rating.created_at, **values,
    )  # fmt: skip
