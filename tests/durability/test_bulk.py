"""A bulk action outlives its worker: each seed gets one event, and one undo restores all."""

from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import func, select, text

from backend.accounts.tables import User
from backend.database import session_scope
from backend.jobs.tables import Job
from backend.review.bulk import decide_in_bulk, undo_batch
from backend.review.schemas import BatchUndo, BulkCreate
from backend.review.tables import Decision
from backend.seeds.tables import Seed
from tests.backend.embedded.waiting import wait_until
from tests.builders import create_source, create_user
from tests.durability.conftest import Worker

SEEDS = 40_000
PATIENCE = 120.0
_MANY = text("""
    with added as (
        insert into seed (id, source_id, revision_id, content_hash)
        overriding system value
        select number, :source_id, number, int8send(number) from generate_series(1, :seeds) number
        returning id, content_hash
    )
    insert into seed_revision (id, seed_id, number, prompt, content_hash, origin)
    overriding system value
    select id, id, 1, 'seed ' || id, content_hash, 'import' from added
""")


def _asked(wanted: Any) -> Any:
    with session_scope() as session:
        return session.scalar(wanted)


def _events(batch: UUID) -> int:
    return int(_asked(select(func.count()).where(Decision.batch == batch)))


def _ended(job_id: int | None) -> bool:
    return bool(_asked(select(Job.state).where(Job.id == job_id)) == "done")


def test_bulk_action_of_a_killed_worker_goes_on_where_it_was(worker: Worker) -> None:
    with session_scope() as session:
        user_id = create_user(session).id
        source_id = create_source(session).id
        session.execute(_MANY, {"source_id": source_id, "seeds": SEEDS})
    order = BulkCreate.model_validate(
        {"token": uuid4(), "kind": "reject", "reason": "too easy", "filter": {}}
    )
    with session_scope() as session:
        begun = decide_in_bulk(session, session.get_one(User, user_id), order)
    worker.start()
    wait_until(lambda: _events(begun.batch), PATIENCE)
    worker.kill()
    assert 0 < _events(begun.batch) < SEEDS
    worker.start()
    wait_until(lambda: _ended(begun.job_id), PATIENCE)
    assert _events(begun.batch) == SEEDS
    distinct = func.count(Decision.seed_id.distinct())
    assert _asked(select(distinct).where(Decision.batch == begun.batch)) == SEEDS
    with session_scope() as session:
        user = session.get_one(User, user_id)
        undone = undo_batch(session, user, BatchUndo(token=uuid4(), batch=begun.batch))
    wait_until(lambda: _ended(undone.job_id), PATIENCE)
    assert _asked(select(func.count()).where(Seed.status == "pending")) == SEEDS
    worker.stop()
