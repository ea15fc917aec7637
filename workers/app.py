"""The Celery worker: claims the job that a wake-up names, runs its handler, keeps its lease.

    celery -A workers.app worker
    celery -A workers.app worker -Q gpu -P threads -c 4   # loads the models of `vllm:` endpoints

Each worker also sweeps: jobs whose wake-up or worker was lost are woken again.
"""

import contextlib
import logging
import os
import socket
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from celery.signals import (
    celeryd_init,
    setup_logging,
    worker_process_init,
    worker_ready,
    worker_shutdown,
)

from backend.config import settings
from backend.database import engine, session_scope
from backend.errors import SeedbedError
from backend.jobs import service
from backend.jobs.service import ClaimedJob, LeaseLost
from backend.queue import BESIDE, QUEUE, RUN_JOB, celery_app, send
from backend.runs.control import resume_due
from workers.beside import Beside, can_train, queues
from workers.tasks import HANDLERS

log = logging.getLogger("seedbed.worker")
app = celery_app()
_stopping = threading.Event()


@app.task(name=RUN_JOB)
def run_job(job_id: int) -> None:
    """Claim and run one job; a job that is done or held by another is left alone."""
    work_off(job_id)


def work_off(job_id: int, level: int = logging.INFO) -> None:
    """The same, for whoever took the job from no broker; `level` is that of its line in the log."""
    lease = settings().job_lease_seconds
    job = service.claim(job_id, lease, _this_process())
    if job is None:
        return
    log.log(level, "job %s (%s), attempt %s", job.id, job.kind, job.attempt)
    try:
        with _kept_lease(job, lease):
            HANDLERS[job.kind](job)
    except LeaseLost:
        log.warning("job %s was taken over or cancelled", job.id)
    except SeedbedError as error:
        # Said in words for who asked: a trace of the code adds nothing.
        log.warning("job %s is refused: %s", job.id, error)
        service.finish(job, str(error))
    except Exception as error:
        log.exception("job %s failed", job.id)
        service.finish(job, f"{type(error).__name__}: {error}")
    else:
        service.finish(job)


@contextlib.contextmanager
def _kept_lease(job: ClaimedJob, lease: float) -> Iterator[None]:
    over = threading.Event()

    def renew() -> None:
        while not over.wait(lease / 3):
            try:
                service.renew(job, lease)
            except Exception:
                log.warning("could not renew job %s", job.id, exc_info=True)

    thread = threading.Thread(target=renew, name=f"lease-{job.id}", daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


def _this_process() -> str:
    return f"{socket.gethostname()}/{os.getpid()}"


def sweep_once() -> None:
    """Say that this worker lives, free the jobs of dead processes, and wake what went quiet."""
    taken = [*app.amqp.queues.consume_from, *([BESIDE] if can_train() else [])]
    service.beat(_this_process(), taken)
    for holder in service.holders(socket.gethostname()):
        if not Path(f"/proc/{holder.rpartition('/')[2]}").exists():
            service.release_jobs_of(holder)
    with session_scope() as session:
        resume_due(session)
        ours = queues(session)
    for job_id, queue in service.due_for_dispatch(settings().job_lease_seconds, beside=ours):
        if queue.startswith(BESIDE):
            _beside.take(job_id)
        else:
            send(job_id, queue)


def _take_step(job_id: int) -> None:
    try:
        work_off(job_id, logging.DEBUG)
    except Exception:
        log.warning("step of job %s failed; it is taken again", job_id, exc_info=True)


_beside = Beside(_take_step)


def _sweep() -> None:
    while not _stopping.wait(1.0):
        try:
            sweep_once()
        except Exception:
            log.warning("sweep failed; trying again", exc_info=True)


@celeryd_init.connect
def _leave_models_to_their_workers(options: dict[str, Any], **_: Any) -> None:
    """A worker takes jobs that load models only where it is started for them."""
    if not options.get("queues"):
        app.amqp.queues.select([QUEUE])


@setup_logging.connect
def _log_plainly(**_: Any) -> None:
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    # One line a wake-up says nothing: the job's own line does.
    logging.getLogger("celery.worker.strategy").setLevel(logging.WARNING)
    logging.getLogger("celery.app.trace").setLevel(logging.WARNING)
    logging.getLogger("httpx").setLevel(logging.WARNING)


@worker_process_init.connect
def _own_connections(**_: Any) -> None:
    """A forked child must not share the parent's connections."""
    engine().dispose(close=False)


@worker_ready.connect
def _start_sweeper(**_: Any) -> None:
    threading.Thread(target=_sweep, name="sweeper", daemon=True).start()


@worker_shutdown.connect
def _stop_sweeper(**_: Any) -> None:
    _stopping.set()
