"""Checks before anything starts, made by a worker: the API has neither the libraries nor the GPUs.

Who asks waits for the answer, as with the trial of an endpoint.
"""

import time
from typing import Final

from sqlalchemy.orm import Session

from backend.accounts.tables import User
from backend.database import session_scope
from backend.errors import Unavailable
from backend.jobs import service as jobs
from backend.queue import BESIDE
from backend.training_runs.schemas import Checks, TrainingPlan
from backend.training_runs.service import planned

KIND: Final = "training.preflight"
# The worker gives up a little before the caller stops waiting.
CHECK_SECONDS: Final = 80.0
PATIENCE_SECONDS: Final = 90.0
POLL_SECONDS: Final = 0.1


def ask(session: Session, user: User, wanted: TrainingPlan) -> int:
    """Have a plan looked at; the job's number. Raises as `service.create_run` does."""
    payload = {
        "recipe": planned(session, wanted),
        "export_id": wanted.export_id,
        "target": wanted.target.model_dump(mode="json"),
        "void_after": time.time() + PATIENCE_SECONDS,
    }
    return jobs.enqueue(session, KIND, payload, queue=BESIDE, created_by=user.id).id


def await_checks(job_id: int) -> Checks:
    """Wait for what the worker says, holding no session meanwhile.

    Raises:
        Unavailable: no worker has looked in time.
    """
    deadline = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline:
        with session_scope() as session:
            job = jobs.get(session, job_id)
        if "result" in job.payload:
            return Checks.model_validate(job.payload["result"])
        if job.state not in jobs.OPEN:
            raise Unavailable(f"the checks could not be made: {job.error or job.state}")
        time.sleep(POLL_SECONDS)
    raise Unavailable("no worker has made the checks in time: is one running?")
