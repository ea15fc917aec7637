"""Check seeds against the benchmarks."""

from backend.database import session_scope
from backend.decontamination import sharing
from backend.decontamination.passes import check_all_due
from backend.jobs.service import ClaimedJob
from workers.endpoint_stages import EndpointStages


def check(job: ClaimedJob) -> None:
    """Check every seed that is due, or have it done in shares."""
    with session_scope() as session:
        alone = sharing.begin(session, job)
    if alone:
        check_all_due(job, EndpointStages(job), counted_for=job.id)


def check_share(job: ClaimedJob) -> None:
    """Check a share of the seeds."""
    check_all_due(
        job,
        EndpointStages(job),
        counted_for=job.payload["check"],
        share=sharing.share_of(job),
    )
    with session_scope() as session:
        sharing.leave(session, job)
