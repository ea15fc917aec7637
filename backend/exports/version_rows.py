"""The rows of a version as it froze them, streamed by ranges of positions."""

from collections.abc import Generator
from typing import Any, Final

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from backend.endpoints.tables import Endpoint
from backend.exports.examples import Example
from backend.exports.rows import AcceptedSeed
from backend.exports.shards import Split
from backend.mixtures.tables import SPLITS, MixtureRow, MixtureSeed
from backend.proposals.tables import SeedParent
from backend.scoring.tables import Sample
from backend.seeds.tables import Seed, SeedRevision, Source

# Each may hold a trace of a hundred thousand characters.
FETCHED: Final = 250
_OF_ROW: Final = 6
_GIVEN: Final = "given"
_PROPOSED: Final = "proposed"


def splits_of(session: Session, version_id: int) -> list[Split]:
    """The sides of a version, in the order of its rows."""
    counted = (
        select(
            MixtureRow.split, func.min(MixtureRow.position), func.count(),
            func.sum(MixtureRow.tokens),
        )
        .where(MixtureRow.version_id == version_id)
        .group_by(MixtureRow.split)
    )  # fmt: skip
    found = [
        Split(name, first, rows, int(tokens))
        for name, first, rows, tokens in session.execute(counted)
    ]
    return sorted(found, key=lambda split: SPLITS.index(split.name))


def read_examples(
    session: Session, version_id: int, first: int, end: int
) -> Generator[Example, None, None]:
    """The rows from one position up to another, in their order, a few at a time from the server."""
    wanted = _statement().where(
        MixtureRow.version_id == version_id, MixtureRow.position >= first, MixtureRow.position < end
    )
    with session.execute(wanted, execution_options={"yield_per": FETCHED}) as result:
        for row in result:
            yield _example(tuple(row))


def _example(row: tuple[Any, ...]) -> Example:
    position, split, copy, weight, tokens, family = row[:_OF_ROW]
    *others, hits, parent_id = row[_OF_ROW:]
    seed = AcceptedSeed._make((*others, None, hits or (), (), parent_id, _GIVEN))
    if seed.key_origin == _PROPOSED:
        seed = seed._replace(answer_origin=_PROPOSED)
    return Example(position, split, copy, weight, tokens, family, seed)


def _statement() -> Select[*tuple[Any, ...]]:
    return (
        select(
            MixtureRow.position, MixtureRow.split, MixtureRow.copy, MixtureRow.weight,
            MixtureRow.tokens, MixtureRow.family,
            # As `AcceptedSeed` has them.
            MixtureRow.seed_id, MixtureRow.revision_id, Source.name, Seed.external_id,
            MixtureSeed.domain, MixtureSeed.licence, SeedRevision.prompt, SeedRevision.answer,
            MixtureSeed.key_origin, MixtureSeed.reference_answer, MixtureSeed.reliability,
            MixtureSeed.verdict, MixtureSeed.score, MixtureSeed.policy, Sample.id,
            Sample.response, Sample.reasoning, Endpoint.model, MixtureSeed.confirmed_hits,
            SeedParent.parent_id,
        )
        .join(Seed, Seed.id == MixtureRow.seed_id)
        .join(Source, Source.id == Seed.source_id)
        .join(SeedRevision, SeedRevision.id == MixtureRow.revision_id)
        .outerjoin(
            MixtureSeed,
            (MixtureSeed.version_id == MixtureRow.version_id)
            & (MixtureSeed.revision_id == MixtureRow.revision_id),
        )
        .outerjoin(Sample, Sample.id == MixtureRow.sample_id)
        .outerjoin(Endpoint, Endpoint.id == Sample.endpoint_id)
        .outerjoin(SeedParent, SeedParent.seed_id == MixtureRow.seed_id)
        .order_by(MixtureRow.position)
    )  # fmt: skip
