"""Which handler does which kind of job."""

from collections.abc import Callable

from backend.jobs.service import ClaimedJob
from workers.tasks import exports

HANDLERS: dict[str, Callable[[ClaimedJob], None]] = {
    "export.write": exports.write,
}
