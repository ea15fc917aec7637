"""Jobs that look after the batches of a shard, until the shard can be scored."""

from backend.config import settings
from backend.database import session_scope
from backend.jobs.service import ClaimedJob, LeaseLost
from backend.runs import control
from backend.runs.batches import OPEN, open_batches
from backend.runs.days import DaySpent
from backend.runs.plan import shard_plan
from workers.batch_follow import Follower
from workers.batch_rounds import Round
from workers.batch_shard import BatchShard


def work_off(job: ClaimedJob) -> None:
    """Take one step, and have the job woken for the next, or the shard scored."""
    assert job.run_id is not None
    try:
        with session_scope() as session:
            plan = shard_plan(session, job)
        shard = BatchShard(job, plan)
        again, days_spent = _step(shard)
        with session_scope() as session:
            control.leave_batches(
                session, job, looked_at=plan.status.state, again=again, days_spent=days_spent
            )
    except LeaseLost:
        raise
    except Exception as error:
        with session_scope() as session:
            job.fence(session)
            control.halt(session, job.run_id, f"{type(error).__name__}: {error}")
        raise


def _step(shard: BatchShard) -> tuple[float | None, list[DaySpent]]:
    """Seconds until the next step, None where nothing is left to ask or to wait for; and which
    endpoints have used up their day."""
    pause = settings().batch_poll_seconds
    with session_scope() as session:
        open_ones = open_batches(session, shard.plan.run_id, shard.plan.shard)
    for batch in open_ones:
        Follower(shard).look(batch)
    if open_ones:
        # A round begins with a look at what the last one brought, and at the budget.
        is_open = any(batch.state in OPEN for batch in open_ones)
        return (pause if is_open else 0.0), []
    if shard.state != "running":
        return None, []
    following = Round(shard)
    following.send()
    with session_scope() as session:
        waits = bool(open_batches(session, shard.plan.run_id, shard.plan.shard))
    again = pause if waits or following.waits_for_others or following.days_spent else None
    return again, [] if waits else following.days_spent
