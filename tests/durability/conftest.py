"""Real brokers and a real worker process on the test's Postgres, to be killed."""

import contextlib
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from kombu import Connection
from sqlalchemy import select

from backend import queue
from backend.config import settings
from backend.database import session_scope
from backend.embedded import broker
from backend.embedded.lifetime import spawn
from backend.training_runs.tables import TrainingRun
from tests.training_runs import end_run, standin
from tests.workers.fake_openai import FakeOpenAI

LEASE_SECONDS = 2.0
MACHINES_BROKERS = {
    "rabbitmq": os.environ.get("SEEDBED_TEST_RABBITMQ_URL", "amqp://guest:guest@127.0.0.1:5672//"),
    "redis": os.environ.get("SEEDBED_TEST_REDIS_URL", "redis://127.0.0.1:6379/9"),
}


@pytest.fixture
def server() -> Iterator[FakeOpenAI]:
    with FakeOpenAI() as server:
        yield server


@pytest.fixture
def broker_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The embedded broker, or one of the machine's where the test asks for it by name."""
    kind = getattr(request, "param", "embedded")
    if kind != "embedded":
        url = MACHINES_BROKERS[kind]
        if not _answers(url):
            pytest.skip(f"no {kind} answers at {url.rpartition('@')[2]}")
        yield url
        return
    yield broker.start(tmp_path / "broker").url
    broker.stop(tmp_path / "broker")


def _answers(url: str) -> bool:
    try:
        with Connection(url, connect_timeout=2) as connection:
            connection.ensure_connection(max_retries=1, timeout=2)
    except Exception:
        return False
    return True


class Worker:
    """A Celery worker in its own process group; with prefork children unless told otherwise."""

    def __init__(self, log: Path) -> None:
        self.log = log
        self._process: subprocess.Popen[bytes] | None = None

    def start(self, *options: str) -> None:
        alone = ["--concurrency", "2", "--without-mingle", "--without-gossip"]
        command = [sys.executable, "-m", "celery", "-A", "workers.app", "worker", *alone, *options]
        with self.log.open("ab") as log:
            self._process = spawn(command, log)
        self._leader = self._process.pid

    def kill(self, *, alone: bool = False) -> None:
        """kill -9, children and all unless it is to die alone."""
        assert self._process is not None
        (os.kill if alone else os.killpg)(self._process.pid, signal.SIGKILL)
        self._process.wait()
        self._process = None

    def group(self) -> list[int]:
        """The worker and its children that live, also after it was killed alone."""
        members = []
        for entry in Path("/proc").glob("[0-9]*/stat"):
            with contextlib.suppress(OSError):
                state, _, group = entry.read_text().rpartition(")")[2].split()[:3]
                if int(group) == self._leader and state != "Z":
                    members.append(int(entry.parent.name))
        return members

    def stop(self) -> None:
        if self._process is not None:
            self.kill()


@pytest.fixture
def worker(
    broker_url: str, committed: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Worker]:
    """A worker, not started yet; this process sends its wake-ups through the same broker."""
    monkeypatch.setenv("SEEDBED_BROKER_URL", broker_url)
    monkeypatch.setenv("SEEDBED_JOB_LEASE_SECONDS", str(LEASE_SECONDS))
    settings.cache_clear()
    queue.celery_app.cache_clear()
    worker = Worker(tmp_path / "worker.log")
    yield worker
    worker.stop()
    monkeypatch.undo()
    settings.cache_clear()
    queue.celery_app().close()
    queue.celery_app.cache_clear()


@pytest.fixture
def trained_by_standin(
    worker: Worker, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Worker]:
    """The worker, with the stand-in as the Python that trains; what it has started is ended."""
    standin(tmp_path, monkeypatch)
    yield worker
    with session_scope() as session:
        handles = list(session.scalars(select(TrainingRun.handle)))
    for handle in handles:
        end_run(handle)
