"""Which seeds' verdicts to compute again: at the end of a run, and under another policy."""

from collections import defaultdict
from collections.abc import Sequence

from sqlalchemy import ColumnElement, func, or_, select, true
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.orm import Session, aliased

from backend.accounts.tables import User
from backend.jobs import service as jobs
from backend.jobs.tables import Job
from backend.rewriting.measured import store_measured
from backend.runs.schemas import SamplingSettings
from backend.runs.service import get_run
from backend.runs.tables import Run, RunItem
from backend.science.calibration import Calibration
from backend.scoring.calibration import calibrate
from backend.scoring.calibration_report import report
from backend.scoring.calibration_schemas import CalibrationOut
from backend.scoring.line_up import LineUp, line_up_of
from backend.scoring.policies import get_policy
from backend.scoring.recompute import BATCH, recompute
from backend.scoring.tables import PolicyVersion, Teachability
from backend.seeds.tables import Seed, SeedRevision

RECALIBRATE = "run.recalibrate"


def calibration_of(session: Session, run_id: int) -> Calibration:
    """The calibration of a run's reference on all gold seeds that are stored by now."""
    return calibrate(session, line_up_of(get_run(session, run_id).settings))


def plurality_seeds(session: Session, run_id: int, after: int) -> Sequence[int]:
    """The next judged revisions of the run whose key is the reference's plurality."""
    return session.scalars(
        select(RunItem.revision_id)
        .join(Run, Run.id == RunItem.run_id)
        .join(
            Teachability,
            (Teachability.revision_id == RunItem.revision_id)
            & (Teachability.policy_id == Run.policy_id),
        )
        .where(
            RunItem.run_id == run_id,
            or_(RunItem.state == "scored", RunItem.worth.is_not(None)),
            RunItem.revision_id > after,
            Teachability.key_origin == "plurality",
        )
        .order_by(RunItem.revision_id)
        .limit(BATCH)
    ).all()


def scored_seeds(session: Session, after: int) -> dict[int, int]:
    """The next current revisions that a run has scored, each with the last run that did."""
    rows = session.execute(
        select(RunItem.revision_id, func.max(RunItem.run_id).label("run_id"))
        # Through the revision, because seeds have no index on their current one.
        .join(SeedRevision, SeedRevision.id == RunItem.revision_id)
        .join(Seed, (Seed.id == SeedRevision.seed_id) & (Seed.revision_id == SeedRevision.id))
        .where(RunItem.state == "scored", RunItem.revision_id > after, Seed.withdrawn_at.is_(None))
        .group_by(RunItem.revision_id)
        .order_by(RunItem.revision_id)
        .limit(BATCH)
    )
    return {row.revision_id: row.run_id for row in rows}


def calibration_report(session: Session, run_id: int) -> CalibrationOut:
    """How far the run's key can be trusted."""
    return report(session, line_up_of(get_run(session, run_id).settings))


def enqueue_recalibration(session: Session, run_id: int, user: User) -> Job:
    """Have the run's verdicts computed again with all gold seeds that are stored by now."""
    run = get_run(session, run_id)
    # It is no shard of the run, whose jobs pausing and cancelling look for.
    return jobs.enqueue(
        session, RECALIBRATE, {"run_id": run_id}, created_by=user.id, total=run.seeds_scored
    )


def seeds_of_run(session: Session, run_id: int, after: int) -> dict[int, int]:
    """The next current revisions that this run was the last to score, each with its policy.

    The policy is the one of its newest verdict, which need not be the run's any more. Those of a
    run over rewrites are theirs, whatever their seeds read like.
    """
    is_current: ColumnElement[bool] = Seed.revision_id == SeedRevision.id
    if is_of_rewrites(get_run(session, run_id)):
        is_current = true()
    later = select(RunItem).where(
        RunItem.state == "scored", RunItem.run_id > run_id,
        RunItem.revision_id == Teachability.revision_id,
    )  # fmt: skip
    item = aliased(RunItem)
    rows = session.execute(
        select(Teachability.revision_id, Teachability.policy_id)
        .join(item, item.revision_id == Teachability.revision_id)
        .join(SeedRevision, SeedRevision.id == Teachability.revision_id)
        .join(Seed, (Seed.id == SeedRevision.seed_id) & is_current)
        .where(
            item.run_id == run_id,
            item.state == "scored",
            item.revision_id > after,
            Seed.withdrawn_at.is_(None),
            ~later.exists(),
        )
        .ext(distinct_on(Teachability.revision_id))
        .order_by(Teachability.revision_id, Teachability.created_at.desc())
        .limit(BATCH)
    )
    return {row.revision_id: row.policy_id for row in rows}


def recompute_seeds(
    session: Session,
    run_of: dict[int, int],
    calibrations: dict[int, Calibration],
    policy_id: int | None = None,
) -> None:
    """Compute verdicts again, each seed's with the line-up of its run.

    Args:
        session: one transaction.
        run_of: the run of each revision.
        calibrations: by run; those that are missing are fitted and added.
        policy_id: the policy; None takes that of the run.
    """
    revisions: dict[int, list[int]] = defaultdict(list)
    for revision_id, run_id in run_of.items():
        revisions[run_id].append(revision_id)
    for run_id, revision_ids in revisions.items():
        run = get_run(session, run_id)
        if run_id not in calibrations:
            calibrations[run_id] = calibration_of(session, run_id)
        compute_verdicts(
            session,
            revision_ids,
            run_id=run_id,
            line_up=line_up_of(run.settings),
            policy=get_policy(session, policy_id or run.policy_id),
            calibration=calibrations[run_id],
            rewrites=is_of_rewrites(run),
        )


def compute_verdicts(
    session: Session,
    revision_ids: Sequence[int],
    *,
    run_id: int,
    line_up: LineUp,
    policy: PolicyVersion,
    calibration: Calibration,
    rewrites: bool,
) -> None:
    """Store the verdicts on revisions of a run; in one over rewrites also what they tell of those.

    The verdict on a rewrite rests on votes alone, also once it is approved: until another run has
    scored the seed with its new answer as the given one.
    """
    recompute(
        session, revision_ids, run_id=run_id, line_up=line_up, policy=policy,
        calibration=calibration, votes_decide=rewrites,
    )  # fmt: skip
    if rewrites:
        store_measured(session, revision_ids, line_up, policy)


def is_of_rewrites(run: Run) -> bool:
    """Whether a run is over wordings that wait for approval."""
    return SamplingSettings.model_validate(run.settings).rewrites
