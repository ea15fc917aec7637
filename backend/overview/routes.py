"""The overview: where the data stands, at a glance."""

from fastapi import APIRouter, BackgroundTasks

from backend.accounts.access import Viewer
from backend.database import SessionDep
from backend.overview import service
from backend.overview.queue_schemas import QueueHealth
from backend.overview.schemas import Difficulty, Overview, SpendOverview, TeachabilityMap

router = APIRouter(prefix="/v1/overview", tags=["overview"])


@router.get("")
def read_overview(session: SessionDep, user: Viewer, tasks: BackgroundTasks) -> Overview:
    """How far seeds have come, why others have not, and how good their sources are."""
    return service.overview(session, tasks.add_task)


@router.get("/map")
def read_map(session: SessionDep, user: Viewer, tasks: BackgroundTasks) -> TeachabilityMap:
    """All scored seeds by weak agreement and key reliability."""
    return service.teachability_map(session, tasks.add_task)


@router.get("/difficulty")
def read_difficulty(session: SessionDep, user: Viewer, tasks: BackgroundTasks) -> Difficulty:
    """Judged steps and weak agreement of scored seeds by domain."""
    return service.difficulty_by_domain(session, tasks.add_task)


@router.get("/spend")
def read_spend(session: SessionDep, user: Viewer, tasks: BackgroundTasks) -> SpendOverview:
    """What models' answers have cost, by endpoint and by day."""
    return service.spend_overview(session, tasks.add_task)


@router.get("/queue")
def read_queue(session: SessionDep, user: Viewer, tasks: BackgroundTasks) -> QueueHealth:
    """What waits for curators, how fast it is decided, and what has failed."""
    return service.queue_health(session, tasks.add_task)
