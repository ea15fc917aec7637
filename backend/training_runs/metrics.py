"""What runs log: taken in exactly once, and read in parts that are never too many."""

import json
import math
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Any, Final, NamedTuple

from sqlalchemy import and_, delete, func, or_, select
from sqlalchemy.dialects.postgresql import distinct_on, insert
from sqlalchemy.orm import Session

from backend.database import Json, existing
from backend.training_runs.schemas import MetricKind, MetricRow, Metrics
from backend.training_runs.tables import TrainingMetric, TrainingRun

_LONGEST_NAME: Final = 200
_LARGEST_STEP: Final = 2**53


class Logged(NamedTuple):
    """A line of `metrics.jsonl`."""

    step: int
    kind: MetricKind
    logged_at: datetime | None
    values: dict[str, float | None]


def read_line(line: bytes) -> Logged | None:
    """What a line says; None of one that is cut or no line of metrics."""
    try:
        said: Any = json.loads(line)
    except (ValueError, RecursionError):
        return None
    step = said.get("step") if isinstance(said, dict) else None
    if not isinstance(step, int) or isinstance(step, bool) or not 0 <= step < _LARGEST_STEP:
        return None
    values = {
        name: float(value) if math.isfinite(value) else None
        for name, value in said.items()
        if isinstance(value, int | float) and name not in ("step", "time")
        and len(name) <= _LONGEST_NAME and name.isprintable()
    }  # fmt: skip
    return Logged(step, _kind(values), _time(said.get("time")), values)


def _kind(values: dict[str, float | None]) -> MetricKind:
    """As `training.metrics` tells them apart."""
    if "loss" in values:
        return "train"
    return "validation" if any(name.startswith("eval_") for name in values) else "summary"


def _time(seconds: Any) -> datetime | None:
    try:
        return datetime.fromtimestamp(seconds, UTC)
    except (TypeError, ValueError, OverflowError, OSError):
        return None


def store(session: Session, run: TrainingRun, lines: Iterable[Logged], read_to: int) -> None:
    """Take lines in, with how far the file has been read: both in the caller's transaction.

    A step that is logged again, as after a resumed run, replaces what it said before.

    Args:
        session: whoever calls holds the run's row.
        run: the run.
        lines: in the order of the file.
        read_to: bytes of the file that are in the table then.
    """
    rows: dict[tuple[str, int], Json] = {}
    for line in lines:
        run.metric_count += 1
        rows[line.kind, line.step] = {
            "run_id": run.id, "kind": line.kind, "step": line.step, "position": run.metric_count,
            "logged_at": line.logged_at, "values": line.values,
        }  # fmt: skip
    if rows:
        statement = insert(TrainingMetric).values(list(rows.values()))
        replaced = {name: statement.excluded[name] for name in ("position", "logged_at", "values")}
        session.execute(
            statement.on_conflict_do_update(
                index_elements=["run_id", "kind", "step"], set_=replaced
            )
        )
    run.metrics_read = read_to
    session.flush()


def go_back(session: Session, run: TrainingRun, step: int) -> None:
    """Take out what was logged after a step, and what was said of the whole: it is done again."""
    again = or_(TrainingMetric.step > step, TrainingMetric.kind == "summary")
    session.execute(delete(TrainingMetric).where(TrainingMetric.run_id == run.id, again))


def read(session: Session, run_id: int, after: int, points: int) -> Metrics:
    """Rows after a position; of a kind with more than `points` of them every n-th, and its last.

    Raises:
        NotFound: there is no such run.
    """
    run = existing(session, TrainingRun, run_id, "training run")
    wanted = and_(TrainingMetric.run_id == run_id, TrainingMetric.position > after)
    largest = session.scalars(
        select(func.count()).where(wanted).group_by(TrainingMetric.kind)
    ).all()
    stride = max((math.ceil(count / points) for count in largest), default=1)
    place = func.row_number().over(
        partition_by=TrainingMetric.kind, order_by=TrainingMetric.step.desc()
    )
    numbered = select(TrainingMetric, (place - 1).label("place")).where(wanted).subquery()
    # Counted from the last step back, which so is always among them.
    chosen = (
        select(numbered)
        .where(numbered.c.place % stride == 0)
        .order_by(numbered.c.kind, numbered.c.step)
    )
    items = [MetricRow.model_validate(dict(row._mapping)) for row in session.execute(chosen)]
    newest = session.scalar(select(func.max(TrainingMetric.position)).where(wanted))
    # Read before the rows: of an attempt that has begun since, the next answer says so.
    said = {name: getattr(run, name) for name in ("state", "attempt", "resumed_from")}
    return Metrics.model_validate(
        {"items": items, "next": newest or after, "stride": stride, **said}
    )


def latest(
    session: Session, run_ids: Sequence[int], up_to: int | None = None
) -> dict[int, dict[str, tuple[int, Json]]]:
    """By run and kind: the last step that was logged (up to one), and its values."""
    wanted = select(TrainingMetric).where(TrainingMetric.run_id.in_(run_ids))
    if up_to is not None:
        wanted = wanted.where(TrainingMetric.step <= up_to)
    newest = wanted.ext(distinct_on(TrainingMetric.run_id, TrainingMetric.kind)).order_by(
        TrainingMetric.run_id, TrainingMetric.kind, TrainingMetric.step.desc()
    )
    found: dict[int, dict[str, tuple[int, Json]]] = {}
    fresh = newest.execution_options(populate_existing=True)
    for row in session.scalars(fresh):
        found.setdefault(row.run_id, {})[row.kind] = (row.step, row.values)
    return found
