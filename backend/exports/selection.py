"""Which accepted seeds an export holds: one statement, so one consistent view of the database."""

from collections.abc import Iterator
from typing import Any, NamedTuple

from sqlalchemy import (
    ColumnElement,
    ColumnExpressionArgument,
    Select,
    cast,
    exists,
    func,
    lateral,
    or_,
    select,
    true,
)
from sqlalchemy.dialects.postgresql import JSONPATH
from sqlalchemy.orm import Session

from backend.decontamination.tables import Benchmark, DecontaminationHit
from backend.endpoints.tables import Endpoint
from backend.exports.rows import AcceptedSeed
from backend.scoring.tables import PolicyVersion, Sample, Teachability
from backend.seeds.filters import SeedFilter, conditions
from backend.seeds.tables import Seed, SeedRevision, Source

BATCH = 1000


def _standing_hit() -> ColumnElement[bool]:
    """The seed has a hit that no curator has dismissed."""
    return exists().where(
        DecontaminationHit.revision_id == Seed.revision_id, DecontaminationHit.state != "dismissed"
    )


def _accepted(wanted: SeedFilter) -> list[ColumnElement[bool]]:
    return [*conditions(wanted.model_copy(update={"status": None})), Seed.status == "accepted"]


def _latest_teachability() -> Select[Teachability]:
    return (
        select(Teachability)
        .where(Teachability.revision_id == Seed.revision_id)
        .order_by(Teachability.created_at.desc(), Teachability.id.desc())
        .limit(1)
    )


def _in_reference_class(
    plurality: ColumnElement[Any], answer_key: ColumnExpressionArgument[str | None]
) -> ColumnElement[bool]:
    """The answer is one of those that make up the votes' reference class."""
    return func.jsonb_path_exists(
        plurality,
        cast("$.classes[*] ? (@.is_reference == true && @.keys[*] == $key)", JSONPATH),
        func.jsonb_build_object("key", answer_key),
    )


def _statement(wanted: SeedFilter) -> Select[*tuple[Any, ...]]:
    verdict = lateral(_latest_teachability().subquery().select()).alias("latest")
    response = lateral(
        select(Sample.id, Sample.response, Sample.reasoning, Endpoint.model)
        .join(Endpoint, Endpoint.id == Sample.endpoint_id)
        .where(
            Sample.revision_id == Seed.revision_id,
            _in_reference_class(verdict.c.plurality, Sample.answer_key),
            Endpoint.role.in_(("teacher", "reference")),
        )
        .order_by(Sample.endpoint_id, Sample.sample_index)
        .limit(1)
    ).alias("response")
    policy = PolicyVersion.name + func.concat(" v", PolicyVersion.version)
    return (
        select(
            Seed.id, Seed.revision_id, Source.name, Seed.external_id, Seed.domain, Seed.licence,
            SeedRevision.prompt, SeedRevision.answer, verdict.c.key_origin,
            verdict.c.reference_answer, verdict.c.reliability, verdict.c.verdict, verdict.c.score,
            policy, response.c.id, response.c.response, response.c.reasoning, response.c.model,
        )
        .join(SeedRevision, SeedRevision.id == Seed.revision_id)
        .join(Source, Source.id == Seed.source_id)
        .outerjoin(verdict, true())
        .outerjoin(PolicyVersion, PolicyVersion.id == verdict.c.policy_id)
        .outerjoin(response, true())
        .where(*_accepted(wanted), ~_standing_hit())
        .order_by(Seed.id)
    )  # fmt: skip


def accepted_seeds(session: Session, wanted: SeedFilter) -> Iterator[AcceptedSeed]:
    """Accepted seeds without standing hits, streamed in order of their numbers."""
    result = session.execute(_statement(wanted), execution_options={"yield_per": BATCH})
    return (AcceptedSeed._make(row) for row in result)


class Census(NamedTuple):
    """How many accepted seeds an export takes, leaves out, and takes without a check.

    SFT also leaves out seeds without a reference response, unless it is asked for bare answers.
    """

    rows: int
    without_reference: int
    with_standing_hits: int
    never_checked: int


def census(session: Session, wanted: SeedFilter) -> Census:
    """Count what `accepted_seeds` gives and what it leaves out."""
    clean = ~_standing_hit()
    verdict = lateral(_latest_teachability().subquery().select()).alias("latest")
    known = or_(SeedRevision.answer.is_not(None), verdict.c.reference_answer.is_not(None))
    counted = (
        select(
            func.count().filter(clean, known),
            func.count().filter(clean, ~known),
            func.count().filter(~clean),
            func.count().filter(clean, known, Seed.checked_index.is_(None)),
        )
        .select_from(Seed)
        .join(SeedRevision, SeedRevision.id == Seed.revision_id)
        .join(Source, Source.id == Seed.source_id)
        .outerjoin(verdict, true())
        .where(*_accepted(wanted))
    )
    return Census(*session.execute(counted).one())


def benchmarks_checked(session: Session) -> list[dict[str, object]]:
    """The benchmarks that are loaded, for the manifest."""
    rows = session.scalars(select(Benchmark).order_by(Benchmark.name, Benchmark.id))
    return [
        {"name": b.name, "version": b.version, "split": b.split, "items": b.item_count}
        for b in rows
    ]
