"""Accepted seeds with the traces that a rule chooses, in place of the reference's responses."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice

from sqlalchemy import select
from sqlalchemy.orm import Session

from backend.endpoints.tables import Endpoint
from backend.exports.rows import AcceptedSeed
from backend.row_sets import among
from backend.scoring.tables import Sample
from backend.traces.schemas import ChoiceQuery
from backend.traces.service import chosen_of

BATCH = 500


def with_traces(
    session: Session, seeds: Iterable[AcceptedSeed], query: ChoiceQuery
) -> Iterator[AcceptedSeed]:
    """Each seed once for every trace that is chosen, or once without a response."""
    waiting = iter(seeds)
    while batch := list(islice(waiting, BATCH)):
        yield from _batch(session, batch, query)


def _batch(
    session: Session, seeds: Sequence[AcceptedSeed], query: ChoiceQuery
) -> Iterator[AcceptedSeed]:
    choices = chosen_of(session, {seed.seed_id: seed.revision_id for seed in seeds}, query)
    wanted = [sample_id for choice in choices for sample_id in choice.sample_ids]
    rows = session.execute(
        select(Sample.id, Sample.response, Sample.reasoning, Endpoint.model)
        .join(Endpoint, Endpoint.id == Sample.endpoint_id)
        .where(among(Sample.id, wanted))
    )
    said = {row.id: row for row in rows}
    for seed, choice in zip(seeds, choices, strict=True):
        without = seed._replace(sample_id=None, response=None, reasoning=None, model=None)
        if not choice.sample_ids:
            yield without
        for sample_id in choice.sample_ids:
            row = said[sample_id]
            yield without._replace(
                sample_id=row.id, response=row.response, reasoning=row.reasoning, model=row.model
            )
