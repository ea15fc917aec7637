"""Make a run: check its line-up, fix its list of seeds, put its jobs in the queue."""

from collections.abc import Sequence

from pydantic import BaseModel
from sqlalchemy import ColumnElement, Select, and_, func, insert, literal, or_, select, update
from sqlalchemy.orm import Session

from backend.accounts.tables import User
from backend.endpoints.service import any_in_process
from backend.endpoints.tables import Endpoint
from backend.errors import Invalid
from backend.jobs import service as jobs
from backend.judging.rubrics import known_rubric
from backend.queue import GPU, QUEUE
from backend.runs.batches import uses_batches
from backend.runs.schemas import Budgets, LineUpCreate, RunCreate, RunSettings
from backend.runs.tables import Run, RunItem
from backend.science.stopping import Role
from backend.scoring.line_up import LineUpEntry, entry_of, line_up_of, reference_of
from backend.scoring.policies import default_policy, get_policy
from backend.scoring.tables import PolicyVersion
from backend.seeds.answer_origins import is_proposed
from backend.seeds.filters import SeedFilter, matching_seed_ids
from backend.seeds.tables import Seed, SeedRevision

SCORE = "run.score"
# Comes before it where endpoints are asked by batches, and ends by putting it in the queue.
BATCH = "run.batch"
# The one job of a run for traces.
TRACE = "run.trace"
# That of a run for rewrites or new seeds.
PROPOSE = "run.propose"
# That of a run that sorts seeds by domain.
CLASSIFY = "run.classify"
_ONE_JOB = {"traces": TRACE, "rewrites": PROPOSE, "augmentation": PROPOSE, "domains": CLASSIFY}


def create_run(session: Session, wanted: RunCreate, user: User) -> Run:
    """Start a run over the seeds that match the filter now.

    Raises:
        Invalid: the line-up cannot judge these seeds, or no seed matches; the field says where.
    """
    settings = settings_of(session, wanted)
    run = new_run(
        session, wanted, settings, user, name=wanted.name or "scoring run",
        policy_id=wanted.policy_id, chosen=wanted.filter,
    )  # fmt: skip
    fix_items(session, run, current_revisions(wanted.filter))
    _check_keys(session, run, settings)
    enqueue_shards(session, run, range(settings.parallel_jobs), settings.parallel_jobs)
    return run


def new_run(
    session: Session,
    budgets: Budgets,
    settings: BaseModel,
    user: User,
    *,
    name: str,
    kind: str = "scoring",
    policy_id: int | None = None,
    chosen: SeedFilter | None = None,
) -> Run:
    """A run as yet without seeds and jobs; the newest default policy where none is named."""
    run = Run(
        name=name,
        kind=kind,
        filter=chosen.model_dump(mode="json", exclude_none=True) if chosen else {},
        settings=settings.model_dump(mode="json"),
        policy_id=_policy(session, policy_id).id,
        max_calls=budgets.max_calls,
        max_tokens=budgets.max_tokens,
        max_cost=budgets.max_cost,
        created_by=user.id,
    )
    session.add(run)
    session.flush()
    return run


def settings_of(session: Session, wanted: LineUpCreate) -> RunSettings:
    """The settings under which the run would work, its endpoints looked up and frozen."""
    return RunSettings(
        line_up=_line_up(session, wanted),
        **wanted.model_dump(include=set(RunSettings.model_fields)),
    )


def _line_up(session: Session, wanted: LineUpCreate) -> list[LineUpEntry]:
    for field in ("weak_endpoint_ids", "judge_endpoint_ids"):
        endpoint_ids = getattr(wanted, field)
        if len(set(endpoint_ids)) < len(endpoint_ids):
            raise Invalid("an endpoint is named twice", field=field)
    entries = []
    if wanted.reference_endpoint_id is not None:
        reference = _endpoint(session, wanted.reference_endpoint_id, "reference")
        entries.append(entry_of(reference, "reference", wanted.reference_samples))
    if wanted.second_reference_endpoint_id is not None:
        entries.append(_second_reference(session, wanted))
    for endpoint_id in wanted.weak_endpoint_ids:
        weak = _endpoint(session, endpoint_id, "weak")
        entries.append(entry_of(weak, "weak", wanted.weak_samples))
    rubric_version = known_rubric(wanted.rubric_version).version
    for endpoint_id in wanted.judge_endpoint_ids:
        judge = _endpoint(session, endpoint_id, "judge")
        entries.append(entry_of(judge, "judge", 1, rubric_version))
    return entries


def _second_reference(session: Session, wanted: LineUpCreate) -> LineUpEntry:
    field = "second_reference_endpoint_id"
    if wanted.reference_endpoint_id is None:
        raise Invalid("there is no first reference that a second one could confirm", field=field)
    if wanted.second_reference_endpoint_id == wanted.reference_endpoint_id:
        raise Invalid("a reference cannot confirm itself: name another model", field=field)
    assert wanted.second_reference_endpoint_id is not None
    endpoint = _endpoint(session, wanted.second_reference_endpoint_id, "reference", field)
    return entry_of(endpoint, "second_reference", wanted.second_reference_samples)


def _endpoint(session: Session, endpoint_id: int, role: Role, field: str | None = None) -> Endpoint:
    field = field or f"{role}_endpoint_id{'s' if role in ('weak', 'judge') else ''}"
    return usable_endpoint(session, endpoint_id, role, field)


def usable_endpoint(
    session: Session, endpoint_id: int, role: Role, field: str, *others: Role
) -> Endpoint:
    """The endpoint, if it is in use and has the role, or one of the others.

    Raises:
        Invalid: it is not to be asked; `field` has named it.
    """
    endpoint = session.get(Endpoint, endpoint_id)
    if endpoint is None:
        raise Invalid(f"there is no endpoint {endpoint_id}", field=field)
    if endpoint.archived_at is not None:
        raise Invalid(f"the endpoint {endpoint.name} is archived", field=field)
    if endpoint.role not in (role, *others):
        raise Invalid(f"the endpoint {endpoint.name} has the role {endpoint.role}", field=field)
    return endpoint


def _policy(session: Session, policy_id: int | None) -> PolicyVersion:
    return default_policy(session) if policy_id is None else get_policy(session, policy_id)


def current_revisions(wanted: SeedFilter) -> Select[int]:
    """The revisions that the filter means now."""
    return select(Seed.revision_id).where(Seed.id.in_(matching_seed_ids(wanted)))


def fix_items(
    session: Session,
    run: Run,
    revisions: Select[int],
    missing: str = "no seed matches the filter",
    field: str = "filter",
) -> None:
    """Make the revisions that a statement means now the run's own, once and for all.

    Raises:
        Invalid: there are none; `missing` says so of the `field`.
    """
    source = revisions.add_columns(literal(run.id))
    session.execute(insert(RunItem).from_select(["revision_id", "run_id"], source))
    run.seeds_total = session.scalars(
        select(func.count()).select_from(RunItem).where(RunItem.run_id == run.id)
    ).one()
    if not run.seeds_total:
        raise Invalid(missing, field=field)


def _check_keys(session: Session, run: Run, settings: RunSettings) -> None:
    unanswered = _count_unanswered(session, run.id)
    has_reference = reference_of(settings.line_up) is not None
    if unanswered and not has_reference:
        raise Invalid(
            f"{unanswered} of {run.seeds_total} seeds have no answer: name a reference for them",
            field="reference_endpoint_id",
        )
    if has_reference:
        _choose_calibration(session, run.id, settings, unanswered)
    session.flush()


def wants_reference() -> ColumnElement[bool]:
    """Whether a seed's key has to come from a reference: no answer is given, nor are tests."""
    return and_(or_(SeedRevision.answer.is_(None), is_proposed()), ~Seed.extra.has_key("tests"))


def can_calibrate() -> ColumnElement[bool]:
    """Whether the votes on a seed can be held against its given answer."""
    return and_(SeedRevision.answer.is_not(None), ~is_proposed(), ~Seed.extra.has_key("tests"))


def _count_unanswered(session: Session, run_id: int) -> int:
    return session.scalars(
        select(func.count())
        .select_from(RunItem)
        .join(SeedRevision, SeedRevision.id == RunItem.revision_id)
        .join(Seed, Seed.id == SeedRevision.seed_id)
        .where(RunItem.run_id == run_id, wants_reference())
    ).one()


def _choose_calibration(
    session: Session, run_id: int, settings: RunSettings, unanswered: int
) -> None:
    """Mark the gold seeds that the reference answers too; none where every seed has an answer."""
    if not settings.check_given_answers and not unanswered:
        return
    gold = (
        select(RunItem.revision_id)
        .join(SeedRevision, SeedRevision.id == RunItem.revision_id)
        .join(Seed, Seed.id == SeedRevision.seed_id)
        .where(RunItem.run_id == run_id, can_calibrate())
        # A hash is a fair draw that comes out the same each time.
        .order_by(func.md5(func.concat(RunItem.revision_id)))
    )
    if not settings.check_given_answers:
        gold = gold.limit(settings.calibration_seeds)
    session.execute(
        update(RunItem)
        .where(RunItem.run_id == run_id, RunItem.revision_id.in_(gold))
        .values(calibrates=True)
        .execution_options(synchronize_session=False)
    )


def enqueue_shards(session: Session, run: Run, shards: Sequence[int], of: int) -> None:
    """Put a job for each of these shards in the queue: its batches first, where there are some."""
    kind = _first_job(session, run)
    for shard in shards:
        enqueue_shard(session, run, kind, shard, of)


def _first_job(session: Session, run: Run) -> str:
    if run.kind in _ONE_JOB:
        return _ONE_JOB[run.kind]
    return BATCH if uses_batches(session, line_up_of(run.settings)) else SCORE


def enqueue_shard(session: Session, run: Run, kind: str, shard: int, of: int) -> None:
    """Put a job in the queue of the workers that can ask the endpoints it asks."""
    line_up = line_up_of(run.settings)
    loads = kind != BATCH and any_in_process(session, [e.endpoint_id for e in line_up])
    jobs.enqueue(
        session, kind, {"shard": shard, "of": of}, queue=GPU if loads else QUEUE, run_id=run.id,
        created_by=run.created_by, total=run.seeds_total // of,
    )  # fmt: skip
