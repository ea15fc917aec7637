"""The queue, decisions and their undo."""

from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import Field

from backend.accounts.access import Curator, Viewer
from backend.database import SessionDep
from backend.paging import Page, Paging
from backend.review import bulk, decisions, history, leases, queue
from backend.review.progress import progress
from backend.review.results import (
    BulkResult,
    DecisionResults,
    Held,
    Progress,
    QueueBatch,
    Undone,
)
from backend.review.schemas import (
    BatchUndo,
    BulkCreate,
    DecisionOut,
    DecisionsCreate,
    Number,
    SeedsHeld,
    UndoCreate,
)
from backend.review.undo import undo
from backend.seeds.filters import SeedFilter
from backend.seeds.lists import seed_rows

router = APIRouter(prefix="/v1", tags=["review"])


class QueueQuery(SeedFilter):
    """Which seeds, and how many at once."""

    limit: Annotated[int, Field(ge=1, le=100)] = 20


@router.get("/queue")
def read_queue(
    session: SessionDep, user: Curator, query: Annotated[QueueQuery, Query()]
) -> QueueBatch:
    """Lease the next seeds to the caller; what the caller holds already is among them."""
    return queue.next_seeds(session, user, query, query.limit)


@router.post("/queue:heartbeat")
def hold_seeds(session: SessionDep, user: Curator, body: SeedsHeld) -> Held:
    """Keep seeds for another five minutes."""
    return leases.hold(session, user, body.seed_ids)


@router.post("/queue:release", status_code=204)
def release_seeds(session: SessionDep, user: Curator, body: SeedsHeld) -> None:
    """Give seeds back to the queue."""
    leases.end_leases(session, user, body.seed_ids)


@router.post("/decisions")
def create_decisions(session: SessionDep, user: Curator, body: DecisionsCreate) -> DecisionResults:
    """Take 1 to 500 decisions in order; a wrong one is reported and spoils no other."""
    return DecisionResults(results=decisions.decide(session, user, body.decisions))


@router.post("/decisions:undo")
def undo_decision(session: SessionDep, user: Curator, body: UndoCreate) -> Undone:
    """Take back a decision; taking back an undo does it again."""
    event = undo(session, user, body.token, body.decision_id)
    [seed] = seed_rows(session, [event.seed_id])
    return Undone(decision=history.read(session, event.id), seed=seed)


@router.post("/decisions:bulk")
def decide_in_bulk(session: SessionDep, user: Curator, body: BulkCreate) -> BulkResult:
    """One decision for many seeds; `dry_run` only counts them."""
    return bulk.decide_in_bulk(session, user, body)


@router.post("/decisions:undo-batch")
def undo_batch(session: SessionDep, user: Curator, body: BatchUndo) -> BulkResult:
    """Take back a bulk action as one."""
    return bulk.undo_batch(session, user, body)


@router.get("/decisions")
def list_decisions(
    session: SessionDep,
    user: Viewer,
    paging: Paging,
    seed_id: Number | None = None,
    user_id: Number | None = None,
) -> Page[DecisionOut]:
    """The history, newest first."""
    return history.list_decisions(session, paging, seed_id=seed_id, user_id=user_id)


@router.get("/review/progress")
def read_progress(session: SessionDep, user: Viewer) -> Progress:
    """The caller's count and pace, and where the review stands."""
    return progress(session, user)
