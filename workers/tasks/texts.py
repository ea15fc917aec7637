"""Read texts for the full text search."""

from backend.database import session_scope
from backend.jobs.service import ClaimedJob
from backend.seeds.text_reading import count_unread, read_texts


def read(job: ClaimedJob) -> None:
    """Read every text that is due; a job that starts again goes on where it was stopped."""
    with session_scope() as session:
        total = count_unread(session)
    done = 0
    # What came in under a pass may be behind it: the last pass finds nothing.
    while count := _one_pass(job, done, total):
        done += count


def _one_pass(job: ClaimedJob, done: int, total: int) -> int:
    count = after = 0
    while True:
        with session_scope() as session:
            job.fence(session)
            read = read_texts(session, after)
            count += len(read)
            job.progress(session, done + count, max(total, done + count))
        if not read:
            return count
        after = read[-1]
