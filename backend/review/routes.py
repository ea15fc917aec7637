"""The queue, decisions and their undo."""

from typing import Annotated, Self
from uuid import UUID

from fastapi import APIRouter, Query, Response
from pydantic import Field, model_validator

from backend.accounts.access import Curator, Viewer
from backend.database import SessionDep
from backend.paging import Page, PageQuery, Paging
from backend.review import batches, bulk, decisions, history, queue, timeline
from backend.review.editing import BulkEditCreate
from backend.review.moving import MoveCreate
from backend.review.progress import progress
from backend.review.results import (
    BatchOut,
    BulkResult,
    DecisionResults,
    Held,
    HistoryEntry,
    Progress,
    QueueBatch,
    Undone,
)
from backend.review.schemas import (
    BatchUndo,
    BulkCreate,
    DecisionOut,
    DecisionsCreate,
    DecisionsQuery,
    HistoryQuery,
    Number,
    RedoCreate,
    SeedsHeld,
    SeedsReleased,
    UndoCreate,
)
from backend.review.undo import redo, undo
from backend.seeds.filters import SeedFilter
from backend.seeds.orders import Sort

router = APIRouter(prefix="/v1", tags=["review"])


class QueueQuery(SeedFilter):
    """Which seeds, by a filter in an order or by a named queue, and how many at once.

    Those `shown` are not brought again; without `count` it is left open how many are left.
    """

    sort: Sort = "attention"
    limit: Annotated[int, Field(ge=1, le=100)] = 20
    shown: Annotated[tuple[Number, ...], Field(max_length=100)] = ()
    count: bool = True
    queue_id: Number | None = None

    @property
    def fetch(self) -> queue.Fetch:
        """How many seeds, and which of them not again."""
        return queue.Fetch(self.limit, self.shown, self.count)

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        of_filter = self.model_fields_set - {"queue_id", "limit", "shown", "count"}
        if self.queue_id is not None and of_filter:
            raise ValueError("a named queue has its own filter: send either queue_id or a filter")
        return self


@router.get("/queue")
def read_queue(
    session: SessionDep, user: Curator, query: Annotated[QueueQuery, Query()]
) -> QueueBatch:
    """Lease the next seeds to the caller; what the caller holds already is among them.

    With `queue_id` they are those of a named queue that need the caller.
    """
    if query.queue_id is not None:
        return queue.next_of_queue(session, user, query.queue_id, query.fetch)
    return queue.next_seeds(session, user, query, query.fetch, query.sort)


@router.post("/queue:heartbeat")
def hold_seeds(session: SessionDep, user: Curator, body: SeedsHeld) -> Held:
    """Keep seeds for another five minutes."""
    return queue.hold(session, user, body.seed_ids, body.queue_id)


@router.post("/queue:release", status_code=204)
def release_seeds(session: SessionDep, user: Curator, body: SeedsReleased) -> None:
    """Give seeds back to the queue."""
    queue.release(session, user, body.seed_ids, body.leased_until)


@router.post("/decisions")
def create_decisions(session: SessionDep, user: Curator, body: DecisionsCreate) -> DecisionResults:
    """Take 1 to 500 decisions in order; a wrong one is reported and spoils no other."""
    return DecisionResults(results=decisions.decide(session, user, body.decisions))


@router.post("/decisions:undo")
def undo_decision(session: SessionDep, user: Curator, body: UndoCreate) -> Undone:
    """Take back a decision; taking back an undo does it again."""
    return history.undone(session, user, undo(session, user, body.token, body.decision_id))


@router.post("/decisions:redo")
def redo_decision(session: SessionDep, user: Curator, body: RedoCreate) -> Undone:
    """Take back an undo: the decision holds again."""
    return history.undone(session, user, redo(session, user, body.token, body.decision_id))


@router.post("/decisions:bulk", responses={202: {"model": BulkResult}})
def decide_in_bulk(
    session: SessionDep, user: Curator, body: BulkCreate, response: Response
) -> BulkResult:
    """One decision for many seeds; `dry_run` only counts them. A job does more than 2,000."""
    return _answered(response, bulk.decide_in_bulk(session, user, body))


@router.post("/seeds:move", responses={202: {"model": BulkResult}})
def move_seeds(
    session: SessionDep, user: Curator, body: MoveCreate, response: Response
) -> BulkResult:
    """Move seeds to other clusters by rules; `dry_run` only counts them. Undone as one batch."""
    return _answered(response, bulk.move(session, user, body))


@router.post("/seeds:edit", responses={202: {"model": BulkResult}})
def edit_many(
    session: SessionDep, user: Curator, body: BulkEditCreate, response: Response
) -> BulkResult:
    """Add tags to seeds, remove some, set a domain; `dry_run` only counts. Undone as one batch."""
    return _answered(response, bulk.edit(session, user, body))


@router.post("/decisions:undo-batch", responses={202: {"model": BulkResult}})
def undo_batch(
    session: SessionDep, user: Curator, body: BatchUndo, response: Response
) -> BulkResult:
    """Take back a bulk action as one; one that is still worked off is stopped first."""
    return _answered(response, bulk.undo_batch(session, user, body))


def _answered(response: Response, result: BulkResult) -> BulkResult:
    if result.job_id is not None:
        response.status_code = 202
    return result


@router.get("/batches")
def list_batches(session: SessionDep, user: Viewer, paging: Paging) -> Page[BatchOut]:
    """The bulk actions, newest first."""
    return batches.list_batches(session, paging)


@router.get("/batches/{batch}")
def read_batch(session: SessionDep, user: Viewer, batch: UUID) -> BatchOut:
    """One bulk action, and how far it is."""
    return batches.read(session, batch)


@router.get("/decisions")
def list_decisions(
    session: SessionDep, user: Viewer, query: Annotated[DecisionsQuery, Query()]
) -> Page[DecisionOut]:
    """All events, newest first, those of bulk actions one by one."""
    paging = PageQuery(after=query.after, limit=query.limit)
    return history.list_decisions(session, user, paging, query)


@router.get("/history")
def list_history(
    session: SessionDep, user: Viewer, query: Annotated[HistoryQuery, Query()]
) -> Page[HistoryEntry]:
    """Single decisions, and bulk actions as a whole, newest first."""
    return timeline.list_history(session, user, query)


@router.get("/history/people")
def list_history_people(session: SessionDep, user: Viewer) -> list[str]:
    """The names of those who have something in the history that the caller may see."""
    return timeline.people(session, user)


@router.get("/review/progress")
def read_progress(session: SessionDep, user: Viewer) -> Progress:
    """The caller's count and pace, and where the review stands."""
    return progress(session, user)
