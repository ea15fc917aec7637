"""The events of a bulk action that sets fields of seeds to what statements compute."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final, NamedTuple

from sqlalchemy import ColumnElement, Select, Text, cast, func, literal, null, or_, select
from sqlalchemy.dialects.postgresql import ARRAY, JSONB, array

from backend.review.bulk_events import Events
from backend.review.tables import Decision
from backend.seeds.filters import SeedFilter, conditions
from backend.seeds.tables import Seed, SeedRevision

NO_TAGS: Final = cast(array([], type_=Text), ARRAY(Text))


class Target(NamedTuple):
    """A field of seeds: as it is, and what it becomes."""

    column: ColumnElement[Any]
    value: ColumnElement[Any]


def changing(
    targets: Mapping[str, Target], filter: SeedFilter, seed_ids: Sequence[int] | None
) -> list[ColumnElement[bool]]:
    """Which seeds are meant: those of the filter or those named, where a field would be another."""
    named = [] if seed_ids is None else [Seed.id.in_(seed_ids)]
    others = [column.is_distinct_from(value) for column, value in targets.values()]
    return [*conditions(filter), *named, or_(*others)]


def tags_with(
    given: ColumnElement[Any], kept: Callable[[ColumnElement[str]], ColumnElement[bool]]
) -> ColumnElement[Any]:
    """The seed's tags and the given ones, those that are kept, in order as tags always are."""
    tag = func.unnest(Seed.tags.op("||")(given)).column_valued("tag")
    in_order = select(tag.collate("C")).where(kept(tag)).distinct().order_by(tag.collate("C"))
    return func.array(in_order.scalar_subquery(), type_=ARRAY(Text))


def numbers_of(meant: Sequence[ColumnElement[bool]]) -> Select[int]:
    """The numbers of the seeds that are meant."""
    return (
        select(Seed.id).join(SeedRevision, SeedRevision.id == Seed.revision_id).where(*meant)
    )  # fmt: skip


def events_of(
    targets: Mapping[str, Target],
    meant: Sequence[ColumnElement[bool]],
    numbers: Sequence[int] | None,
    kept_out: ColumnElement[bool] | None = None,
) -> Events:
    """One edit of each seed that is meant, or of some by their numbers."""
    was = [part for name, target in targets.items() for part in (name, target.column)]
    is_then = [part for name, target in targets.items() for part in (name, target.value)]
    wanted = (
        select(
            Seed.id.label("seed_id"),
            Seed.revision_id,
            func.jsonb_build_object(*was, type_=JSONB).label("before"),
            func.jsonb_build_object(*is_then, type_=JSONB).label("after"),
            cast(null(), Decision.undoes_id.type).label("undoes_id"),
            literal("edit").label("kind"),
        )
        .join(SeedRevision, SeedRevision.id == Seed.revision_id)
        .where(*meant)
    )
    if numbers is not None:
        wanted = wanted.where(Seed.id.in_(numbers))
    return Events(wanted, literal(False) if kept_out is None else kept_out, list(targets))
