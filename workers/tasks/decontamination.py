"""Check seeds against the benchmarks."""

from backend.database import session_scope
from backend.decontamination import checking
from backend.decontamination.index import LoadedIndex, current_index
from backend.jobs.service import ClaimedJob


def check(job: ClaimedJob) -> None:
    """Check every seed that is due; a job that starts again goes on where it was stopped."""
    with session_scope() as session:
        total = checking.count_due(session, current_index(session))
    done = 0
    # What changed under a pass is due again: the last pass finds nothing.
    while checked := _one_pass(job, done, total):
        done += checked


def _one_pass(job: ClaimedJob, done: int, total: int) -> int:
    checked = after = 0
    while batch := _next_batch(after):
        loaded, seeds = batch
        found = checking.find(loaded, seeds)
        with session_scope() as session:
            job.fence(session)
            checking.store(session, loaded, found)
            checked += len(seeds)
            job.progress(session, done + checked, max(total, done + checked))
        after = seeds[-1].id
    return checked


def _next_batch(after: int) -> tuple[LoadedIndex, list[checking.DueSeed]] | None:
    with session_scope() as session:
        loaded = current_index(session)
        seeds = checking.due_seeds(session, loaded, after)
    return (loaded, seeds) if seeds else None
