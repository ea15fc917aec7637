"""Requests for exports of frozen versions."""

import re
from collections.abc import Sequence
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from backend.accounts.tables import User
from backend.database import existing
from backend.exports.formats import FORMATS
from backend.exports.schemas import ExportOut, FormatOut, ShardOut, VersionExportCreate
from backend.exports.service import VERSION_KIND, get_export
from backend.exports.standing import frozen_version, refuse_format, refuse_now
from backend.exports.storage import check_destination
from backend.exports.tables import Export, ExportShard
from backend.exports.version_rows import splits_of
from backend.jobs.service import enqueue

_OTHER: Final = re.compile(r"[^a-z0-9]+")


def create_version_export(
    session: Session, user: User, version_id: int, wanted: VersionExportCreate
) -> ExportOut:
    """Record the request and enqueue its job.

    Raises:
        NotFound: there is no such version.
        Conflict: it is not frozen, or something stands against it now.
        Invalid: the format has no rows of it, or the destination is not allowed.
    """
    named = frozen_version(session, version_id)
    chosen = FORMATS[wanted.format]
    refuse_format(named, chosen)
    destination = wanted.destination and check_destination(wanted.destination)
    refuse_now(session, named)
    export = Export(
        name=wanted.name, layout=chosen.layout, filter={}, version_id=version_id,
        format=wanted.format, kind=wanted.kind, destination=destination, created_by=user.id,
        settings={"shard_tokens": wanted.shard_tokens},
    )  # fmt: skip
    session.add(export)
    session.flush()
    export.folder = f"{export.id}-{slug(wanted.name)}"
    session.flush()
    total = sum(split.rows for split in splits_of(session, version_id))
    enqueue(session, VERSION_KIND, {"export_id": export.id}, created_by=user.id, total=total)
    return get_export(session, export.id)


def slug(name: str) -> str:
    """A name as part of a folder's."""
    return _OTHER.sub("-", name.lower()).strip("-") or "export"


def list_formats() -> list[FormatOut]:
    """The formats that versions can be exported in."""
    return [FormatOut(name=f.name, title=f.title, layout=f.layout) for f in FORMATS.values()]


def list_shards(session: Session, export_id: int) -> list[ShardOut]:
    """The data files of an export that are whole, in the order of their rows."""
    existing(session, Export, export_id, "export")
    return [ShardOut.model_validate(shard) for shard in shards_of(session, export_id)]


def shards_of(session: Session, export_id: int) -> Sequence[ExportShard]:
    """What is recorded of an export's data files, in the order of their rows."""
    wanted = select(ExportShard).where(ExportShard.export_id == export_id)
    return session.scalars(wanted.order_by(ExportShard.first_position)).all()


def url_of(export: ExportOut, path: str) -> str | None:
    """Where a file of an export lies in a store; None where it lies in the home folder."""
    return f"{export.destination}/{export.folder}/{path}" if export.destination else None
