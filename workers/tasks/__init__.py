"""Which handler does which kind of job."""

from collections.abc import Callable

from backend.jobs.service import ClaimedJob
from workers.tasks import (
    batches,
    decisions,
    decontamination,
    domains,
    duplicates,
    endpoints,
    exports,
    mixtures,
    proposals,
    scoring,
    texts,
    tokens,
    traces,
    training,
)

HANDLERS: dict[str, Callable[[ClaimedJob], None]] = {
    "decisions.bulk": decisions.decide,
    "decontamination.check": decontamination.check,
    "decontamination.share": decontamination.check_share,
    "duplicates.find": duplicates.find,
    "endpoint.test": endpoints.try_out,
    "export.version": exports.write_version,
    "export.write": exports.write,
    "mixture.freeze": mixtures.write_down,
    "policy.apply": scoring.apply_policy,
    "run.batch": batches.work_off,
    "run.classify": domains.classify_shard,
    "run.propose": proposals.propose_for_shard,
    "run.recalibrate": scoring.recalibrate,
    "run.score": scoring.score_shard,
    "run.trace": traces.trace_shard,
    "seeds.read_texts": texts.read,
    "tokens.count": tokens.count_tokens,
    "training.follow": training.follow,
    "training.preflight": training.preflight,
}
