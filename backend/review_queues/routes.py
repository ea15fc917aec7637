"""Named queues, adjudication, agreement between curators, and the people at work."""

from typing import Annotated

from fastapi import APIRouter, Path

from backend.accounts.access import Curator, Viewer
from backend.database import SessionDep
from backend.paging import Page, Paging
from backend.review.schemas import Number
from backend.review_queues import adjudication, agreement, leaderboard, people, service
from backend.review_queues.agreement_schemas import CuratorAgreement
from backend.review_queues.schemas import (
    Adjudicated,
    AdjudicationCreate,
    Dispute,
    Leaderboard,
    LeaderboardSetting,
    LeaderboardUpdate,
    Person,
    PersonProgress,
    QueueCreate,
    QueueProgress,
    QueueUpdate,
    ReviewQueueOut,
)

router = APIRouter(prefix="/v1", tags=["review queues"])

QueueId = Annotated[int, Path(ge=1, lt=2**63)]


@router.post("/review-queues", status_code=201)
def create_queue(session: SessionDep, user: Curator, body: QueueCreate) -> ReviewQueueOut:
    """Make a named queue; a repeated token gives the one that was made the first time."""
    queue = service.create_queue(session, user, body)
    return service.shown(session, user, [queue])[0]


@router.get("/review-queues")
def list_queues(session: SessionDep, user: Viewer) -> list[ReviewQueueOut]:
    """All queues, open ones first."""
    return service.shown(session, user, service.list_queues(session))


@router.get("/review-queues/{queue_id}")
def read_queue(session: SessionDep, user: Viewer, queue_id: QueueId) -> ReviewQueueOut:
    """A queue."""
    return service.shown(session, user, [service.get_queue(session, queue_id)])[0]


@router.patch("/review-queues/{queue_id}")
def update_queue(
    session: SessionDep, user: Curator, queue_id: QueueId, body: QueueUpdate
) -> ReviewQueueOut:
    """Change, close or open a queue: its maker and admins may."""
    queue = service.update_queue(session, user, queue_id, body)
    return service.shown(session, user, [queue])[0]


@router.get("/review-queues/{queue_id}/progress")
def read_queue_progress(session: SessionDep, user: Viewer, queue_id: QueueId) -> QueueProgress:
    """Where a queue stands, and who did what in it."""
    return people.queue_progress(session, service.get_queue(session, queue_id))


@router.get("/adjudications")
def list_disputes(
    session: SessionDep, user: Curator, paging: Paging, queue_id: Number | None = None
) -> Page[Dispute]:
    """Seeds on which curators do not agree, with their opinions; those that the caller may decide.

    They are shown to curators who gave no opinion on them, and to admins.
    """
    return adjudication.list_disputes(session, user, paging, queue_id)


@router.post("/adjudications")
def adjudicate(session: SessionDep, user: Curator, body: AdjudicationCreate) -> Adjudicated:
    """The last word on a seed; undone like any decision, which brings it back here."""
    return adjudication.adjudicate(session, user, body)


@router.get("/review-agreement")
def read_agreement(
    session: SessionDep, user: Viewer, queue_id: Number | None = None
) -> CuratorAgreement:
    """How far curators agree with each other, over seeds on which all opinions are in, and each of
    them with the measured verdicts.
    """
    return agreement.agreement(session, queue_id)


@router.get("/review/curators")
def list_curators(session: SessionDep, user: Viewer) -> list[Person]:
    """Everybody who can be assigned to a queue."""
    return service.may_decide(session)


@router.get("/review/people")
def list_people(session: SessionDep, user: Viewer) -> list[PersonProgress]:
    """Who decided how much by hand, and how fast."""
    return people.people(session)


@router.get("/review/leaderboard")
def read_leaderboard(session: SessionDep, user: Viewer) -> Leaderboard:
    """Who decided how much today and within seven days; who has hidden it is not in it."""
    return leaderboard.leaderboard(session, user)


@router.get("/settings/leaderboard")
def read_leaderboard_setting(session: SessionDep, user: Viewer) -> LeaderboardSetting:
    """Whether there is a leaderboard, and whether the caller has hidden it."""
    return leaderboard.setting(session, user)


@router.put("/settings/leaderboard")
def set_leaderboard(
    session: SessionDep, user: Viewer, body: LeaderboardUpdate
) -> LeaderboardSetting:
    """Switch it on or off for all, which an admin may, or hide it for oneself."""
    return leaderboard.update(session, user, body)
