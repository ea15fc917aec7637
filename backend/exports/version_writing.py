"""The job that writes a version: shard by shard, each recorded when it is whole, manifest last.

Whoever takes the job over goes on with the shards that are not recorded. Drafts are named by the
attempt, so that one who has lost the job and does not know it yet is in nobody's way.
"""

import contextlib
import shutil
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, as_completed
from functools import partial
from pathlib import Path
from typing import Final

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from backend.config import settings
from backend.database import session_scope
from backend.decontamination.checking import count_due
from backend.decontamination.index import current_index
from backend.decontamination.passes import ModelStages, check_all_due
from backend.errors import Conflict, Invalid
from backend.exports import files
from backend.exports.examples import ExportFormat, FileKind
from backend.exports.formats import FORMATS
from backend.exports.guidelines import every_guideline
from backend.exports.publishing import publish
from backend.exports.schemas import ExportOut
from backend.exports.service import get_export
from backend.exports.shard_writers import ShardWriters, writer_count
from backend.exports.shard_writing import Order, Task, Written, write_shard
from backend.exports.shards import Shard, plan_shards
from backend.exports.standing import frozen_version, refuse_format, refuse_now
from backend.exports.storage import remove_stored, send, stored_size
from backend.exports.table_files import put_in_place
from backend.exports.tables import ExportShard
from backend.exports.version_rows import splits_of
from backend.exports.version_service import shards_of, url_of
from backend.exports.writing_progress import WritingProgress
from backend.guidelines.tables import GuidelineVersion
from backend.jobs.service import ClaimedJob
from backend.mixtures.tables import MixtureRow
from backend.seeds.tables import Seed

# What may lie in a store beside the data; the manifest is the first to go.
_BESIDE: Final = (files.MANIFEST, "README.md", "croissant.json")
Writer = Callable[[Shard, Path, Callable[[int], None]], Written]


def write_version_export(job: ClaimedJob, stages: ModelStages) -> None:
    """Write what an export of a version asks for; what was written already is left as it is.

    Raises:
        Conflict: something stands against the version, or a row cannot be written. What was written
            until then is taken away.
    """
    with session_scope() as session:
        export = get_export(session, job.payload["export_id"])
    if export.manifest is not None:
        return
    try:
        _Writing(job, export).write(stages)
    except (Conflict, Invalid):
        _take_away(job, export)
        raise


class _Writing:
    def __init__(self, job: ClaimedJob, export: ExportOut) -> None:
        self._job, self._export = job, export
        assert export.version_id is not None
        assert export.format is not None
        self._version_id = export.version_id
        self._format: ExportFormat = FORMATS[export.format]  # type: ignore[index] # checked at the edge
        self._kind: FileKind = export.kind  # type: ignore[assignment]
        self._folder = settings().home / "exports" / str(export.folder)

    def write(self, stages: ModelStages) -> None:
        self._refuse()
        self._check_prompts(stages)
        self._refuse()
        with session_scope() as session:
            splits = splits_of(session, self._version_id)
        shards = plan_shards(splits, self._kind, self._export.settings["shard_tokens"])
        # Again where a guideline came while the last shards were written.
        while missing := self._missing(shards):
            self._write_shards(shards, missing)
        publish(self._job, self._export, self._format, self._folder)

    def _refuse(self) -> None:
        with session_scope() as session:
            named = frozen_version(session, self._version_id)
            refuse_format(named, self._format)
            refuse_now(session, named)

    def _check_prompts(self, stages: ModelStages) -> None:
        """Have the version's seeds checked against the benchmarks of today."""
        held = select(MixtureRow.seed_id).where(MixtureRow.version_id == self._version_id)
        only = [Seed.id.in_(held)]
        while True:
            with session_scope() as session:
                loaded = current_index(session)
                due = count_due(session, loaded.id, only=only)
            if not due or not loaded.texts:
                return
            check_all_due(self._job, stages, only=only)

    def _missing(self, shards: list[Shard]) -> list[Shard]:
        """The shards that are not whole, or not looked through for all guidelines."""
        with session_scope() as session:
            newest = _newest_guideline(session)
            recorded = {
                row.path: row.bytes
                for row in shards_of(session, self._export.id)
                if row.guidelines == newest
            }
        whole = [s for s in shards if s.path in recorded and self._lies(s, recorded[s.path])]
        return [shard for shard in shards if shard not in whole]

    def _lies(self, shard: Shard, size: int) -> bool:
        url = url_of(self._export, shard.path)
        if url is not None:
            return stored_size(url) == size
        path = self._folder / shard.path
        return path.is_file() and path.stat().st_size == size

    def _write_shards(self, shards: list[Shard], missing: list[Shard]) -> None:
        with session_scope() as session:
            newest = _newest_guideline(session)
            order = Order(self._version_id, self._format.name, self._kind, every_guideline(session))
        total = sum(shard.rows for shard in shards)
        progress = WritingProgress(self._job, total - sum(shard.rows for shard in missing), total)
        count = writer_count(len(missing))
        if count > 1:
            self._write_side_by_side(order, missing, newest, progress, count)
            return
        task = Task.of(order)
        for shard in missing:
            self._write_shard(partial(_write_here, task), shard, newest, progress)

    def _write_side_by_side(
        self, order: Order, missing: list[Shard], newest: int, progress: WritingProgress, count: int
    ) -> None:
        """Several at once, each recorded when it is whole; the first failure ends all."""
        with ShardWriters(order, count) as writers, ThreadPoolExecutor(count) as threads:
            writing = [
                threads.submit(self._write_shard, writers.write, shard, newest, progress)
                for shard in missing
            ]
            try:
                for each in as_completed(writing):
                    each.result()
            except BaseException:
                for each in writing:
                    each.cancel()
                writers.end()
                raise

    def _write_shard(
        self, write: Writer, shard: Shard, newest: int, progress: WritingProgress
    ) -> None:
        path = self._folder / shard.path
        path.parent.mkdir(parents=True, exist_ok=True)
        draft = path.with_name(f".{path.name}.{self._job.attempt}.draft")
        written = write(shard, draft, partial(progress.tell, shard))
        put_in_place(draft, path)
        if url := url_of(self._export, shard.path):
            send(path, url)
            path.unlink()
        values = {
            "split": shard.split, "first_position": shard.first, "end_position": shard.end,
            "rows": shard.rows, **written._asdict(), "guidelines": newest,
        }  # fmt: skip
        done = progress.note(shard, shard.rows)
        with session_scope() as session:
            self._job.fence(session)
            named = {"export_id": self._export.id, "path": shard.path}
            session.execute(
                insert(ExportShard)
                .values(**named, **values)
                .on_conflict_do_update(index_elements=list(named), set_=values)
            )
            self._job.progress(session, done, progress.total)


def _write_here(
    task: Task, shard: Shard, draft: Path, after_group: Callable[[int], None]
) -> Written:
    with session_scope() as session:
        return write_shard(session, task, shard, draft, after_group)


def _newest_guideline(session: Session) -> int:
    return session.scalar(select(func.max(GuidelineVersion.id))) or 0


def _take_away(job: ClaimedJob, export: ExportOut) -> None:
    """Leave nothing of what must not go out; a store that does not answer is not asked twice."""
    with session_scope() as session:
        job.fence(session)
        recorded = [shard.path for shard in shards_of(session, export.id)]
    folder = settings().home / "exports" / str(export.folder)
    here = [str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()]
    # An attempt on another host may have sent what is not here.
    for name in dict.fromkeys([*_BESIDE, *recorded, *here]):
        if url := url_of(export, name):
            with contextlib.suppress(OSError):
                remove_stored(url)
    shutil.rmtree(folder, ignore_errors=True)
