"""What a shard of a run for traces has to do, and the seeds that it has still to do it for."""

from collections.abc import Sequence
from typing import Final, NamedTuple

from sqlalchemy.orm import Session

from backend.guidelines.tables import GuidelineVersion
from backend.jobs.service import ClaimedJob
from backend.runs.pending import PendingSeed, pending_seeds
from backend.runs.plan import ShardPlan, shard_plan
from backend.runs.schemas import TraceSettings
from backend.runs.service import get_run
from backend.science.guided_questions import GuidedQuestion
from backend.science.trace_faults import TraceRules
from backend.scoring.equivalences import stored_replies
from backend.scoring.line_up import LineUpEntry, asking_for_programs
from backend.scoring.reference_keys import NoKey, ReferenceKey, reference_keys
from backend.scoring.samples import NewSample
from backend.traces.rules import checked_rules
from backend.traces.storing import unverified_samples

HAS_TESTS: Final = "it asks for a program, which its tests verify: ask without a guideline"


class TracePlan(NamedTuple):
    """A run's part for one job: the teacher is the first of its line-up, the others judge.

    `guideline_version_id` is what the teacher is shown, `tokenizer` what counts its tokens.
    """

    shard: ShardPlan
    rules: TraceRules
    guideline_version_id: int | None = None
    tokenizer: str | None = None

    @property
    def teacher(self) -> LineUpEntry:
        """Who is asked, and for how many traces of a seed."""
        return self.shard.line_up[0]

    @property
    def judges(self) -> Sequence[LineUpEntry]:
        """Who rates what no rule rejects."""
        return self.shard.line_up[1:]


class PendingTraces(NamedTuple):
    """A seed, and the key that its traces are verified against; None under a guideline."""

    seed: PendingSeed
    key: ReferenceKey | NoKey | None


def trace_plan(session: Session, job: ClaimedJob) -> TracePlan:
    """What the job has to do."""
    assert job.run_id is not None
    settings = TraceSettings.model_validate(get_run(session, job.run_id).settings)
    shard, rules = shard_plan(session, job), checked_rules(settings.rules)
    if settings.guideline is None:
        return TracePlan(shard, rules, tokenizer=settings.tokenizer)
    version = session.get_one(GuidelineVersion, settings.guideline.version_id)
    guided = GuidedQuestion(version.text, shard.line_up[0].sampling.template)
    return TracePlan(shard._replace(guided=guided), rules, version.id, settings.tokenizer)


def pending_traces(
    session: Session, plan: TracePlan, after: PendingTraces | None, limit: int
) -> list[PendingTraces]:
    """The shard's next pending seeds, in order."""
    last = after and after.seed
    seeds = pending_seeds(session, plan.shard, "new", last, limit)
    if plan.shard.guided is not None:
        return [PendingTraces(seed, _under_guideline(seed)) for seed in seeds]
    given = {seed.revision_id: None if seed.votes_decide else seed.given_answer for seed in seeds}
    tests = {seed.revision_id: seed.tests for seed in seeds if seed.tests is not None}
    keys = reference_keys(session, given, tests, plan.shard.policy.threshold)
    return [PendingTraces(seed, keys[seed.revision_id]) for seed in seeds]


def _under_guideline(seed: PendingSeed) -> NoKey | None:
    """Nothing is held against an answer; a program would be, and what passes is no safety data."""
    return None if seed.tests is None else NoKey(HAS_TESTS)


def to_be_verified(session: Session, plan: TracePlan, seed: PendingSeed) -> list[NewSample]:
    """What is stored of the seed's traces and was not verified by this run."""
    teacher = plan.teacher if seed.tests is None else asking_for_programs(plan.teacher)
    return unverified_samples(session, plan.shard.run_id, seed.revision_id, teacher)


def judges_replies(
    session: Session, plan: TracePlan, revision_id: int
) -> dict[int, dict[tuple[str, int], str]]:
    """What each judge has said about traces of a revision, by its endpoint (`stored_replies`)."""
    return {judge.endpoint_id: stored_replies(session, revision_id, judge) for judge in plan.judges}
