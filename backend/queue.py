"""Wake-ups: the broker's only traffic. What has to be done stands in the `job` table."""

from functools import lru_cache

from celery import Celery
from kombu.entity import Exchange, Queue
from sqlalchemy import event
from sqlalchemy.orm import Session

from backend.config import settings

RUN_JOB = "job.run"
QUEUE = "seedbed"
# Jobs that load models: taken only by workers that are started for it (`-Q gpu`).
GPU = "gpu"
# Short steps that must not wait for a worker's slots: its main process takes them, no broker.
BESIDE = "beside"
GPU_WORKER = f"celery -A workers.app worker -Q {GPU} -P threads -c 4"
_PENDING = "seedbed_wake_ups"


@lru_cache
def celery_app() -> Celery:
    """The Celery application of this process; the worker adds its task to it."""
    app = Celery("seedbed", broker=settings().broker_url)
    over_amqp = settings().broker_url.startswith("amqp")
    app.conf.update(
        task_queues=[
            Queue(
                name,
                # RabbitMQ's quorum queues want a topic exchange.
                Exchange("seedbed.jobs", type="topic"),
                routing_key=name,
                queue_arguments={"x-queue-type": "quorum"} if over_amqp else {},
            )
            for name in (QUEUE, GPU)
        ],
        task_default_queue=QUEUE,
        # A wake-up may be lost: the sweeper sends it again. So it is acknowledged at once.
        task_acks_late=False,
        task_ignore_result=True,
        worker_prefetch_multiplier=1,
        worker_hijack_root_logger=False,
        worker_enable_remote_control=False,
        broker_connection_retry_on_startup=True,
        broker_transport_options=(
            {"confirm_publish": True} if over_amqp else {"socket_connect_timeout": 2}
        ),
        task_publish_retry=False,
        broker_connection_timeout=2,
    )
    return app


def beside(host: str) -> str:
    """The queue of short steps that only a worker of one host can take."""
    return f"{BESIDE}@{host}"


def send(job_id: int, queue: str) -> None:
    """Wake a worker for a job.

    A wake-up that nobody took within a lease is void: the sweeper has sent another by then, and old
    ones must not pile up in front of it.
    """
    celery_app().send_task(RUN_JOB, (job_id,), queue=queue, expires=settings().job_lease_seconds)


def wake_after_commit(session: Session, job_id: int, queue: str) -> None:
    """Wake a worker once the session's transaction is committed; a rollback drops it.

    Steps beside the slots need no waking: each worker looks for them every second.
    """
    if queue.startswith(BESIDE):
        return
    session.info.setdefault(_PENDING, []).append((job_id, queue))


@event.listens_for(Session, "after_commit")
def _send_pending(session: Session) -> None:
    if session.in_nested_transaction():
        return  # a savepoint was released: nobody else sees the job before the commit
    for job_id, queue in session.info.pop(_PENDING, []):
        try:
            send(job_id, queue)
        except Exception:  # the broker is away: the sweeper will send it when it is back
            return


@event.listens_for(Session, "after_rollback")
def _drop_pending(session: Session) -> None:
    session.info.pop(_PENDING, None)
