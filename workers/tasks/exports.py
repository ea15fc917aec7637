"""Writes exports."""

from backend.exports.service import write_export
from backend.jobs.service import ClaimedJob


def write(job: ClaimedJob) -> None:
    """Write the files that an export asks for."""
    write_export(job)
