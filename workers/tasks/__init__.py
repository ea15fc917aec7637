"""Which handler does which kind of job."""

from collections.abc import Callable

from backend.jobs.service import ClaimedJob
from workers.tasks import batches, decontamination, endpoints, exports, scoring

HANDLERS: dict[str, Callable[[ClaimedJob], None]] = {
    "decontamination.check": decontamination.check,
    "endpoint.test": endpoints.try_out,
    "export.write": exports.write,
    "policy.apply": scoring.apply_policy,
    "run.batch": batches.work_off,
    "run.recalibrate": scoring.recalibrate,
    "run.score": scoring.score_shard,
}
