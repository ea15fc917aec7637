"""How far runs are, how fast they go, and what went wrong."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from backend.jobs.service import deserted_queues
from backend.queue import GPU, GPU_WORKER
from backend.runs.batches import batch_outs
from backend.runs.schemas import Failure, Rate, RunItemOut, RunOut
from backend.runs.tables import Run, RunItem
from backend.scoring.policies import label_of
from backend.scoring.tables import PolicyVersion, Sample, Teachability
from backend.seeds.tables import SeedRevision

# The rate is that of the last so many answers.
RECENT_SAMPLES = 200
MOST_REASONS = 20


def run_outs(session: Session, runs: Sequence[Run]) -> list[RunOut]:
    """The runs as callers see them."""
    ids = [run.id for run in runs]
    policies = {
        policy.id: label_of(policy)
        for policy in session.scalars(
            select(PolicyVersion).where(PolicyVersion.id.in_([run.policy_id for run in runs]))
        )
    }
    verdicts, failures = _verdicts(session, ids), _failures(session, ids)
    waiting, sent = _waiting(session, ids), batch_outs(session, ids)
    deserted = deserted_queues(session, [run.id for run in runs if run.state == "running"])
    return [
        RunOut.model_validate(
            _figures(session, run)
            | {
                "policy": policies[run.policy_id],
                "verdicts": verdicts[run.id],
                "failures": failures[run.id],
                "seeds_waiting": waiting.get(run.id, 0),
                "batches": sent[run.id],
                "note": run.note or _waits_for(deserted.get(run.id)),
            }
        )
        for run in runs
    ]


def _waits_for(queue: str | None) -> str | None:
    """Why nothing goes on, where a run's jobs wait in a queue from which no one takes."""
    if queue == GPU:
        return f"waits for a worker that loads models: start one ({GPU_WORKER})"
    return queue and "waits for a worker: none is running"


def _figures(session: Session, run: Run) -> dict[str, Any]:
    per_minute = _calls_per_minute(session, run) if run.state == "running" else 0.0
    return {column.key: getattr(run, column.key) for column in Run.__table__.columns} | {
        "rate": Rate(calls_per_minute=per_minute),
        "eta_seconds": _seconds_left(run, per_minute),
    }


def _seconds_left(run: Run, per_minute: float) -> float | None:
    finished = run.seeds_scored + run.seeds_failed
    if not finished or not per_minute:
        return None
    return (run.seeds_total - finished) * run.calls / finished / per_minute * 60


def _calls_per_minute(session: Session, run: Run) -> float:
    """Answers a minute, from the last ones to now: the rate falls when nothing comes in."""
    recent = (
        select(Sample.created_at)
        .where(Sample.run_id == run.id)
        .order_by(Sample.id.desc())
        .limit(RECENT_SAMPLES)
        .subquery()
    )
    count, seconds = session.execute(
        select(
            func.count(),
            func.extract("epoch", func.clock_timestamp() - func.min(recent.c.created_at)),
        ).select_from(recent)
    ).one()
    return count / max(float(seconds), 1.0) * 60 if count else 0.0


def _verdicts(session: Session, run_ids: Sequence[int]) -> dict[int, dict[str, int]]:
    """Verdicts on each run's seeds under its policy, as they are now."""
    found: dict[int, dict[str, int]] = defaultdict(dict)
    rows = session.execute(
        select(RunItem.run_id, Teachability.verdict, func.count())
        .join(Run, Run.id == RunItem.run_id)
        .join(
            Teachability,
            (Teachability.revision_id == RunItem.revision_id)
            & (Teachability.policy_id == Run.policy_id),
        )
        .where(RunItem.run_id.in_(run_ids), RunItem.state == "scored")
        .group_by(RunItem.run_id, Teachability.verdict)
    )
    for run_id, verdict, count in rows:
        found[run_id][verdict] = count
    return found


def _waiting(session: Session, run_ids: Sequence[int]) -> dict[int, int]:
    """Seeds that have a first verdict and wait for their turn."""
    rows = session.execute(
        select(RunItem.run_id, func.count())
        .where(RunItem.run_id.in_(run_ids), RunItem.state == "pending", RunItem.worth.is_not(None))
        .group_by(RunItem.run_id)
    )
    return {row[0]: row[1] for row in rows}


def _failures(session: Session, run_ids: Sequence[int]) -> dict[int, list[Failure]]:
    found: dict[int, list[Failure]] = defaultdict(list)
    rows = session.execute(
        select(RunItem.run_id, RunItem.reason, func.count())
        .where(RunItem.run_id.in_(run_ids), RunItem.state == "failed")
        .group_by(RunItem.run_id, RunItem.reason)
        .order_by(func.count().desc())
    )
    for run_id, reason, count in rows:
        if len(found[run_id]) < MOST_REASONS:
            found[run_id].append(Failure(reason=reason or "unknown", count=count))
    return found


def list_items(
    session: Session, run_id: int, state: str | None, after: int, limit: int
) -> list[RunItemOut]:
    """The run's seeds after a revision, in their order."""
    chosen = (
        select(RunItem, SeedRevision.seed_id)
        .join(SeedRevision, SeedRevision.id == RunItem.revision_id)
        .where(RunItem.run_id == run_id, RunItem.revision_id > after)
        .order_by(RunItem.revision_id)
        .limit(limit)
    )
    if state is not None:
        chosen = chosen.where(RunItem.state == state)
    return [
        RunItemOut.model_validate(item.__dict__ | {"seed_id": seed_id})
        for item, seed_id in session.execute(chosen)
    ]
