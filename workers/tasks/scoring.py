"""Jobs of scoring runs: score a shard, apply a policy, fit the calibration again."""

import asyncio
from collections.abc import Mapping

from backend.database import session_scope
from backend.jobs.service import ClaimedJob
from backend.runs import control
from backend.runs.pending import PendingSeed, Phase, pending_seeds
from backend.runs.plan import ShardPlan, shard_plan
from backend.runs.recording import Recorder
from backend.runs.verdicts import (
    plurality_seeds,
    recompute_seeds,
    scored_seeds,
    seeds_of_run,
)
from backend.science.calibration import Calibration
from backend.scoring.equivalences import stored_replies
from backend.scoring.line_up import LineUpEntry
from workers.clients import Client
from workers.scoring_engine import ScoringEngine
from workers.tasks.shards import Rest, driven, until_left


def score_shard(job: ClaimedJob) -> None:
    """Score the pending seeds of a shard until they are done, or the run is not to go on."""

    def work() -> Rest:
        with session_scope() as session:
            plan = shard_plan(session, job)
            recorder = Recorder(session, job, plan)
        running = plan.status.state == "running"
        rest = asyncio.run(_score(recorder, plan)) if running else Rest()
        _settle(job, plan.run_id, starved=rest.starved)
        return rest

    until_left(job, work)


async def _score(recorder: Recorder, plan: ShardPlan) -> Rest:
    def load_page(phase: Phase, after: PendingSeed | None, limit: int) -> list[PendingSeed]:
        with session_scope() as session:
            return pending_seeds(session, plan, phase, after, limit)

    def load_replies(judge: LineUpEntry, revision_id: int) -> dict[tuple[str, int], str]:
        with session_scope() as session:
            return stored_replies(session, revision_id, judge)

    def engine(clients: Mapping[int, Client]) -> ScoringEngine:
        return ScoringEngine(plan, clients, load_page, load_replies, lambda: recorder.calibration)

    return await driven(plan, recorder, engine)


def _settle(job: ClaimedJob, run_id: int, *, starved: bool) -> None:
    """At the end of a run or of its budget: verdicts on votes, with all gold seeds' calibration."""
    with session_scope() as session:
        if control.has_pending(session, run_id) and not starved:
            return
    calibrations: dict[int, Calibration] = {}
    after = 0
    while True:
        with session_scope() as session:
            job.fence(session)
            revision_ids = plurality_seeds(session, run_id, after)
            if not revision_ids:
                return
            recompute_seeds(session, dict.fromkeys(revision_ids, run_id), calibrations)
        after = revision_ids[-1]


def apply_policy(job: ClaimedJob) -> None:
    """Compute all verdicts again under a policy, with no model call."""
    calibrations: dict[int, Calibration] = {}
    after = done = 0
    while True:
        with session_scope() as session:
            job.fence(session)
            run_of = scored_seeds(session, after)
            if not run_of:
                return
            recompute_seeds(session, run_of, calibrations, job.payload["policy_id"])
            done += len(run_of)
            job.progress(session, done)
        after = max(run_of)


def recalibrate(job: ClaimedJob) -> None:
    """Fit a run's calibration on all gold seeds, and compute its verdicts again by it."""
    run_id: int = job.payload["run_id"]
    calibrations: dict[int, Calibration] = {}
    after = done = 0
    while True:
        with session_scope() as session:
            job.fence(session)
            policy_of = seeds_of_run(session, run_id, after)
            if not policy_of:
                return
            for policy_id in sorted(set(policy_of.values())):
                chosen = [seed for seed, policy in policy_of.items() if policy == policy_id]
                recompute_seeds(session, dict.fromkeys(chosen, run_id), calibrations, policy_id)
            done += len(policy_of)
            job.progress(session, done)
        after = max(policy_of)
