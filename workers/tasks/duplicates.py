"""Look for near-duplicates among seeds."""

from backend.database import session_scope
from backend.duplicates.finding import keep_others_out, store
from backend.duplicates.sketching import Sketched, count_due, due_seeds, sketch
from backend.jobs.service import ClaimedJob


def find(job: ClaimedJob) -> None:
    """Look at every seed that is due; a job that starts again goes on where it was stopped."""
    with session_scope() as session:
        total = count_due(session)
    done = 0
    # What changed under a pass is due again: the last pass finds nothing.
    while looked_at := _one_pass(job, done, total):
        done += looked_at


def _one_pass(job: ClaimedJob, done: int, total: int) -> int:
    looked_at = after = 0
    while batch := _next_batch(after):
        with session_scope() as session:
            keep_others_out(session)
            job.fence(session)
            store(session, batch)
            looked_at += len(batch.seeds)
            job.progress(session, done + looked_at, max(total, done + looked_at))
        after = batch.seeds[-1].id
    return looked_at


def _next_batch(after: int) -> Sketched | None:
    with session_scope() as session:
        seeds = due_seeds(session, after)
    return sketch(seeds) if seeds else None
