"""The end of an export of a version: what lies beside its data, a last look, and the manifest."""

import shutil
from collections.abc import Sequence
from datetime import UTC, datetime
from importlib.metadata import version as installed
from pathlib import Path
from typing import Any, Final

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from backend.database import session_scope
from backend.exports import files
from backend.exports.certificate import certificate
from backend.exports.examples import ExportFormat, VersionFacts, WrittenFile
from backend.exports.schemas import ExportOut
from backend.exports.standing import VersionName, frozen_version, refuse_format, refuse_now
from backend.exports.storage import send
from backend.exports.tables import Export, ExportShard
from backend.exports.version_service import shards_of, url_of
from backend.guidelines.tables import GuidelineVersion
from backend.jobs.service import ClaimedJob
from backend.mixtures.facts import kept_facts, version_census

# Of the manifest of a version's export; what reads one refuses those it does not know.
MANIFEST_VERSION: Final = 1


def publish(job: ClaimedJob, export: ExportOut, chosen: ExportFormat, folder: Path) -> None:
    """Write companions and manifest of an export whose shards are all recorded, and record that.

    Raises:
        Conflict: by now something stands against the version.
    """
    assert export.version_id is not None
    with session_scope() as session:
        job.fence(session)
        named = frozen_version(session, export.version_id)
        facts = kept_facts(session, export.version_id)
        shards = shards_of(session, export.id)
        companions = _write_companions(folder, chosen, _facts(export, named, facts, shards))
    for entry in companions:
        _send(export, folder, entry["name"])
    _finish(job, export, chosen, folder, companions)


def _finish(
    job: ClaimedJob,
    export: ExportOut,
    chosen: ExportFormat,
    folder: Path,
    companions: list[dict[str, Any]],
) -> None:
    """The last look and the manifest, with the job held: only one attempt can do it."""
    assert export.version_id is not None
    with session_scope() as session:
        job.fence(session)
        named = frozen_version(session, export.version_id)
        refuse_format(named, chosen)
        refuse_now(session, named)
        shards = shards_of(session, export.id)
        manifest = _manifest(session, export, named, shards, companions)
        _leave_no_drafts(folder)
        files.write_manifest(folder, manifest)
        _send(export, folder, files.MANIFEST)
        session.execute(
            update(Export)
            .where(Export.id == export.id)
            .values(
                state="finished", row_count=manifest["rows"], manifest=manifest,
                finished_at=func.now(),
            )
        )  # fmt: skip


def _facts(
    export: ExportOut, named: VersionName, facts: Any, shards: Sequence[ExportShard]
) -> VersionFacts:
    version = named.version
    assert version.frozen_at is not None
    return VersionFacts(
        export_name=export.name, mixture=facts["mixture"], version=version.number,
        rows_hash=version.rows_hash or "", frozen_at=version.frozen_at.astimezone(UTC),
        recipe=version.recipe, figures=version.figures or {}, certificate=facts["certificate"],
        kind=export.kind,  # type: ignore[arg-type] # checked at the edge
        files=[WrittenFile(s.path, s.split, s.sha256, s.bytes, s.rows) for s in shards],
    )  # fmt: skip


def _write_companions(
    folder: Path, chosen: ExportFormat, facts: VersionFacts
) -> list[dict[str, Any]]:
    entries = []
    for name, text in sorted(chosen.companions(facts).items()):
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8", newline="")
        size, digest = path.stat().st_size, files.sha256_of(path)
        entries.append({"name": name, "sha256": digest, "bytes": size, "rows": None})
    return entries


def _send(export: ExportOut, folder: Path, name: str) -> None:
    if url := url_of(export, name):
        send(folder / name, url)


def _leave_no_drafts(folder: Path) -> None:
    """Take away what attempts that died have begun; without any data here, its folder too."""
    for draft in folder.rglob(".*.draft"):
        draft.unlink(missing_ok=True)
    data = folder / "data"
    if data.is_dir() and not any(data.iterdir()):
        shutil.rmtree(data)


def _manifest(
    session: Session,
    export: ExportOut,
    named: VersionName,
    shards: Sequence[ExportShard],
    companions: list[dict[str, Any]],
) -> dict[str, Any]:
    version = named.version
    assert version.frozen_at is not None
    census = version_census(session, version.id)
    data = [
        {"name": s.path, "sha256": s.sha256, "bytes": s.bytes, "rows": s.rows, "split": s.split,
         "tokens": s.tokens, "first_position": s.first_position}
        for s in shards
    ]  # fmt: skip
    return {
        "manifest_version": MANIFEST_VERSION,
        "seedbed": installed("seedbed"),
        "export": export.id,
        "name": export.name,
        "format": export.format,
        "kind": export.kind,
        "layout": export.layout,
        "created_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "mixture": {
            "name": named.mixture, "version": version.number, "version_id": version.id,
            "rows_hash": version.rows_hash,
            "frozen_at": version.frozen_at.astimezone(UTC).isoformat(timespec="seconds"),
            "recipe": version.recipe,
        },
        "settings": export.settings,
        "rows": sum(shard.rows for shard in shards),
        "splits": _sums(shards),
        "guidelines": {"versions_checked": _guidelines_checked(session, shards)},
        "decontamination": certificate(session, census),
        "files": [*data, *companions],
    }  # fmt: skip


def _guidelines_checked(session: Session, shards: Sequence[ExportShard]) -> int:
    """Not those that came after the last file was looked through."""
    newest = min(shard.guidelines for shard in shards)
    counted = select(func.count()).where(GuidelineVersion.id <= newest)
    return session.scalar(counted) or 0


def _sums(shards: Sequence[ExportShard]) -> dict[str, dict[str, int]]:
    sums: dict[str, dict[str, int]] = {}
    for shard in shards:
        of = sums.setdefault(shard.split, {"rows": 0, "tokens": 0, "files": 0})
        of["rows"] += shard.rows
        of["tokens"] += shard.tokens
        of["files"] += 1
    return sums
