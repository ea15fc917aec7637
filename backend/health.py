"""Whether all parts are well."""

from typing import Literal

from fastapi import APIRouter, Response
from pydantic import BaseModel
from sqlalchemy import text

from backend.database import session_scope
from backend.jobs.service import QUIET_WORKER_SECONDS, seconds_since_heartbeat
from backend.queue import QUEUE, celery_app

router = APIRouter(tags=["health"])


class Health(BaseModel):
    """`ok` for each part that is well, else what is wrong with it."""

    status: Literal["ok", "degraded"]
    parts: dict[str, str]


def _database_and_worker() -> dict[str, str]:
    try:
        with session_scope() as session:
            session.execute(text("select 1"))
            age = seconds_since_heartbeat(session, queue=QUEUE)
    except Exception as error:
        return {"database": type(error).__name__, "worker": "unknown without the database"}
    if age is None:
        return {"database": "ok", "worker": "never seen"}
    quiet = age > QUIET_WORKER_SECONDS
    return {"database": "ok", "worker": f"no heartbeat for {age:.0f} s" if quiet else "ok"}


def _broker() -> str:
    try:
        with celery_app().connection_for_write(connect_timeout=2) as connection:
            connection.ensure_connection(max_retries=1, timeout=2)
    except Exception as error:
        return f"does not answer ({type(error).__name__})"
    return "ok"


@router.get("/healthz")
def healthz(response: Response) -> Health:
    """200 where database, broker and a worker answer, else 503."""
    parts = {**_database_and_worker(), "broker": _broker()}
    well = all(state == "ok" for state in parts.values())
    response.status_code = 200 if well else 503
    return Health(status="ok" if well else "degraded", parts=parts)
