"""Freezes versions of mixtures."""

from backend.jobs.service import ClaimedJob
from backend.mixtures.freezing import freeze


def write_down(job: ClaimedJob) -> None:
    """Write down the version that a job is for."""
    freeze(job)
