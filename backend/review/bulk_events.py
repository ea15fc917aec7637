"""Which events a bulk action or its undo would add, as statements; and how they are written."""

from collections.abc import Collection, Sequence
from typing import Any, NamedTuple, Protocol
from uuid import UUID

from sqlalchemy import (
    CTE,
    ColumnElement,
    Select,
    Update,
    and_,
    case,
    cast,
    false,
    func,
    insert,
    literal,
    not_,
    null,
    or_,
    select,
    type_coerce,
    update,
)  # fmt: skip
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Session, aliased

from backend.decontamination.standing import BLOCKING, any_hit
from backend.review.effects import CHANGES
from backend.review.tables import Decision, DecisionBatch
from backend.review_queues.rounds import has_opinions
from backend.review_queues.tables import VOTES
from backend.seeds.filters import SeedFilter, conditions
from backend.seeds.state import state_attribute
from backend.seeds.tables import Seed, SeedRevision

_STOPPED = or_(Seed.open_hits > 0, any_hit(Seed.revision_id.expression, BLOCKING))


class Events(NamedTuple):
    """The events that seeds would get; those `kept_out` must be left alone."""

    wanted: Select[Any]
    kept_out: ColumnElement[bool]
    fields: Sequence[str]

    def allowed(self) -> Select[Any]:
        return self.wanted.where(not_(self.kept_out))

    def left_out(self) -> Select[Any]:
        return self.wanted.where(self.kept_out)

    def of(self, seed_ids: Sequence[int]) -> "Events":
        """Those of some seeds."""
        return self._replace(wanted=self.wanted.where(Seed.id.in_(seed_ids)))


class Deciding(NamedTuple):
    """One decision for the seeds of a filter, or those named, that do not stand so already."""

    kind: str
    filter: SeedFilter
    seed_ids: Sequence[int] | None

    @property
    def number(self) -> ColumnElement[int]:
        """By what the work is ordered."""
        return Seed.id.expression

    def numbers(self) -> Select[int]:
        """What there is to look at, whether it may be decided or not."""
        meant = select(Seed.id).join(SeedRevision, SeedRevision.id == Seed.revision_id)
        return meant.where(*self._changing())

    def events(self, session: Session, numbers: Sequence[int] | None = None) -> Events:
        """The events of all seeds, or of some by their numbers."""
        [(field, value)] = CHANGES[self.kind].items()
        wanted = (
            select(
                Seed.id.label("seed_id"),
                Seed.revision_id,
                func.jsonb_build_object(field, state_attribute(field)).label("before"),
                literal({field: value}, JSONB).label("after"),
                cast(null(), Decision.undoes_id.type).label("undoes_id"),
                literal(self.kind).label("kind"),
            )
            .join(SeedRevision, SeedRevision.id == Seed.revision_id)
            .where(*self._changing())
        )
        if numbers is not None:
            wanted = wanted.where(Seed.id.in_(numbers))
        return Events(wanted, self._kept_out(), [field])

    def _kept_out(self) -> ColumnElement[bool]:
        if self.kind == "accept":
            return or_(_STOPPED, has_opinions())
        return has_opinions() if self.kind in VOTES else literal(False)

    def _changing(self) -> list[ColumnElement[bool]]:
        [(field, value)] = CHANGES[self.kind].items()
        named = [] if self.seed_ids is None else [Seed.id.in_(self.seed_ids)]
        return [*conditions(self.filter), *named, state_attribute(field) != value]


class Undoing(NamedTuple):
    """The inverse of what still stands of a batch."""

    batch: UUID

    @property
    def number(self) -> ColumnElement[int]:
        """By what the work is ordered: the events were added in the order of the seeds."""
        return Decision.id.expression

    def numbers(self) -> Select[int]:
        """What there is to look at, whether it may be undone or not."""
        return select(Decision.id).join(Seed, Seed.id == Decision.seed_id).where(*self._standing())

    def events(self, session: Session, numbers: Sequence[int] | None = None) -> Events:
        """The inverse of all that stands, or of some events by their numbers."""
        standing = self._standing()
        if numbers is not None:
            standing.append(Decision.id.in_(numbers))
        keys = select(func.jsonb_object_keys(Decision.after)).where(
            Decision.batch == self.batch,
            *([] if numbers is None else [Decision.id.in_(numbers)]),
        )
        fields = session.scalars(keys.distinct()).all()
        kind = _kind_of_undoing()
        wanted = (
            select(
                Seed.id.label("seed_id"),
                Seed.revision_id,
                _as_it_is(fields).label("before"),
                Decision.before.label("after"),
                Decision.id.label("undoes_id"),
                kind.label("kind"),
            )
            .join(Decision, Decision.seed_id == Seed.id)
            .where(*standing)
        )
        kept_out = or_(
            _decided_again(fields),
            and_(kind == "accept", _STOPPED),
            and_(kind.in_(VOTES), has_opinions()),
        )
        return Events(wanted, kept_out, fields)

    def _standing(self) -> list[ColumnElement[bool]]:
        return [Decision.batch == self.batch, _stands(Decision), Seed.withdrawn_at.is_(None)]


class Action(Protocol):
    """What a bulk action does: to which seeds, and by which events."""

    @property
    def number(self) -> ColumnElement[int]:
        """By what the work is ordered."""

    def numbers(self) -> Select[int]:
        """What there is to look at."""

    def events(self, session: Session, numbers: Sequence[int] | None = None) -> Events:
        """The events of all, or of some by their numbers."""


def count(session: Session, wanted: Select[Any]) -> int:
    """How many rows a statement has."""
    return session.scalar(select(func.count()).select_from(wanted.subquery())) or 0


def hold(session: Session, events: Events) -> Sequence[int]:
    """Hold the seeds for this transaction, in the order of their ids as everywhere.

    It is a statement of its own: only a later one sees what others had decided while we waited.
    """
    wanted = events.wanted.with_only_columns(Seed.id, maintain_column_froms=True)
    return session.scalars(wanted.order_by(Seed.id).with_for_update(of=Seed)).all()


def write(session: Session, events: Events, batch: DecisionBatch) -> int:
    """Set the seeds, which the caller holds, and add their events; how many were added."""
    target = events.allowed().order_by(Seed.id).cte("target")
    values = select(
        target.c.seed_id, target.c.revision_id, target.c.before, target.c.after, target.c.undoes_id,
        literal(batch.user_id), target.c.kind, literal(batch.reason, Decision.reason.type),
        literal(batch.batch),
    )  # fmt: skip
    columns = [
        "seed_id", "revision_id", "before", "after", "undoes_id", "user_id", "kind", "reason",
        "batch",
    ]  # fmt: skip
    statement = insert(Decision).from_select(columns, values)
    if events.fields:
        statement = statement.add_cte(_set(events.fields, target))
    stored = session.scalars(statement.returning(Decision.id)).all()
    return len(stored)


def _set(fields: Collection[str], target: CTE) -> CTE:
    changes = {}
    for field in fields:
        column = state_attribute(field)
        value = _read(target, field, column.type)
        changes[column] = case((target.c.after.has_key(field), value), else_=column)
    changed: Update = update(Seed).where(Seed.id == target.c.seed_id).values(changes)
    return changed.cte("changed")


def _read(target: CTE, field: str, wanted: Any) -> ColumnElement[Any]:
    """What an event sets a field to, as its column holds it."""
    value = target.c.after[field]
    if isinstance(wanted, ARRAY):
        items = select(func.jsonb_array_elements_text(value)).correlate(target)
        return cast(func.array(items.scalar_subquery()), wanted)
    return cast(value.astext, wanted)


def _as_it_is(fields: Sequence[str]) -> ColumnElement[Any]:
    """Of the fields that an event changed, what the seed has in them now."""
    parts: ColumnElement[Any] = literal({}, JSONB)
    for field in fields:
        present = func.jsonb_build_object(field, state_attribute(field))
        nothing = literal({}, JSONB)
        parts = parts.op("||")(case((Decision.after.has_key(field), present), else_=nothing))
    return type_coerce(parts, JSONB)


def _kind_of_undoing() -> ColumnElement[str]:
    """How the event that takes another back is called, as for a single one."""
    original = aliased(Decision)
    kind = select(original.kind).where(original.id == Decision.undoes_id).scalar_subquery()
    return case((Decision.kind == "undo", kind), else_="undo")


def _stands(event: Any) -> ColumnElement[bool]:
    undoing = aliased(Decision)
    return ~select(undoing.id).where(undoing.undoes_id == event.id).exists()


def _decided_again(fields: Sequence[str]) -> ColumnElement[bool]:
    later = aliased(Decision)
    took_back_later = and_(later.kind == "undo", later.undoes_id > Decision.id)
    shared = [and_(later.after.has_key(name), Decision.after.has_key(name)) for name in fields]
    return (
        select(later.id)
        .where(
            later.seed_id == Decision.seed_id,
            later.id > Decision.id,
            or_(false(), *shared),
            _stands(later),
            not_(took_back_later),
        )
        .correlate(Decision)
        .exists()
    )
