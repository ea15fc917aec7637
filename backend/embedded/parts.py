"""The parts of Seedbed on one machine: their commands, their order and how each shows readiness."""

import json
import os
import signal
import sys
import urllib.error
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass
from http.client import HTTPResponse
from pathlib import Path

from backend.embedded import broker, model_server, postgres
from backend.embedded.child import Part
from backend.embedded.folders import ROOT

API_PORT = 8300
DASHBOARD_PORT = 8301
MODEL_PORT = 8302
# A scoring run holds one for as long as it takes; exports, checks and trials need another.
WORKER_PROCESSES = 3


@dataclass(frozen=True)
class Plan:
    """Where everything is to be; a given database or broker replaces the embedded one.

    public_url: where people reach the dashboard, if not on this machine's own address.
    """

    home: Path
    api_port: int
    dashboard_port: int
    model_port: int | None = None
    database_url: str | None = None
    broker_url: str | None = None
    public_url: str | None = None

    @property
    def api_url(self) -> str:
        return f"http://127.0.0.1:{self.api_port}"

    @property
    def dashboard_url(self) -> str:
        return f"http://127.0.0.1:{self.dashboard_port}"

    @property
    def postgres_folder(self) -> Path:
        return self.home / "postgres"

    @property
    def broker_folder(self) -> Path:
        return self.home / "broker"

    def environment(self) -> dict[str, str]:
        """The variables by which every part finds the others."""
        found = {
            "SEEDBED_HOME": str(self.home),
            "SEEDBED_DATABASE_URL": self.database_url or postgres.url(self.postgres_folder),
            "SEEDBED_BROKER_URL": self.broker_url or broker.url(self.broker_folder),
            "SEEDBED_API_URL": self.api_url,
            "SEEDBED_DASHBOARD_URL": self.public_url or self.dashboard_url,
        }
        if self.model_port is not None:
            found["SEEDBED_LOCAL_MODEL_URL"] = f"http://127.0.0.1:{self.model_port}/v1"
        return found


def parts_of(plan: Plan, *, demo: bool) -> list[Part]:
    """All parts of a plan, in the order in which they are shown."""
    storage = [
        *([] if plan.database_url else [_postgres(plan)]),
        *([] if plan.broker_url else [_broker(plan)]),
    ]
    before_migrations = [part.name for part in storage if part.name == "postgres"]
    migrations = Part(
        "migrations",
        [sys.executable, "-m", "alembic", "-c", str(ROOT / "alembic.ini"), "upgrade", "head"],
        after=before_migrations,
        once=True,
    )
    needs = [*(part.name for part in storage), migrations.name]
    model = [] if plan.model_port is None else [_model(plan.model_port)]
    served = [*storage, migrations, _api(plan, needs), _worker(plan, needs), *model]
    whole = [*served, _dashboard(plan)]
    return [*whole, *([_demo([part.name for part in whole])] if demo else [])]


def _postgres(plan: Plan) -> Part:
    def is_ready() -> bool:
        if not postgres.is_ready(plan.postgres_folder):
            return False
        postgres.ensure_database(plan.postgres_folder)
        return True

    return Part(
        "postgres",
        [*postgres.command(plan.postgres_folder), f"--parent={os.getpid()}"],
        is_ready,
        stop_signal=signal.SIGINT,  # its fast shutdown
        stop_patience=20.0,
    )


def _broker(plan: Plan) -> Part:
    return Part(
        "broker", broker.command(plan.broker_folder), lambda: broker.is_ready(plan.broker_folder)
    )


def _api(plan: Plan, after: list[str]) -> Part:
    def is_ready() -> bool:
        parts = _health(plan)
        return parts.get("database") == parts.get("broker") == "ok"

    command = [sys.executable, "-m", "uvicorn", "backend.app:create_app", "--factory"]
    listening = ["--host", "127.0.0.1", "--port", str(plan.api_port)]
    # Streams to open pages would otherwise hold it for ever.
    ending = ["--no-access-log", "--timeout-graceful-shutdown", "3"]
    return Part("api", [*command, *listening, *ending], is_ready, after, address=plan.api_url)


def _worker(plan: Plan, after: list[str]) -> Part:
    command = [sys.executable, "-m", "celery", "-A", "workers.app", "worker"]
    options = ["--concurrency", str(WORKER_PROCESSES), "--loglevel", "INFO"]
    alone = ["--without-mingle", "--without-gossip"]
    return Part(
        "worker", [*command, *options, *alone], lambda: _health(plan).get("worker") == "ok", after
    )


def _model(port: int) -> Part:
    address = f"http://127.0.0.1:{port}"
    return Part(
        "model",
        model_server.command(port),
        lambda: _answers(f"{address}/health"),
        address=f"{address}/v1",
    )


def _dashboard(plan: Plan) -> Part:
    command = [sys.executable, "-m", "streamlit", "run", str(ROOT / "dashboard" / "server.py")]
    options = {
        "server.address": "127.0.0.1",
        "server.port": str(plan.dashboard_port),
        "server.headless": "true",
        "server.fileWatcherType": "none",
        "browser.gatherUsageStats": "false",
    }
    arguments = [part for name, value in options.items() for part in (f"--{name}", value)]
    return Part(
        "dashboard",
        [*command, *arguments],
        lambda: _answers(f"{plan.dashboard_url}/_stcore/health"),
        address=plan.dashboard_url,
    )


def _demo(after: list[str]) -> Part:
    command = [sys.executable, "-m", "backend.cli.app", "demo", "--if-empty"]
    return Part("demo", command, after=after, once=True, essential=False)


def _health(plan: Plan) -> Mapping[str, str]:
    """What the API says of each part; empty where it does not answer."""
    try:
        with _open(f"{plan.api_url}/healthz") as answer:
            body = answer.read()
    except urllib.error.HTTPError as not_well:
        with not_well:
            body = not_well.read()
    except OSError:
        return {}
    try:
        parts: dict[str, str] = json.loads(body)["parts"]
    except (ValueError, KeyError):
        return {}
    return parts


def _answers(url: str) -> bool:
    """Whether it answers, and well."""
    try:
        _open(url).close()
    except OSError:  # HTTP errors are of this kind
        return False
    return True


def _open(url: str) -> HTTPResponse:
    direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    answer: HTTPResponse = direct.open(url, timeout=2)
    return answer
