"""What a shard of a run for traces has to do, and the seeds that it has still to do it for."""

from typing import NamedTuple

from sqlalchemy.orm import Session

from backend.jobs.service import ClaimedJob
from backend.runs.pending import PendingSeed, pending_seeds
from backend.runs.plan import ShardPlan, shard_plan
from backend.runs.schemas import TraceSettings
from backend.runs.service import get_run
from backend.science.trace_faults import TraceRules
from backend.scoring.line_up import LineUpEntry, asking_for_programs
from backend.scoring.reference_keys import NoKey, ReferenceKey, reference_keys
from backend.scoring.samples import NewSample
from backend.traces.rules import checked_rules
from backend.traces.storing import unverified_samples


class TracePlan(NamedTuple):
    """A run's part for one job: its line-up is the teacher alone."""

    shard: ShardPlan
    rules: TraceRules

    @property
    def teacher(self) -> LineUpEntry:
        """Who is asked, and for how many traces of a seed."""
        return self.shard.line_up[0]


class PendingTraces(NamedTuple):
    """A seed, and the key that its traces are verified against."""

    seed: PendingSeed
    key: ReferenceKey | NoKey


def trace_plan(session: Session, job: ClaimedJob) -> TracePlan:
    """What the job has to do."""
    assert job.run_id is not None
    settings = TraceSettings.model_validate(get_run(session, job.run_id).settings)
    return TracePlan(shard_plan(session, job), checked_rules(settings.rules))


def pending_traces(
    session: Session, plan: TracePlan, after: PendingTraces | None, limit: int
) -> list[PendingTraces]:
    """The shard's next pending seeds, in order."""
    last = after and after.seed
    seeds = pending_seeds(session, plan.shard, "new", last, limit)
    given = {seed.revision_id: seed.given_answer for seed in seeds}
    tests = {seed.revision_id: seed.tests for seed in seeds if seed.tests is not None}
    keys = reference_keys(session, given, tests, plan.shard.policy.threshold)
    return [PendingTraces(seed, keys[seed.revision_id]) for seed in seeds]


def to_be_verified(session: Session, plan: TracePlan, seed: PendingSeed) -> list[NewSample]:
    """What is stored of the seed's traces and was not verified by this run."""
    teacher = plan.teacher if seed.tests is None else asking_for_programs(plan.teacher)
    return unverified_samples(session, plan.shard.run_id, seed.revision_id, teacher)
