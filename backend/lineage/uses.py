"""What a seed has gone into: frozen versions, exports, and what was trained on those."""

from collections.abc import Sequence
from typing import Any, Final

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import aggregate_order_by
from sqlalchemy.orm import Session

from backend.accounts.tables import User
from backend.exports.tables import Export
from backend.lineage.tables import ExportRow
from backend.lineage.use_schemas import CheckpointUse, ExportUse, Uses, VersionUse, Withdrawal
from backend.mixtures.tables import Mixture, MixtureRow, MixtureVersion
from backend.seeds.tables import Seed
from backend.takedowns.tables import SeedTakedown
from backend.training_runs.tables import Checkpoint, TrainingRun

POSITIONS_SHOWN = 20
_OF_EXPORT: Final = (
    Export.id.label("export_id"), Export.name, Export.layout, Export.version_id,
    Export.destination, Export.finished_at, Export.folder, User.name.label("by"),
)  # fmt: skip


def uses_of(session: Session, seed: Seed) -> Uses:
    """Everything that holds the seed in any of its wordings, the newest first."""
    withdrawal = withdrawal_of(session, seed)
    again = withdrawal is not None
    versions = _versions(session, seed.id, look_again=again)
    exports = [
        *_filter_exports(session, seed.id, look_again=again),
        *_version_exports(session, versions, look_again=again),
    ]
    checkpoints = _checkpoints(session, [one.export_id for one in exports], look_again=again)
    return Uses(
        versions=versions,
        exports=sorted(exports, key=lambda one: -one.export_id),
        checkpoints=checkpoints,
        withdrawal=withdrawal,
        look_again=again and bool(versions or exports),
        unrecorded_exports=_unrecorded(session),
    )


def withdrawal_of(session: Session, seed: Seed) -> Withdrawal | None:
    """Why the seed must not be used any more, if so."""
    row = session.execute(
        select(SeedTakedown.reason, SeedTakedown.created_at, User.name)
        .join(User, User.id == SeedTakedown.created_by)
        .where(SeedTakedown.seed_id == seed.id, SeedTakedown.lifted_at.is_(None))
    ).one_or_none()
    if row is not None:
        return Withdrawal(why="taken_down", reason=row.reason, since=row.created_at, by=row.name)
    if seed.withdrawn_at is not None:
        return Withdrawal(why="taken_back", reason=None, since=seed.withdrawn_at, by=None)
    return None


def _versions(session: Session, seed_id: int, *, look_again: bool) -> list[VersionUse]:
    held = _held(MixtureRow, MixtureRow.version_id).add_columns(
        func.max(MixtureRow.weight).label("weight"), func.min(MixtureRow.split).label("split")
    )
    held = held.where(MixtureRow.seed_id == seed_id).subquery()
    rows = session.execute(
        select(
            held,
            MixtureVersion.mixture_id,
            MixtureVersion.number,
            MixtureVersion.frozen_at,
            Mixture.name.label("mixture"),
            User.name.label("by"),
        )
        .join(MixtureVersion, MixtureVersion.id == held.c.holder)
        .join(Mixture, Mixture.id == MixtureVersion.mixture_id)
        .join(User, User.id == MixtureVersion.created_by)
        .where(MixtureVersion.frozen_at.is_not(None))
        .order_by(MixtureVersion.id.desc())
    )
    return [
        VersionUse(
            version_id=row.holder, mixture_id=row.mixture_id, mixture=row.mixture,
            number=row.number, frozen_at=row.frozen_at, by=row.by,
            rows=row.rows, positions=row.positions[:POSITIONS_SHOWN], weight=row.weight,
            split=row.split,
            look_again=look_again,
        )
        for row in rows
    ]  # fmt: skip


def _filter_exports(session: Session, seed_id: int, *, look_again: bool) -> list[ExportUse]:
    """Exports of a filter: what they wrote is kept beside their files."""
    held = _held(ExportRow, ExportRow.export_id).where(ExportRow.seed_id == seed_id).subquery()
    rows = session.execute(
        select(held.c.rows, held.c.positions, *_OF_EXPORT)
        .join(Export, Export.id == held.c.holder)
        .join(User, User.id == Export.created_by)
        .where(Export.state == "finished")
    )
    return [_export(row, row.rows, row.positions, look_again=look_again) for row in rows]


def _export(row: Any, rows: int, positions: list[int], *, look_again: bool) -> ExportUse:
    names = ("export_id", "name", "layout", "version_id", "destination", "finished_at", "folder",
             "by")  # fmt: skip
    return ExportUse(
        **{name: getattr(row, name) for name in names}, rows=rows,
        positions=positions[:POSITIONS_SHOWN], look_again=look_again,
    )  # fmt: skip


def _held(table: Any, holder: Any) -> Any:
    """By holder, how many rows of a table it holds, and where the first of them stand."""
    positions = func.array_agg(aggregate_order_by(table.position, table.position))
    return select(
        holder.label("holder"), func.count().label("rows"), positions.label("positions")
    ).group_by(holder)


def _version_exports(
    session: Session, versions: Sequence[VersionUse], *, look_again: bool
) -> list[ExportUse]:
    """Exports of versions that hold the seed: with all its rows there."""
    held = {one.version_id: one for one in versions}
    rows = session.execute(
        select(*_OF_EXPORT)
        .join(User, User.id == Export.created_by)
        .where(Export.version_id.in_(held), Export.state == "finished")
    )
    return [
        _export(row, held[row.version_id].rows, held[row.version_id].positions,
                look_again=look_again)
        for row in rows
    ]  # fmt: skip


def _checkpoints(
    session: Session, export_ids: Sequence[int], *, look_again: bool
) -> list[CheckpointUse]:
    """Training runs on exports that hold the seed, each with its checkpoints, the newest first."""
    rows = session.execute(
        select(
            TrainingRun.id.label("training_run_id"), TrainingRun.name.label("training_run"),
            TrainingRun.state, TrainingRun.export_id, TrainingRun.created_at,
            Checkpoint.id.label("checkpoint_id"), Checkpoint.name.label("checkpoint"),
            Checkpoint.step, Checkpoint.created_at.label("written_at"),
        )
        .outerjoin(Checkpoint, Checkpoint.run_id == TrainingRun.id)
        .where(TrainingRun.export_id.in_(export_ids))
        .order_by(TrainingRun.id.desc(), Checkpoint.step.desc(), Checkpoint.id.desc())
    )  # fmt: skip
    names = ("training_run_id", "training_run", "state", "export_id", "checkpoint_id",
             "checkpoint", "step")  # fmt: skip
    return [
        CheckpointUse(
            **{name: getattr(row, name) for name in names},
            at=row.written_at or row.created_at, look_again=look_again,
        )
        for row in rows
    ]  # fmt: skip


def _unrecorded(session: Session) -> list[int]:
    """Finished exports with rows that are not kept."""
    # One look-up for each export: as an anti-join it would read the rows of all exports.
    first = select(ExportRow.position).where(
        ExportRow.export_id == Export.id, ExportRow.position == 0
    )
    wanted = select(Export.id).where(
        Export.version_id.is_(None),
        Export.state == "finished",
        Export.row_count > 0,
        first.scalar_subquery().is_(None),
    )
    return list(session.scalars(wanted.order_by(Export.id)))
