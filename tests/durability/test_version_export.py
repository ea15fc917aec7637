"""An export of a version outlives its workers: what was whole is kept, the files are the same."""

import contextlib
import os
import signal
from pathlib import Path

import pytest
from sqlalchemy import func, select

from backend.accounts import service as accounts
from backend.config import settings
from backend.database import session_scope
from backend.exports.schemas import VersionExportCreate
from backend.exports.service import get_export
from backend.exports.tables import ExportShard
from backend.exports.version_service import create_version_export
from backend.jobs import service as jobs
from backend.jobs.tables import Job
from backend.mixtures import service, versions
from backend.mixtures.freezing import freeze
from backend.mixtures.recipe import Recipe
from backend.runs.tables import Run
from tests.backend.embedded.waiting import wait_until
from tests.builders import create_run, create_sample, create_seed, create_trace
from tests.durability.conftest import Worker
from tests.version_exports import contents, folder_of
from workers.tasks.exports import write_version

SEEDS, WORDS, KILLS = 36, 8_000, 5
PROCESSES = 2
# Starting a worker takes seconds, on a busy machine many.
PATIENCE = 120.0


def _frozen() -> int:
    """A version of long traces, so that each of its files takes a while."""
    with session_scope() as session:
        admin = accounts.first_admin(session)
        run: Run = create_run(session, "traces")
        for number in range(SEEDS):
            seed = create_seed(session, f"What is {number} plus one?", status="accepted")
            thought = " ".join(f"{number} and {place * number}" for place in range(WORDS))
            sample = create_sample(session, seed, "teacher", reasoning=thought)
            create_trace(session, seed, run, sample=sample, thinking_tokens=490)
        mixture = service.create_mixture(session, admin, "long", Recipe(validation_share=0.2))
        version = versions.ask_for_version(session, admin, mixture.id)
    job = jobs.claim(version.job_id or 0, 60, "test/1")
    assert job is not None
    freeze(job)
    jobs.finish(job)
    return version.id


def _asked(version_id: int) -> tuple[int, int]:
    """An export in some thirty files of two rows, and its job."""
    with session_scope() as session:
        admin = accounts.first_admin(session)
        wanted = VersionExportCreate(name="long", format="trl-sft", shard_tokens=1000)
        export = create_version_export(session, admin, version_id, wanted)
    return export.id, export.job_id or 0


def _shards(export_id: int) -> dict[str, object]:
    with session_scope() as session:
        wanted = select(ExportShard.path, ExportShard.created_at, ExportShard.sha256)
        rows = session.execute(wanted.where(ExportShard.export_id == export_id)).all()
    return {row.path: tuple(row) for row in rows}


def _state(job_id: int) -> tuple[str, str | None]:
    with session_scope() as session:
        job = session.get_one(Job, job_id)
        return job.state, job.holder


def _children(process_id: int) -> list[int]:
    """The processes that live and that it has started."""
    children = []
    for entry in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            state, parent = entry.read_text().rpartition(")")[2].split()[:2]
            if int(parent) == process_id and state != "Z":
                children.append(int(entry.parent.name))
    return children


def _writes(process_id: int) -> bool:
    try:
        said = Path(f"/proc/{process_id}/cmdline").read_bytes()
    except OSError:
        return False
    return b"shard_process" in said


def _kill(process_id: int) -> None:
    """A worker's child that exports; what writes for it must end by itself."""
    writers = [child for child in _children(process_id) if _writes(child)]
    assert len(writers) == PROCESSES
    os.kill(process_id, signal.SIGKILL)
    wait_until(lambda: not any(map(_writes, writers)), PATIENCE)


def test_killed_workers_lose_no_file_that_was_whole(
    worker: Worker, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nor do their writing processes outlive them."""
    monkeypatch.setenv("SEEDBED_EXPORT_PROCESSES", str(PROCESSES))
    version_id = _frozen()
    export_id, job_id = _asked(version_id)
    worker.start()
    kept: dict[str, object] = {}
    killed: set[str | None] = {None}
    while len(killed) <= KILLS:
        known = len(kept)

        def is_further(known: int = known) -> bool:
            state, holder = _state(job_id)
            assert state != "done"
            return holder not in killed and len(_shards(export_id)) > known

        wait_until(is_further, PATIENCE)
        holder = _state(job_id)[1]
        assert holder is not None
        _kill(int(holder.rpartition("/")[2]))
        killed.add(holder)
        found = _shards(export_id)
        assert kept.items() <= found.items()  # written once, and not again
        kept = found
    wait_until(lambda: _state(job_id)[0] == "done", PATIENCE)
    assert kept.items() <= _shards(export_id).items()
    with session_scope() as session:
        broken = get_export(session, export_id).model_dump()
        files = session.scalar(
            select(func.count()).select_from(ExportShard).where(ExportShard.export_id == export_id)
        )
    assert broken["state"] == "finished"
    assert files == sum(sums["files"] for sums in broken["manifest"]["splits"].values())
    worker.stop()
    monkeypatch.setenv("SEEDBED_EXPORT_PROCESSES", "1")
    settings.cache_clear()
    other_id, other_job = _asked(version_id)
    job = jobs.claim(other_job, 60, "test/1")
    assert job is not None
    write_version(job)
    with session_scope() as session:
        whole = get_export(session, other_id).model_dump()
    assert contents(folder_of(broken)) == contents(folder_of(whole))
