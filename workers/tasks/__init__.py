"""Which handler does which kind of job."""

from collections.abc import Callable

from backend.jobs.service import ClaimedJob

HANDLERS: dict[str, Callable[[ClaimedJob], None]] = {}
