"""Rubrics, curators' ratings, and how far judges agree."""

from typing import Annotated

from fastapi import APIRouter, Path, Query

from backend.accounts.access import Curator, Viewer
from backend.database import SessionDep
from backend.judging import agreement, ratings
from backend.judging.rubrics import list_rubrics
from backend.judging.schemas import (
    Agreement,
    Confusion,
    RatingCreate,
    RatingOut,
    RubricOut,
)
from backend.science.rubric_versions import DimensionName

router = APIRouter(prefix="/v1", tags=["judges"])

SeedId = Annotated[int, Path(ge=1, lt=2**63)]
RaterKey = Annotated[
    str, Query(description="judge:ENDPOINT, curator:USER, or curators for all", max_length=100)
]


@router.get("/rubrics")
def read_rubrics(user: Viewer) -> list[RubricOut]:
    """All versions of the rubric with their anchored levels, the newest first."""
    return list_rubrics()


@router.get("/seeds/{seed_id}/ratings")
def list_ratings(session: SessionDep, user: Viewer, seed_id: SeedId) -> list[RatingOut]:
    """Curators' ratings of the seed's current wording that stand."""
    return ratings.ratings_of_seed(session, user, seed_id)


@router.post("/seeds/{seed_id}/ratings", status_code=201)
def rate_seed(session: SessionDep, user: Curator, seed_id: SeedId, body: RatingCreate) -> RatingOut:
    """Rate the seed's current wording; it takes the place of the caller's earlier rating."""
    return ratings.rate(session, user, seed_id, body)


@router.delete("/seeds/{seed_id}/ratings", status_code=204)
def withdraw_rating(session: SessionDep, user: Curator, seed_id: SeedId) -> None:
    """Take back the caller's own rating of the seed's current wording."""
    ratings.withdraw(session, user, seed_id)


@router.get("/judges/agreement")
def read_agreement(
    session: SessionDep, user: Viewer, rubric_version: str | None = None
) -> Agreement:
    """How far judges agree with each other and with curators, on the newest seeds."""
    return agreement.agreement(session, rubric_version)


@router.get("/judges/confusion")
def read_confusion(
    session: SessionDep,
    user: Viewer,
    dimension: DimensionName,
    first: RaterKey,
    second: RaterKey,
    rubric_version: str | None = None,
) -> Confusion:
    """Two raters' ratings against each other, and the seeds on which they differ most."""
    return agreement.compared(session, rubric_version, dimension, first, second)
