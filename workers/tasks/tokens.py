"""Counts tokens by a registered tokenizer."""

from backend.jobs.service import ClaimedJob
from backend.tokenizers.counting import count_missing


def count_tokens(job: ClaimedJob) -> None:
    """Count what the tokenizer has not counted yet."""
    count_missing(job, job.payload["tokenizer_id"])
