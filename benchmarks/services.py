"""The real services for a benchmark: Postgres, broker, API and worker, in a folder of their own.

They end with the process that started them. Nothing is shared with an installation that runs.
"""

import os
import secrets
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx

from backend.embedded import broker, postgres
from backend.embedded.folders import ROOT
from backend.embedded.lifetime import spawn

PATIENCE_SECONDS = 60.0


class Services:
    """Running services; `api` speaks as admin."""

    def __init__(self, folder: Path, environment: Mapping[str, str], concurrency: int) -> None:
        self.folder = folder
        self.environment = dict(environment)
        self.api = httpx.Client(
            base_url=environment["SEEDBED_API_URL"],
            headers={"Authorization": f"Bearer {environment['SEEDBED_ADMIN_KEY']}"},
            timeout=60,
        )
        self._concurrency = concurrency
        self._processes: dict[str, subprocess.Popen[bytes]] = {}

    def start(self, name: str, command: Sequence[str]) -> subprocess.Popen[bytes]:
        """Start a command in its own process group, its output in a log of that name."""
        with self.log(name).open("ab") as log:
            process = spawn(command, log, environment=self.environment)
        self._processes[name] = process
        return process

    def log(self, name: str) -> Path:
        """Where a service's output is."""
        return self.folder / f"{name}.log"

    def start_worker(self) -> None:
        """Start the worker, with prefork children."""
        options = ["--concurrency", str(self._concurrency), "--without-mingle", "--without-gossip"]
        self.start(
            "worker", [sys.executable, "-m", "celery", "-A", "workers.app", "worker", *options]
        )

    def start_dashboard(self) -> str:
        """Start the dashboard and wait until it answers; its address."""
        port = free_port()
        app = str(ROOT / "dashboard" / "server.py")
        options = ["--server.port", str(port), "--server.fileWatcherType", "none"]
        self.start("dashboard", [sys.executable, "-m", "streamlit", "run", app, *options])
        url = f"http://127.0.0.1:{port}"
        wait_until(lambda: _answers(f"{url}/_stcore/health"), "the dashboard")
        return url

    def peak_mb(self, name: str) -> float:
        """The most memory that a service's processes have held, in MB; shared pages count often."""
        return sum(
            int(Path(f"/proc/{pid}/status").read_text().split("VmHWM:")[1].split()[0]) / 1024
            for pid in self._process_ids(name)
        )

    def cpu_seconds(self, name: str) -> float:
        """CPU time of a service's processes so far."""
        ticks = sum(sum(map(int, _stat(pid)[11:13])) for pid in self._process_ids(name))
        return ticks / os.sysconf("SC_CLK_TCK")

    def _process_ids(self, name: str) -> list[int]:
        """The processes of a service's group."""
        group = str(self._processes[name].pid)
        ids = [int(path.name) for path in Path("/proc").iterdir() if path.name.isdecimal()]
        return [pid for pid in ids if _stat(pid)[2:3] == [group] and _stat(pid)[:1] != ["Z"]]

    def kill(self, name: str) -> None:
        """Kill a service and its children with no chance to say goodbye."""
        process = self._processes.pop(name)
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()

    def stop(self) -> None:
        """End all processes."""
        self.api.close()
        for process in self._processes.values():
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
        self._processes.clear()

    def get(self, path: str, **query: Any) -> Any:
        """The JSON of a GET request that has to succeed."""
        return self._checked(self.api.get(path, params=query))

    def post(self, path: str, body: Any = None) -> Any:
        """The JSON of a POST request that has to succeed."""
        return self._checked(self.api.post(path, json=body))

    def pages(self, path: str, **query: Any) -> Iterator[Any]:
        """All items of a list."""
        after = None
        while True:
            page = self.get(path, limit=1000, **query, **({"after": after} if after else {}))
            yield from page["items"]
            after = page["next"]
            if after is None:
                return

    @staticmethod
    def _checked(response: httpx.Response) -> Any:
        if response.is_error:
            raise RuntimeError(f"{response.request.url}: {response.status_code} {response.text}")
        return response.json()


def _stat(pid: int) -> list[str]:
    """The fields of /proc/PID/stat from the state on; none where the process has ended."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return []


def free_port() -> int:
    """A port that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_until(holds: Callable[[], bool], what: str, seconds: float = PATIENCE_SECONDS) -> None:
    """Poll until it holds.

    Raises:
        TimeoutError: it does not, after so long.
    """
    deadline = time.monotonic() + seconds
    while not holds():
        if time.monotonic() > deadline:
            raise TimeoutError(f"{what} was not ready after {seconds:.0f} s")
        time.sleep(0.1)


@contextmanager
def running_services(
    *, broker_url: str | None = None, concurrency: int = 2, lease_seconds: float = 5.0
) -> Iterator[Services]:
    """All services, started in a temporary folder; a given broker replaces the embedded one."""
    with tempfile.TemporaryDirectory(prefix="seedbed-benchmark-") as name:
        folder = Path(name)
        database = postgres.start(folder / "postgres")
        environment = os.environ | {
            "SEEDBED_HOME": name,
            "SEEDBED_DATABASE_URL": database.url(),
            "SEEDBED_BROKER_URL": broker_url or broker.start(folder / "broker").url,
            "SEEDBED_API_URL": f"http://127.0.0.1:{free_port()}",
            "SEEDBED_ADMIN_KEY": secrets.token_urlsafe(32),
            "SEEDBED_JOB_LEASE_SECONDS": str(lease_seconds),
        }
        services = Services(folder, environment, concurrency)
        try:
            _start_all(services)
            yield services
        finally:
            services.stop()
            broker.stop(folder / "broker")
            postgres.stop(folder / "postgres")


def _start_all(services: Services) -> None:
    migrate = [sys.executable, "-m", "alembic", "-c", str(ROOT / "alembic.ini"), "upgrade", "head"]
    subprocess.run(migrate, cwd=ROOT, env=services.environment, check=True)
    port = services.environment["SEEDBED_API_URL"].rpartition(":")[2]
    command = [sys.executable, "-m", "uvicorn", "backend.app:create_app", "--factory"]
    services.start("api", [*command, "--port", port, "--no-access-log"])
    services.start_worker()
    wait_until(lambda: _is_well(services), f"one of the services in {services.folder}")


def _is_well(services: Services) -> bool:
    return _answers(f"{services.environment['SEEDBED_API_URL']}/healthz")


def _answers(url: str) -> bool:
    try:
        return httpx.get(url).status_code == 200
    except httpx.TransportError:
        return False
