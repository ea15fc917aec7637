"""A search for near-duplicates outlives its worker: every seed is looked at, none twice."""

import random

import orjson
from sqlalchemy import func, select

from backend.database import session_scope
from backend.duplicates.tables import DuplicateDue, DuplicateGroup, DuplicateMember, DuplicateSketch
from backend.jobs.tables import Job
from backend.seeds.importing import Upload, import_seeds
from backend.seeds.schemas import ImportOptions
from backend.seeds.uploads import Body, rows_of_lines
from tests.backend.embedded.waiting import wait_until
from tests.builders import create_user
from tests.durability.conftest import Worker

PAIRS = 9000
PATIENCE = 120.0


def _import_pairs() -> None:
    """Texts of their own, and after all of them a copy of each, so that pairs cross batches."""
    chance = random.Random(1)
    texts = [" ".join(f"w{chance.randrange(10**6)}" for _ in range(12)) for _ in range(PAIRS)]
    rows = [{"prompt": f"{text}{end}", "source": "s"} for end in ("", "!") for text in texts]
    lines = [orjson.dumps(row) + b"\n" for row in rows]
    body = Body(lines, gzipped=False, limit=2**30)
    with session_scope() as session:
        upload = Upload(
            create_user(session), body, rows_of_lines(body), ImportOptions(results="none"), None
        )
        list(import_seeds(session, upload).stream())  # read to its end, it is closed


def _count(table: type) -> int:
    with session_scope() as session:
        return session.scalar(select(func.count()).select_from(table)) or 0


def _has_ended() -> bool:
    """Whether the search has; another job reads the texts of the same import."""
    with session_scope() as session:
        found = select(Job.state).where(Job.kind == "duplicates.find")
        return session.scalars(found).all() == ["done"]


def test_search_of_a_killed_worker_goes_on_where_it_was(worker: Worker) -> None:
    _import_pairs()
    worker.start()
    wait_until(lambda: _count(DuplicateSketch), PATIENCE)
    worker.kill()
    looked_at = _count(DuplicateSketch)
    assert _count(DuplicateDue) == 2 * PAIRS - looked_at
    worker.start()
    wait_until(_has_ended, PATIENCE)
    assert _count(DuplicateDue) == 0
    assert _count(DuplicateSketch) == 2 * PAIRS
    # Each text found its copy, and nothing else.
    assert _count(DuplicateGroup) == _count(DuplicateMember) == PAIRS
    with session_scope() as session:
        done = session.scalars(select(Job.done_count).where(Job.kind == "duplicates.find")).one()
    assert done <= 2 * PAIRS - looked_at
