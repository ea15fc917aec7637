"""What changes of a training run while it is followed: each change is one fenced transaction."""

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any, NamedTuple

from sqlalchemy import func, or_, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from backend.database import Json, existing
from backend.exports.service import get_export
from backend.jobs.service import ClaimedJob, LeaseLost
from backend.jobs.tables import Job
from backend.queue import beside
from backend.training_runs import metrics
from backend.training_runs.metrics import Logged
from backend.training_runs.service import end, locked
from backend.training_runs.tables import CAUSES, Checkpoint, TrainingMetric, TrainingRun


class Failed(NamedTuple):
    """Why a run has failed: what kind, in words, and what is known beside."""

    cause: str
    message: str
    details: Json


class Weights(NamedTuple):
    """A folder of weights: `path` below the home folder, files as `CheckpointFile` has them."""

    step: int
    is_final: bool
    path: str
    files: list[Json]
    lineage: Json | None


def now() -> datetime:
    """The time of the day."""
    return datetime.now(UTC)


def held(session: Session, job: ClaimedJob) -> TrainingRun:
    """The run that a job follows, its row held and the job's too, in this order.

    Raises:
        LeaseLost: another worker follows it.
    """
    run = locked(session, job.payload["training_run_id"])
    job.fence(session)
    return run


def read_run(session: Session, job: ClaimedJob) -> TrainingRun:
    """The run as it stands.

    Raises:
        LeaseLost: it was gone on with since, and another job follows it.
    """
    run = existing(session, TrainingRun, job.payload["training_run_id"], "training run")
    if run.job_id != job.id:
        raise LeaseLost(f"job {job.id}: job {run.job_id} follows training run {run.id}")
    return run


def wait_for_export(session: Session, run: TrainingRun) -> bool:
    """Whether its export is whole; if not, the run says how far it is, or has failed."""
    export = get_export(session, run.export_id)
    if export.state == "failed":
        fail(session, run, Failed("export", f"export {export.id} failed: {export.error}", {}))
        return False
    if export.state == "finished" and export.folder is not None:
        run.note = None
        return True
    far = f", {export.done_count:,} of {export.total_count:,}" if export.total_count else ""
    run.note = f"waits for export {export.id} ({export.name}), which is being written{far}"
    return False


def pin(session: Session, run: TrainingRun, host: str) -> None:
    """Leave the run's steps to workers of this host: only they see its processes."""
    assert run.job_id is not None
    existing(session, Job, run.job_id, "job").queue = beside(host)


def take_in(session: Session, run: TrainingRun, lines: Iterable[Logged], read_to: int) -> None:
    """Metrics that were read, and how far the file was."""
    metrics.store(session, run, lines, read_to)


def begin_from(session: Session, run: TrainingRun, step: int) -> None:
    """Let a further attempt begin from the checkpoint of a step; from none, where that is 0."""
    run.resumed_from = step
    metrics.go_back(session, run, step)


def has_logged(session: Session, run: TrainingRun) -> bool:
    """Whether this attempt has logged a step: what was logged after its beginning is its own."""
    begun = -1 if run.resumed_from is None else run.resumed_from
    own = select(TrainingMetric.run_id).where(
        TrainingMetric.run_id == run.id, TrainingMetric.step > begun
    )
    return session.scalar(own.limit(1)) is not None


def known_steps(session: Session, run: TrainingRun) -> set[int]:
    """Steps whose checkpoints are registered, the model at the end left out.

    A checkpoint that is gone, and was to be written again, is registered again.
    """
    wanted = select(Checkpoint.step).where(Checkpoint.run_id == run.id, ~Checkpoint.is_final)
    if run.resumed_from is not None:
        as_it_was = Checkpoint.step <= run.resumed_from
        wanted = wanted.where(or_(as_it_was, Checkpoint.created_at > run.resumed_at))
    return set(session.scalars(wanted))


def last_step(session: Session, run: TrainingRun) -> int:
    """The last step that it logged; of a run that logged none, the last that it was to do."""
    logged = metrics.latest(session, [run.id]).get(run.id, {})
    return max((step for step, _ in logged.values()), default=run.recipe["fields"]["steps"])


def has_summary(session: Session, run_id: int) -> bool:
    """Whether training has said how it went as a whole, which it does at its end."""
    return "summary" in metrics.latest(session, [run_id]).get(run_id, {})


def register(session: Session, run: TrainingRun, weights: Weights) -> None:
    """Keep a checkpoint with what made it, in place of one of that step."""
    logged = metrics.latest(session, [run.id], weights.step).get(run.id, {})
    said = weights.lineage or {}
    name = run.name if weights.is_final else f"{run.name}, step {weights.step:,}"
    values: dict[str, Any] = {
        "run_id": run.id, "export_id": run.export_id, "name": name, "step": weights.step,
        "is_final": weights.is_final, "path": weights.path, "files": weights.files,
        "metrics": {kind: values for kind, (_, values) in logged.items()},
        "recipe": said.get("recipe") or run.recipe["fields"], "lineage": weights.lineage,
        "code_version": run.code_version,
    }  # fmt: skip
    statement = insert(Checkpoint).values(**values)
    replaced: dict[str, Any] = {
        name: statement.excluded[name]
        for name in ("files", "metrics", "recipe", "lineage", "code_version")
    }
    session.execute(
        statement.on_conflict_do_update(
            index_elements=["run_id", "step", "is_final"],
            set_={**replaced, "created_at": func.now()},
        )
    )


def fail(session: Session, run: TrainingRun, failed: Failed) -> None:
    """End a run with what is known of why."""
    run.cause = failed.cause if failed.cause in CAUSES else "other"
    run.error, run.failure = failed.message, failed.details
    end(session, run, "failed")
