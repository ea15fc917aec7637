"""Progress of background work."""

from fastapi import APIRouter

from backend.accounts.access import Viewer
from backend.database import SessionDep
from backend.jobs import service
from backend.jobs.schemas import JobOut
from backend.jobs.tables import Job

router = APIRouter(prefix="/v1/jobs", tags=["jobs"])


@router.get("/{job_id}", response_model=JobOut)
def read_job(session: SessionDep, user: Viewer, job_id: int) -> Job:
    """One job's state and progress."""
    return service.get(session, job_id)
