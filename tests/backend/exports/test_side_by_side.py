"""Files that several processes write: the same bytes, the same refusals, and nobody is left."""

import os
import signal
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import func, select, update

from backend.accounts import service as accounts
from backend.config import settings
from backend.database import session_scope
from backend.errors import Conflict
from backend.exports.files import sha256_of
from backend.exports.schemas import VersionExportCreate
from backend.exports.service import get_export
from backend.exports.shard_writers import ShardWriters
from backend.exports.shard_writing import Order
from backend.exports.shards import Shard
from backend.exports.version_service import create_version_export
from backend.jobs import service as jobs
from backend.jobs.service import LeaseLost
from backend.jobs.tables import Job
from backend.mixtures import service, versions
from backend.mixtures.freezing import freeze
from backend.mixtures.recipe import Recipe
from backend.mixtures.tables import MixtureRow
from backend.scoring.tables import Sample
from tests.builders import create_endpoint, create_run, create_sample, create_seed, create_trace
from tests.guided_runs import GUIDELINE, add_guideline
from tests.version_exports import contents, folder_of
from workers.tasks.exports import write_version

SEEDS, SHARDS = 40, 9


@pytest.fixture
def processes(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[int], None]]:
    """Sets how many write."""

    def set_to(count: int) -> None:
        monkeypatch.setenv("SEEDBED_EXPORT_PROCESSES", str(count))
        settings.cache_clear()

    yield set_to
    monkeypatch.undo()
    settings.cache_clear()


def _frozen() -> int:
    with session_scope() as session:
        admin = accounts.first_admin(session)
        run = create_run(session, "traces")
        teacher = create_endpoint(session, "teacher")
        for number in range(SEEDS):
            seed = create_seed(session, f"Wie groß ist {number}·π?", status="accepted")
            thought = f"Let x < {number}. `x` is {number}."
            sample = create_sample(session, seed, endpoint=teacher, reasoning=thought)
            create_trace(session, seed, run, sample=sample, thinking_tokens=90)
        mixture = service.create_mixture(session, admin, "m", Recipe(validation_share=0.2))
        version = versions.ask_for_version(session, admin, mixture.id)
    job = jobs.claim(version.job_id or 0, 60, "test/1")
    assert job is not None
    freeze(job)
    jobs.finish(job)
    return version.id


def _claimed(version_id: int, **wanted: object) -> tuple[int, jobs.ClaimedJob]:
    """An export in about `SHARDS` files, and its job."""
    body = {"name": "m", "format": "trl-sft", "shard_tokens": 1000} | wanted
    with session_scope() as session:
        admin = accounts.first_admin(session)
        asked = VersionExportCreate.model_validate(body)
        export = create_version_export(session, admin, version_id, asked)
    job = jobs.claim(export.job_id or 0, 60, "test/1")
    assert job is not None
    return export.id, job


def _exported(version_id: int, **wanted: object) -> dict:
    export_id, job = _claimed(version_id, **wanted)
    write_version(job)
    with session_scope() as session:
        return get_export(session, export_id).model_dump()


@pytest.mark.parametrize(("kind", "counts"), [("parquet", (2, 3)), ("jsonl.zst", (2,))])
def test_bytes_are_the_same_whoever_writes_them(
    committed: None, processes: Callable[[int], None], kind: str, counts: tuple[int, ...]
) -> None:
    version_id = _frozen()
    processes(1)
    alone = _exported(version_id, kind=kind)
    assert len(alone["manifest"]["files"]) > 4
    for count in counts:
        processes(count)
        together = _exported(version_id, kind=kind)
        assert together["manifest"]["files"] == alone["manifest"]["files"]
        assert contents(folder_of(together)) == contents(folder_of(alone))


def test_row_that_is_refused_ends_all(committed: None, processes: Callable[[int], None]) -> None:
    version_id = _frozen()
    add_guideline()
    with session_scope() as session:
        taken = select(func.min(MixtureRow.sample_id)).where(MixtureRow.version_id == version_id)
        sample_id = session.scalar(taken)
        session.execute(update(Sample).where(Sample.id == sample_id).values(reasoning=GUIDELINE))
    processes(2)
    export_id, job = _claimed(version_id)
    with pytest.raises(
        Conflict, match=rf"trace {sample_id}\) cannot be written: its messages"
    ) as raised:
        write_version(job)
    assert raised.value.problem_code == "row_refused"
    assert _children() == []
    with session_scope() as session:
        folder = settings().home / "exports" / str(get_export(session, export_id).folder)
    assert not folder.exists()


def test_who_has_lost_the_job_ends_its_writers(
    committed: None, processes: Callable[[int], None]
) -> None:
    version_id = _frozen()
    processes(2)
    _, job = _claimed(version_id)
    with session_scope() as session:
        session.execute(update(Job).where(Job.id == job.id).values(attempt=job.attempt + 1))
    with pytest.raises(LeaseLost):
        write_version(job)
    assert _children() == []


def test_writer_that_dies_is_told_and_the_next_file_has_another(
    committed: None, processes: Callable[[int], None], tmp_path: Path
) -> None:
    version_id = _frozen()
    shard = Shard("data/a.parquet", "train", 0, 10)

    with ShardWriters(Order(version_id, "trl-sft", "parquet", []), 1) as writers:
        draft = tmp_path / "a"
        first = writers.write(shard, draft, lambda rows: None)
        assert (first.bytes, first.sha256) == (draft.stat().st_size, sha256_of(draft))
        [child] = _children()
        os.kill(child, signal.SIGKILL)
        with pytest.raises(RuntimeError, match="has ended with -9; where memory is short"):
            writers.write(shard, draft, lambda rows: None)
        assert writers.write(shard, draft, lambda rows: None) == first
    assert _children() == []


def _children() -> list[int]:
    """Living processes that write files for this one."""
    found = []
    for entry in Path("/proc").glob("[0-9]*/stat"):
        try:
            state, parent = entry.read_text().rpartition(")")[2].split()[:2]
            said = (entry.parent / "cmdline").read_bytes()
        except OSError:
            continue
        if int(parent) == os.getpid() and state != "Z" and b"shard_process" in said:
            found.append(int(entry.parent.name))
    return found
