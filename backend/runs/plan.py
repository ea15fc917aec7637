"""What a shard of a run has to do, as its worker sees it."""

from collections.abc import Sequence
from decimal import Decimal
from typing import NamedTuple

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from backend.endpoints.tables import Endpoint
from backend.jobs.service import ClaimedJob
from backend.runs.service import get_run
from backend.runs.tables import Run, RunItem
from backend.science.answers import AnswerKey
from backend.science.stopping import Call
from backend.scoring.days import DayLeft, days_left
from backend.scoring.line_up import LineUp, LineUpEntry, line_up_of
from backend.scoring.samples import Spent, stored_answers
from backend.scoring.tables import Sample
from backend.seeds.tables import SeedRevision


class Budget(NamedTuple):
    """The most that a shard may spend; None is no limit."""

    calls: int | None
    tokens: int | None
    cost: Decimal | None


class RunStatus(NamedTuple):
    """What a worker has to know of the run each second; `days` by endpoint that has a limit."""

    state: str
    budget: Budget
    days: dict[int, DayLeft]


class ShardPlan(NamedTuple):
    """A run's part for one job."""

    run_id: int
    shard: int
    of: int
    line_up: Sequence[LineUpEntry]
    endpoints: dict[int, Endpoint]
    status: RunStatus
    spent: Spent


class PendingSeed(NamedTuple):
    """A seed to score, with what is stored of it already."""

    revision_id: int
    prompt: str
    given_answer: str | None
    calibrates: bool
    answers: dict[Call, AnswerKey | None]


def shard_plan(session: Session, job: ClaimedJob) -> ShardPlan:
    """What the job has to do. Its endpoints are copies, with the run's own sampling settings.

    Shards run in processes that know nothing of each other, so each gets its part of an endpoint's
    limits, and at least one call at a time and a minute.
    """
    assert job.run_id is not None
    run = get_run(session, job.run_id)
    shard, of = job.payload["shard"], job.payload["of"]
    line_up = line_up_of(run.settings)
    return ShardPlan(
        run.id,
        shard,
        of,
        line_up,
        {entry.endpoint_id: _frozen(session, entry, shard, of) for entry in line_up},
        status_of(session, run, shard, of, line_up),
        _spent(session, run.id, shard, of),
    )


def _frozen(session: Session, entry: LineUpEntry, shard: int, of: int) -> Endpoint:
    """A copy with the sampling settings that the run was made with, and the shard's limits."""
    row = session.get_one(Endpoint, entry.endpoint_id)
    values = {column.key: getattr(row, column.key) for column in Endpoint.__table__.columns}
    limits = {
        name: None if values[name] is None else max(_part(values[name], shard, of) or 0, 1)
        for name in ("max_in_flight", "requests_per_minute", "tokens_per_minute")
    }
    return Endpoint(**values | limits | {"sampling": entry.sampling.model_dump()})


def status_of(session: Session, run: Run, shard: int, of: int, line_up: LineUp) -> RunStatus:
    """The run's state and the shard's part of its budget: parts are equal and never exceeded."""
    return RunStatus(
        run.state,
        Budget(
            _part(run.max_calls, shard, of),
            _part(run.max_tokens, shard, of),
            None if run.max_cost is None else run.max_cost / of,
        ),
        days_left(session, [entry.endpoint_id for entry in line_up]),
    )


def _part(limit: int | None, shard: int, of: int) -> int | None:
    return None if limit is None else limit // of + (shard < limit % of)


def _spent(session: Session, run_id: int, shard: int, of: int) -> Spent:
    """What the shard has used so far, whoever worked on it."""
    calls, tokens, cost = session.execute(
        select(
            func.count(),
            func.coalesce(func.sum(Sample.prompt_tokens + Sample.completion_tokens), 0),
            func.coalesce(func.sum(Sample.cost), 0),
        ).where(Sample.run_id == run_id, Sample.revision_id % of == shard)
    ).one()
    return Spent(calls, int(tokens), Decimal(cost))


def pending_seeds(
    session: Session, plan: ShardPlan, *, calibrates: bool, after: int, limit: int
) -> list[PendingSeed]:
    """The shard's next pending seeds after a revision, and what is stored of them."""
    rows = session.execute(
        select(SeedRevision.id, SeedRevision.prompt, SeedRevision.answer)
        .join(RunItem, RunItem.revision_id == SeedRevision.id)
        .where(
            RunItem.run_id == plan.run_id,
            RunItem.state == "pending",
            RunItem.calibrates == calibrates,
            RunItem.revision_id > after,
            RunItem.revision_id % plan.of == plan.shard,
        )
        .order_by(RunItem.revision_id)
        .limit(limit)
    ).all()
    stored = stored_answers(session, [row.id for row in rows], plan.line_up)
    return [
        PendingSeed(
            row.id,
            row.prompt,
            row.answer,
            calibrates,
            {
                Call(sample.endpoint_id, sample.sample_index): (
                    AnswerKey.parse(sample.answer_key) if sample.answer_key else None
                )
                for sample in stored[row.id]
            },
        )
        for row in rows
    ]
