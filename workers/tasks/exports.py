"""Writes exports."""

from backend.exports.service import write_export
from backend.exports.version_writing import write_version_export
from backend.jobs.service import ClaimedJob
from workers.endpoint_stages import EndpointStages


def write(job: ClaimedJob) -> None:
    """Write the files that an export asks for."""
    write_export(job, EndpointStages(job))


def write_version(job: ClaimedJob) -> None:
    """Write a mixture's version."""
    write_version_export(job, EndpointStages(job))
