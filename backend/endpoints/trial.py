"""One call to an endpoint, made by a worker: the API has no model client."""

import time

from sqlalchemy.orm import Session

from backend.accounts.tables import User
from backend.database import session_scope
from backend.endpoints.schemas import EndpointTestResult
from backend.endpoints.service import any_in_process, get_endpoint
from backend.errors import Unavailable
from backend.jobs import service as jobs
from backend.queue import GPU, GPU_WORKER, QUEUE

KIND = "endpoint.test"
DEFAULT_PROMPT = "What is 6 times 7?"
# A worker gives the call up a little before the caller stops waiting for it.
CALL_SECONDS = 50.0
PATIENCE_SECONDS = 60.0
POLL_SECONDS = 0.1


def start_trial(session: Session, user: User, endpoint_id: int, prompt: str | None) -> int:
    """Ask a worker to call the endpoint; the job's number."""
    payload = {
        "endpoint_id": get_endpoint(session, endpoint_id).id,
        "prompt": prompt or DEFAULT_PROMPT,
        "void_after": time.time() + PATIENCE_SECONDS,
    }
    queue = GPU if any_in_process(session, [endpoint_id]) else QUEUE
    return jobs.enqueue(session, KIND, payload, queue=queue, created_by=user.id).id


def await_result(job_id: int) -> EndpointTestResult:
    """Wait for the job's result, holding no session meanwhile.

    Raises:
        Unavailable: no worker has brought one in time.
    """
    deadline = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline:
        with session_scope() as session:
            job = jobs.get(session, job_id)
        if "result" in job.payload:
            return EndpointTestResult.model_validate(job.payload["result"])
        if job.state not in jobs.OPEN:
            return EndpointTestResult(ok=False, error=job.error or f"the test was {job.state}")
        time.sleep(POLL_SECONDS)
    with session_scope() as session:
        loads = jobs.get(session, job_id).queue == GPU
    needed = f"; it takes one that loads models: {GPU_WORKER}" if loads else ""
    raise Unavailable(f"no worker has made the call in time: is one running?{needed}")
