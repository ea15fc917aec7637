"""Which accepted seeds an export holds: one statement, so one consistent view of the database."""

from collections.abc import Iterator
from typing import Any, Final, NamedTuple

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    ColumnExpressionArgument,
    ScalarSelect,
    Select,
    Text,
    and_,
    cast,
    func,
    lateral,
    literal,
    or_,
    select,
    true,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONPATH, aggregate_order_by
from sqlalchemy.orm import Session

from backend.decontamination.index import current_version
from backend.decontamination.standing import CARRIED, PASSED, STOPPING, any_hit
from backend.decontamination.tables import Benchmark, BenchmarkItem, DecontaminationHit
from backend.endpoints.tables import Endpoint
from backend.exports.rows import AcceptedSeed
from backend.proposals.tables import SeedParent
from backend.scoring.tables import PolicyVersion, Sample, Teachability
from backend.seeds.filters import SeedFilter, conditions
from backend.seeds.tables import Seed, SeedRevision, Source
from backend.takedowns.tables import is_taken_down
from backend.traces.tables import is_plainly_kept, is_withheld

BATCH = 1000
_NONE_TEXT: Final = cast([], ARRAY(Text))
_NO_NUMBERS: Final = cast([], ARRAY(BigInteger))


_STOPPED: Final = any_hit(Seed.revision_id.expression, STOPPING)


def accepted(wanted: SeedFilter) -> list[ColumnElement[bool]]:
    """The accepted seeds of a filter, over `Seed` joined with its current `SeedRevision`.

    Those that were taken down are none, whoever has accepted them.
    """
    return [
        *conditions(wanted.model_copy(update={"status": None})),
        Seed.status == "accepted",
        ~is_taken_down(Seed.id.expression),
    ]


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


def _names_of_confirmed() -> ScalarSelect[list[str]]:
    """The benchmark items that a curator says the seed is made from, and lets it through for."""
    name = func.concat_ws(
        " ", Benchmark.name, Benchmark.version, Benchmark.split, BenchmarkItem.external_id
    )
    return (
        select(func.coalesce(func.array_agg(aggregate_order_by(name, name)), _NONE_TEXT))
        .select_from(DecontaminationHit)
        .join(BenchmarkItem, BenchmarkItem.id == DecontaminationHit.item_id)
        .join(Benchmark, Benchmark.id == BenchmarkItem.benchmark_id)
        .where(DecontaminationHit.revision_id == Seed.revision_id, CARRIED)
        .scalar_subquery()
    )


def _passed_items() -> ScalarSelect[list[int]]:
    return (
        select(func.coalesce(func.array_agg(DecontaminationHit.item_id), _NO_NUMBERS))
        .where(DecontaminationHit.revision_id == Seed.revision_id, PASSED)
        .scalar_subquery()
    )


def _statement(wanted: SeedFilter) -> Select[*tuple[Any, ...]]:
    verdict = _latest_teachability().lateral("latest")
    response = lateral(
        select(Sample.id, Sample.response, Sample.reasoning, Endpoint.model)
        .join(Endpoint, Endpoint.id == Sample.endpoint_id)
        .where(
            Sample.revision_id == Seed.revision_id,
            _in_reference_class(verdict.c.plurality, Sample.answer_key),
            or_(
                and_(Endpoint.role == "reference", ~is_withheld(Sample.id.expression)),
                # What nobody has verified, or was made under a guideline, is no reference.
                and_(Endpoint.role == "teacher", is_plainly_kept(Sample.id.expression)),
            ),
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
            Seed.checked_index, _names_of_confirmed(), _passed_items(), SeedParent.parent_id,
            Seed.answer_origin,
        )
        .join(SeedRevision, SeedRevision.id == Seed.revision_id)
        .join(Source, Source.id == Seed.source_id)
        .outerjoin(SeedParent, SeedParent.seed_id == Seed.id)
        .outerjoin(verdict, true())
        .outerjoin(PolicyVersion, PolicyVersion.id == verdict.c.policy_id)
        .outerjoin(response, true())
        .where(*accepted(wanted), ~_STOPPED)
        .order_by(Seed.id)
    )  # fmt: skip


def accepted_seeds(session: Session, wanted: SeedFilter) -> Iterator[AcceptedSeed]:
    """Accepted seeds that no hit stops, streamed in order of their numbers."""
    result = session.execute(_statement(wanted), execution_options={"yield_per": BATCH})
    return (AcceptedSeed._make(row) for row in result)


def stopped_seeds(session: Session, wanted: SeedFilter) -> Iterator[dict[str, Any]]:
    """The hits that keep accepted seeds out, streamed in order of the seeds' numbers."""
    hits = (
        select(
            Seed.id.label("seed_id"), Benchmark.name.label("benchmark"), Benchmark.version,
            Benchmark.split, BenchmarkItem.external_id.label("item_id"),
            DecontaminationHit.method, DecontaminationHit.verdict, DecontaminationHit.score,
        )
        .join(SeedRevision, SeedRevision.id == Seed.revision_id)
        .join(DecontaminationHit, DecontaminationHit.revision_id == Seed.revision_id)
        .join(BenchmarkItem, BenchmarkItem.id == DecontaminationHit.item_id)
        .join(Benchmark, Benchmark.id == BenchmarkItem.benchmark_id)
        .where(*accepted(wanted), STOPPING)
        .order_by(Seed.id, DecontaminationHit.id)
    )  # fmt: skip
    result = session.execute(hits, execution_options={"yield_per": BATCH})
    return (dict(row._mapping) for row in result)


class Census(NamedTuple):
    """How many accepted seeds an export takes, leaves out, and takes without a check.

    Those `checked_before` were checked, but not against the benchmarks as they are now.
    SFT also leaves out seeds without a reference response, unless it is asked for bare answers.
    """

    rows: int
    without_reference: int
    with_standing_hits: int
    never_checked: int
    checked_before: int


def census(session: Session, wanted: SeedFilter, *, of_traces: bool = False) -> Census:
    """Count what `accepted_seeds` gives and what it leaves out; traces need no reference answer."""
    clean = ~_STOPPED
    verdict = _latest_teachability().lateral("latest")
    known = or_(
        SeedRevision.answer.is_not(None), verdict.c.reference_answer.is_not(None),
        literal(of_traces),
    )  # fmt: skip
    counted = (
        select(
            func.count().filter(clean, known),
            func.count().filter(clean, ~known),
            func.count().filter(~clean),
            func.count().filter(clean, known, Seed.checked_index.is_(None)),
            func.count().filter(clean, known, Seed.checked_index != current_version(session).id),
        )
        .select_from(Seed)
        .join(SeedRevision, SeedRevision.id == Seed.revision_id)
        .join(Source, Source.id == Seed.source_id)
        .outerjoin(SeedParent, SeedParent.seed_id == Seed.id)
        .outerjoin(verdict, true())
        .where(*accepted(wanted))
    )
    return Census(*session.execute(counted).one())
