"""Scoring runs over rewrites that wait: the votes of models decide, and seeds stay as they are."""

from collections.abc import Sequence

from sqlalchemy import Select, exists, or_, select
from sqlalchemy.orm import Session

from backend.accounts.tables import User
from backend.errors import Conflict
from backend.rewriting.measuring_schemas import MeasureCreate
from backend.rewriting.service import get_rewrite
from backend.rewriting.tables import Rewrite
from backend.row_sets import among
from backend.runs.creation import enqueue_shards, fix_items, new_run, settings_of
from backend.runs.forecast import forecast_over
from backend.runs.schemas import RunForecast, RunSettings
from backend.runs.tables import Run, RunItem
from backend.seeds.tables import Seed

FIELD = "rewrite_ids"


def measure(session: Session, user: User, wanted: MeasureCreate) -> Run:
    """Start the run.

    Args:
        session: the caller's; flushed, not committed.
        user: who starts it.
        wanted: which rewrites, who answers, and under which budget.

    Raises:
        NotFound: there is no such rewrite.
        Conflict: one that is named is decided, or its seed reads otherwise by now.
        Invalid: the line-up cannot judge, or no rewrite waits; the field says where.
    """
    settings = _settings(session, wanted)
    _refuse_decided(session, wanted.rewrite_ids or ())
    name = wanted.name or "measuring rewrites"
    run = new_run(session, wanted, settings, user, name=name, policy_id=wanted.policy_id)
    missing = "no rewrite waits that was not measured yet"
    fix_items(session, run, _revisions(wanted.rewrite_ids), missing, FIELD)
    session.flush()
    enqueue_shards(session, run, range(settings.parallel_jobs), settings.parallel_jobs)
    return run


def forecast(session: Session, wanted: MeasureCreate) -> RunForecast:
    """What the run would need.

    Raises:
        NotFound, Conflict, Invalid: as for `measure`.
    """
    settings = _settings(session, wanted)
    _refuse_decided(session, wanted.rewrite_ids or ())
    return forecast_over(session, settings, _revisions(wanted.rewrite_ids))


def _settings(session: Session, wanted: MeasureCreate) -> RunSettings:
    return settings_of(session, wanted).model_copy(update={"rewrites": True})


def _refuse_decided(session: Session, rewrite_ids: Sequence[int]) -> None:
    for rewrite_id in rewrite_ids:
        rewrite = get_rewrite(session, rewrite_id)
        if rewrite.state != "proposed":
            message = f"rewrite {rewrite_id} is {rewrite.state} already"
            raise Conflict(message, field=FIELD, code="rewrite_decided")
        if session.get_one(Seed, rewrite.seed_id).revision_id != rewrite.base_revision_id:
            message = f"rewrite {rewrite_id} is of a wording that its seed no longer has"
            raise Conflict(message, field=FIELD, code="stale_revision")


def _revisions(rewrite_ids: Sequence[int] | None) -> Select[int]:
    """The revisions of these rewrites, or of all that wait, can be approved, and are unmeasured."""
    wanted = select(Rewrite.revision_id).where(Rewrite.state == "proposed")
    if rewrite_ids is not None:
        return wanted.where(among(Rewrite.id, rewrite_ids))
    under_way = (RunItem.state == "pending") & Run.state.in_(("running", "paused"))
    seen = exists().where(
        RunItem.revision_id == Rewrite.revision_id,
        Run.id == RunItem.run_id,
        or_(RunItem.state == "scored", under_way),
    )
    return wanted.join(Seed, Seed.id == Rewrite.seed_id).where(
        Seed.withdrawn_at.is_(None), Seed.revision_id == Rewrite.base_revision_id, ~seen
    )
