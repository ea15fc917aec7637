"""Passes over the seeds that are due, each batch in transactions of its own."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import NamedTuple, Protocol

from backend.database import session_scope
from backend.decontamination import checking, waiting
from backend.decontamination.asking import StageFailed
from backend.decontamination.checking import ALL, Conditions, DueBatch, Share
from backend.decontamination.index import LoadedIndex
from backend.decontamination.recording import CheckedSeed
from backend.jobs.service import ClaimedJob, advance


class Asked(NamedTuple):
    """What was found with the help of models, and why some of it is missing."""

    checked: list[CheckedSeed]
    failure: str | None


class ModelStages(Protocol):
    """The stages that ask endpoints; only a worker has clients for those."""

    def ask(self, loaded: LoadedIndex, checked: Sequence[CheckedSeed]) -> Asked:
        """Add to what the other stages found; no session should be held."""


class _Texts(NamedTuple):
    """What a pass goes over: seeds as they read now, or wordings that wait to be theirs."""

    next_batch: Callable[[int], DueBatch | None]
    store: Callable[..., int]


def check_all_due(
    job: ClaimedJob,
    stages: ModelStages,
    *,
    counted_for: int | None = None,
    share: Share = ALL,
    only: Conditions = (),
) -> None:
    """Check seeds until none is due; whoever starts again goes on where it was stopped.

    Without further conditions the wordings are checked too that wait to become their seeds'.

    Args:
        job: who checks.
        stages: ask the policy's endpoints, where it names some.
        counted_for: the job whose progress this is.
        share: the part of the seeds that is meant.
        only: further conditions on `Seed` and its current `SeedRevision`.

    Raises:
        LeaseLost: another attempt has the job.
        StageFailed: an endpoint could not be asked. What the other stages found is stored, and the
            seeds for which something is missing stay due.
    """
    # What changed under a pass is due again: the last pass finds nothing.
    seeds = _Texts(partial(checking.next_batch, share=share, only=only), checking.store)
    while _one_pass(job, stages, counted_for, seeds):
        pass
    if only:
        return
    wordings = _Texts(partial(waiting.next_batch, share=share), waiting.store)
    while _one_pass(job, stages, counted_for, wordings):
        pass


def _one_pass(job: ClaimedJob, stages: ModelStages, counted_for: int | None, texts: _Texts) -> bool:
    after, failure = 0, None
    while batch := texts.next_batch(after):
        found, missing = Asked(checking.find(batch.loaded, batch.seeds), None)
        if batch.loaded.settings.asks_models:
            found, missing = stages.ask(batch.loaded, found)
        with session_scope() as session:
            job.fence(session)
            checked = texts.store(session, batch.loaded, found, complete=missing is None)
            if counted_for is not None:
                advance(session, counted_for, checked)
        after, failure = batch.seeds[-1].id, failure or missing
    if failure is not None:
        raise StageFailed(failure)
    return after > 0
