"""Which seed, wording, response and place a question is about."""

from typing import NamedTuple

from sqlalchemy.orm import Session

from backend.database import existing
from backend.errors import Conflict, Invalid, NotFound
from backend.exports.tables import Export
from backend.lineage.schemas import LineageQuery
from backend.lineage.tables import ExportRow
from backend.mixtures.tables import MixtureRow, MixtureVersion
from backend.scoring.tables import Sample
from backend.seeds.tables import Seed, SeedRevision

_CARRIED = ("seed_id", "revision_id", "sample_id")


class Subject(NamedTuple):
    """What a question is about; a seed alone has no `sample_id` and no place."""

    seed: Seed
    revision_id: int
    sample_id: int | None = None
    version_row: MixtureRow | None = None
    export: Export | None = None
    export_row: ExportRow | None = None


def find_seed(session: Session, seed_id: int) -> Subject:
    """A seed as it reads now, a withdrawn one too, or NotFound."""
    seed = existing(session, Seed, seed_id, "seed")
    return Subject(seed, seed.revision_id)


def find_row(session: Session, query: LineageQuery) -> Subject:
    """A row by its place, or by what it carries.

    Raises:
        Invalid: the question is not one, or what the row carries does not fit together.
        NotFound: there is no such place, seed, revision or sample.
        Conflict: the version is not frozen, or the export not finished, or keeps no rows.
    """
    if query.version_id is not None and query.export_id is not None:
        raise Invalid("name a version or an export, not both", field="export_id")
    if query.version_id is not None:
        found = _in_version(session, query.version_id, _position(query))
    elif query.export_id is not None:
        found = _in_export(session, query.export_id, _position(query))
    else:
        return _carried(session, query)
    return _checked(query, found)


def _position(query: LineageQuery) -> int:
    if query.position is None:
        raise Invalid("say at which position, from 0", field="position")
    return query.position


def _in_version(session: Session, version_id: int, position: int) -> Subject:
    version = existing(session, MixtureVersion, version_id, "mixture version")
    if version.frozen_at is None:
        raise Conflict(f"version {version.number} is not frozen", code="not_frozen")
    row = session.get(MixtureRow, (version_id, position))
    if row is None:
        raise NotFound(f"mixture version {version_id} has no position {position}")
    seed = session.get_one(Seed, row.seed_id)
    return Subject(seed, row.revision_id, row.sample_id, version_row=row)


def _in_export(session: Session, export_id: int, position: int) -> Subject:
    export = existing(session, Export, export_id, "export")
    if export.state != "finished":
        raise Conflict(f"export {export_id} is {export.state}: it has no rows", code="not_finished")
    if export.version_id is not None:  # it has the rows of the version, in their order
        return _in_version(session, export.version_id, position)._replace(export=export)
    row = session.get(ExportRow, (export_id, position))
    if row is not None:
        seed = session.get_one(Seed, row.seed_id)
        return Subject(seed, row.revision_id, row.sample_id, export=export, export_row=row)
    if position < export.row_count and session.get(ExportRow, (export_id, 0)) is None:
        message = (
            f"export {export_id} was written before exports kept their rows: "
            "ask by the row itself, which carries seed_id, revision_id and sample_id"
        )
        raise Conflict(message, code="not_recorded")
    raise NotFound(f"export {export_id} has {export.row_count:,} rows, and none at {position}")


def _carried(session: Session, query: LineageQuery) -> Subject:
    if query.position is not None:
        raise Invalid("say of which version or export this is the position", field="position")
    if query.seed_id is None or query.revision_id is None:
        raise Invalid("name a place, or the seed_id and revision_id of a row", field="seed_id")
    seed = existing(session, Seed, query.seed_id, "seed")
    revision = existing(session, SeedRevision, query.revision_id, "revision")
    if revision.seed_id != seed.id:
        message = f"revision {revision.id} is of seed {revision.seed_id}, not of {seed.id}"
        raise Invalid(message, field="revision_id")
    if query.sample_id is not None:
        sample = existing(session, Sample, query.sample_id, "sample")
        if sample.revision_id != revision.id:
            message = f"sample {sample.id} is about revision {sample.revision_id}, another one"
            raise Invalid(message, field="sample_id")
    return Subject(seed, revision.id, query.sample_id)


def _checked(query: LineageQuery, found: Subject) -> Subject:
    """The row, as far as what was said of it is what stands there."""
    there = {
        "seed_id": found.seed.id, "revision_id": found.revision_id, "sample_id": found.sample_id,
    }  # fmt: skip
    for name in _CARRIED:
        said = getattr(query, name)
        if said is not None and said != there[name]:
            message = f"at position {query.position} stands {name} {there[name]}, not {said}"
            raise Invalid(message, field=name)
    return found
