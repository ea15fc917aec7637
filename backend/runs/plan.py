"""What a shard of a run has to do, as its worker sees it."""

from collections.abc import Sequence
from decimal import Decimal
from typing import NamedTuple

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from backend.endpoints.tables import Endpoint
from backend.jobs.service import ClaimedJob
from backend.runs.schemas import SamplingSettings
from backend.runs.service import get_run
from backend.runs.tables import Run
from backend.science.adaptive import AdaptiveRule
from backend.science.adaptive_sampling import AdaptiveSampling
from backend.science.calibration import Calibration
from backend.science.guided_questions import GuidedQuestion
from backend.science.sampling_rules import SamplingRule, Stopping, vote_rule
from backend.science.teachability_policy import Policy
from backend.scoring.days import DayLeft, days_left
from backend.scoring.line_up import (
    LineUp,
    LineUpEntry,
    line_up_of,
    plan_of,
    reference_of,
    weak_of,
)
from backend.scoring.policies import get_policy, policy_of
from backend.scoring.samples import Spent
from backend.scoring.tables import Sample


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
    """A run's part for one job.

    `ranks`: a budget may end the run, so that every seed gets its first answers before any gets
    more, and then those go first that are worth most. `rewrites`: its wordings wait for approval.
    `guided`: how a teacher is asked under a guideline.
    """

    run_id: int
    shard: int
    of: int
    line_up: Sequence[LineUpEntry]
    endpoints: dict[int, Endpoint]
    policy: Policy
    stopping: Stopping
    call_price: float
    ranks: bool
    rewrites: bool
    status: RunStatus
    spent: Spent
    guided: GuidedQuestion | None = None


def shard_plan(session: Session, job: ClaimedJob) -> ShardPlan:
    """What the job has to do. Its endpoints are copies, with the run's own sampling settings.

    Shards run in processes that know nothing of each other, so each gets its part of an endpoint's
    limits, and at least one call at a time and a minute.
    """
    assert job.run_id is not None
    run = get_run(session, job.run_id)
    shard, of = job.payload["shard"], job.payload["of"]
    line_up = line_up_of(run.settings)
    working = SamplingSettings.model_validate(run.settings)
    return ShardPlan(
        run.id,
        shard,
        of,
        line_up,
        {entry.endpoint_id: _frozen(session, entry, shard, of) for entry in line_up},
        policy_of(get_policy(session, run.policy_id)),
        working.stopping,
        working.call_price,
        working.stopping == "adaptive" and _has_budget(run),
        working.rewrites,
        status_of(session, run, shard, of, line_up),
        _spent(session, run.id, shard, of),
    )


def sampling_rule(plan: ShardPlan, calibration: Calibration) -> SamplingRule:
    """How the run decides what to ask, from what gold seeds have told so far."""
    planned = plan_of(plan.line_up)
    if plan.stopping != "adaptive":
        return vote_rule(plan.stopping, planned)
    rule = AdaptiveRule(price=plan.call_price, reference_price=_reference_price(plan))
    return AdaptiveSampling(planned, rule, plan.policy, calibration)


def _reference_price(plan: ShardPlan) -> float:
    """What the reference's tokens cost, in those of the model to be taught; 1 without prices."""
    reference = reference_of(plan.line_up)
    weak = plan.endpoints[weak_of(plan.line_up)[0].endpoint_id]
    if reference is None or not weak.output_price:
        return 1.0
    ratio = float(plan.endpoints[reference.endpoint_id].output_price / weak.output_price)
    return ratio if ratio > 0 else 1.0


def _has_budget(run: Run) -> bool:
    return any(limit is not None for limit in (run.max_calls, run.max_tokens, run.max_cost))


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
