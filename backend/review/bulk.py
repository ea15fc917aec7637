"""One decision for many seeds, and its undo, each as one batch: one event a seed.

The caller's token is the batch, so that a repeated request has no second effect. Up to `AT_ONCE`
seeds are decided within the request; more become a job that works in chunks, each its own
transaction, in the order of their numbers.
"""

from collections.abc import Sequence
from typing import Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from backend.accounts.tables import User
from backend.jobs import service as jobs
from backend.jobs.service import ClaimedJob
from backend.jobs.tables import Job
from backend.review import batches
from backend.review.bulk_events import Action, Deciding, Undoing, count, hold, write
from backend.review.classifying import Classify, Classifying
from backend.review.editing import BulkEdit, BulkEditCreate, Editing
from backend.review.moving import MoveCreate, MoveRule, Moving
from backend.review.results import BulkResult
from backend.review.schemas import BatchUndo, BulkCreate
from backend.review.tables import DecisionBatch
from backend.seeds.filters import SeedFilter

AT_ONCE: Final = 2000
CHUNK: Final = 2000
BULK: Final = "decisions.bulk"
MOVE: Final = "move"
EDIT: Final = "edit"


def decide_in_bulk(session: Session, user: User, body: BulkCreate) -> BulkResult:
    """Decide on all seeds of a filter or a list that do not stand so already.

    Seeds that hits stop cannot be accepted: they are left alone and counted.
    """
    action = Deciding(body.kind, body.filter or SeedFilter(), body.seed_ids)
    if body.dry_run:
        events = action.events(session)
        allowed, left_out = count(session, events.allowed()), count(session, events.left_out())
        return BulkResult(count=allowed, left_out=left_out, batch=body.token)
    filter = None if body.filter is None else body.filter.model_dump(mode="json", exclude_none=True)
    batch = batches.begin(
        session, user, body.token, body.kind, reason=body.reason, filter=filter
    )  # fmt: skip
    return _act(session, action, batch) if batch else _known(session, body)


def move(session: Session, user: User, body: MoveCreate) -> BulkResult:
    """Move seeds to other clusters, each as the first rule says that it fits; one batch."""
    action = Moving(body.rules, body.filter or SeedFilter(), body.seed_ids)
    if body.dry_run:
        moved = count(session, action.events(session).allowed())
        return BulkResult(count=moved, left_out=0, batch=body.token)
    filter = None if body.filter is None else body.filter.model_dump(mode="json", exclude_none=True)
    batch = batches.begin(session, user, body.token, MOVE, reason=body.reason, filter=filter)
    return _act(session, action, batch) if batch else _known(session, body)


def classify(session: Session, user: User, body: Classify) -> BulkResult:
    """Give seeds the domains that a run suggests; one batch."""
    action = Classifying(body.run_id, body.replace)
    if body.dry_run:
        changed = count(session, action.events(session).allowed())
        return BulkResult(count=changed, left_out=0, batch=body.token)
    batch = batches.begin(session, user, body.token, MOVE, reason=body.reason)
    return _act(session, action, batch) if batch else _known(session, body)


def edit(session: Session, user: User, body: BulkEditCreate) -> BulkResult:
    """Edit tags and domain of seeds, as one batch; those that can have no more tags are counted."""
    action = Editing(body, body.filter or SeedFilter(), body.seed_ids)
    if body.dry_run:
        events = action.events(session)
        allowed, left_out = count(session, events.allowed()), count(session, events.left_out())
        return BulkResult(count=allowed, left_out=left_out, batch=body.token)
    filter = None if body.filter is None else body.filter.model_dump(mode="json", exclude_none=True)
    batch = batches.begin(
        session, user, body.token, EDIT, reason=body.reason, filter=filter, changes=body.stored()
    )
    return _act(session, action, batch) if batch else _known(session, body)


def undo_batch(session: Session, user: User, body: BatchUndo) -> BulkResult:
    """Take a bulk action back as one; its own batch can be undone in turn.

    Seeds that were decided again since keep the later word: they are left alone and counted. One
    that is still worked off is stopped first.

    Raises:
        NotFound: there is no such batch.
        Conflict: the token stands for another action.
    """
    target = batches.get(session, body.batch)
    kind, changes = "undo", None
    if target.kind == "undo" and target.undoes is not None:
        again = batches.get(session, target.undoes)
        kind, changes = again.kind, again.changes
    batch = batches.begin(
        session, user, body.token, kind, changes=changes, undoes=body.batch
    )  # fmt: skip
    if batch is None:
        return _known(session, body)
    if target.job_id is not None:
        jobs.cancel(session, target.job_id)
    return _act(session, Undoing(body.batch), batch)


def work_on(session: Session, job: ClaimedJob) -> bool:
    """Do the next chunk of a batch that a job works off; False where nothing is left.

    Raises:
        LeaseLost: another attempt has the job, or it was stopped.
    """
    job.fence(session)
    batch = batches.get(session, job.payload["batch"])
    action = _action_of(batch, job)
    numbers = session.scalars(
        action.numbers()
        .where(action.number > batch.position, action.number <= batch.until)
        .order_by(action.number)
        .limit(CHUNK)
    ).all()
    if numbers:
        _decide(session, action, batch, numbers)
        batch.position = numbers[-1]
    session.flush()
    session.refresh(batch)
    looked_at = batch.count + batch.left_out
    total = session.get_one(Job, job.id).total_count or 0
    if not numbers:
        # What no longer matched when its turn came was left alone too.
        batch.left_out += max(0, total - looked_at)
    job.progress(session, min(looked_at, total) if numbers else total)
    return bool(numbers)


def _act(session: Session, action: Action, batch: DecisionBatch) -> BulkResult:
    meant = action.numbers().subquery()
    total, until = session.execute(select(func.count(), func.max(meant.c.id))).one()
    if total > AT_ONCE:
        # What is imported meanwhile was never meant.
        batch.until = until
        return _enqueue(session, action, batch, total)
    _decide(session, action, batch, None)
    session.expire_all()
    return _result(session, batch)


def _decide(
    session: Session, action: Action, batch: DecisionBatch, numbers: Sequence[int] | None
) -> None:
    """Write the events of these, or of all; what could not be decided is counted."""
    events = action.events(session, numbers)
    held = hold(session, events)
    written = write(session, events.of(held), batch)
    left_out = len(held if numbers is None else numbers) - written
    batches.add_counts(session, batch.batch, count=written, left_out=left_out)
    if batch.undoes is not None:
        batches.add_counts(session, batch.undoes, undone=written)


def _enqueue(session: Session, action: Action, batch: DecisionBatch, total: int) -> BulkResult:
    payload: dict[str, object] = {"batch": str(batch.batch)}
    if isinstance(action, Classifying):
        payload |= action._asdict()
    if isinstance(action, Deciding | Moving | Editing):
        payload["seed_ids"] = action.seed_ids
    if isinstance(action, Moving):
        payload["rules"] = [
            rule.model_dump(mode="json", exclude_unset=True) for rule in action.rules
        ]
    job = jobs.enqueue(session, BULK, payload, created_by=batch.user_id, total=total)
    batch.job_id = job.id
    session.flush()
    return _result(session, batch)


def _action_of(batch: DecisionBatch, job: ClaimedJob) -> Action:
    if batch.undoes is not None:
        return Undoing(batch.undoes)
    filter = SeedFilter.model_validate(batch.filter or {})
    if "run_id" in job.payload:
        return Classifying(job.payload["run_id"], job.payload["replace"])
    if batch.kind == MOVE:
        rules = [MoveRule.model_validate(rule) for rule in job.payload["rules"]]
        return Moving(rules, filter, job.payload["seed_ids"])
    if batch.kind == EDIT:
        return Editing(BulkEdit.model_validate(batch.changes), filter, job.payload["seed_ids"])
    return Deciding(batch.kind, filter, job.payload["seed_ids"])


def _known(
    session: Session, body: BulkCreate | MoveCreate | BulkEditCreate | Classify | BatchUndo
) -> BulkResult:
    return _result(session, batches.get(session, body.token))


def _result(session: Session, batch: DecisionBatch) -> BulkResult:
    if batch.job_id is None:
        return BulkResult(count=batch.count, left_out=batch.left_out, batch=batch.batch)
    total = jobs.get(session, batch.job_id).total_count or 0
    return BulkResult(count=total, left_out=0, batch=batch.batch, job_id=batch.job_id)
