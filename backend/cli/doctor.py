"""`seedbed doctor`: what this machine lacks, one line each, with what to do about it."""

import importlib.util
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass

import typer
from celery import Celery
from rich.console import Console
from rich.text import Text
from sqlalchemy import NullPool, create_engine, text
from sqlalchemy.orm import Session

from backend.embedded import broker, model_server, postgres
from backend.embedded.home import home_folder, read_environment
from backend.embedded.parts import API_PORT, DASHBOARD_PORT, MODEL_PORT
from backend.embedded.ports import is_free
from backend.endpoints.service import in_process_names
from backend.jobs.service import QUIET_WORKER_SECONDS, seconds_since_heartbeat
from backend.queue import GPU, GPU_WORKER

OLDEST_PYTHON = (3, 11)
FREE_DISK = 2 * 2**30  # bytes: the environment, a database and some logs
BROWSERS = ("chromium", "chromium-browser", "google-chrome")


class Lacking(Exception):
    """Something is not as it should be; the message says what to do."""


class Advice(Exception):
    """Something could be better, and all works without it."""


@dataclass(frozen=True)
class Check:
    """A thing to look at; look: returns what was found, raises Lacking or Advice."""

    name: str
    look: Callable[[], str]


def doctor() -> None:
    """Check this machine; the exit code is 1 where something is lacking."""
    console = Console()
    results = [_print_result(console, check) for check in CHECKS]
    raise typer.Exit(0 if all(results) else 1)


def _print_result(console: Console, check: Check) -> bool:
    sign, style, found, good = "✓", "green", "", True
    try:
        found = check.look()
    except Advice as advice:
        sign, style, found = "!", "yellow", str(advice)
    except Exception as lacking:
        kind = "" if isinstance(lacking, Lacking) else f"{type(lacking).__name__}: "
        sign, style, found, good = "✗", "red", f"{kind}{lacking}", False
    line = Text.assemble((f"  {sign} ", style), (f"{check.name:<14}", "bold"), found)
    console.print(line, soft_wrap=True)
    return good


def _python() -> str:
    found = ".".join(map(str, sys.version_info[:3]))
    if sys.version_info < OLDEST_PYTHON:
        raise Lacking(f"{found} is too old: make the environment anew with 3.11 or later")
    return f"{found} at {sys.executable}"


def _disk() -> str:
    home = home_folder()
    existing = next(folder for folder in (home, *home.parents) if folder.exists())
    free = shutil.disk_usage(existing).free
    if free < FREE_DISK:
        raise Lacking(
            f"{free / 2**30:.1f} GB are free at {existing}; make room, or set SEEDBED_HOME"
        )
    if not os.access(existing, os.W_OK):
        raise Lacking(f"{existing} is not yours to write in; set SEEDBED_HOME")
    return f"{free / 2**30:.0f} GB free at {existing}"


def _postgres() -> str:
    if os.environ.get("SEEDBED_DATABASE_URL"):
        return "not needed: SEEDBED_DATABASE_URL is set"
    with tempfile.TemporaryDirectory() as folder:
        postgres.start(folder, settings=postgres.SCRATCH_SETTINGS)
        postgres.stop(folder)
    return "starts and stops"


def _broker() -> str:
    if os.environ.get("SEEDBED_BROKER_URL"):
        return "not needed: SEEDBED_BROKER_URL is set"
    with tempfile.TemporaryDirectory() as folder:
        broker.start(folder)
        broker.stop(folder)
    return "starts and stops"


def _database_url() -> str:
    url = os.environ.get("SEEDBED_DATABASE_URL")
    if not url:
        return "not set: the embedded Postgres is used"
    engine = create_engine(url, poolclass=NullPool, connect_args={"connect_timeout": 5})
    try:
        with engine.connect() as connection:
            version = connection.execute(text("SHOW server_version")).scalar_one()
    except Exception as error:
        reason = str(error).splitlines()[0]
        raise Lacking(f"SEEDBED_DATABASE_URL does not answer: {reason}") from error
    return f"PostgreSQL {version} at {engine.url.render_as_string(hide_password=True)}"


def _broker_url() -> str:
    url = os.environ.get("SEEDBED_BROKER_URL")
    if not url:
        return "not set: the embedded broker is used"
    try:
        with Celery(broker=url).connection_for_write(connect_timeout=5) as connection:
            connection.ensure_connection(max_retries=1, timeout=5)
            return f"answers at {connection.as_uri()}"
    except Exception as error:
        raise Lacking(f"SEEDBED_BROKER_URL does not answer: {error}") from error


def _model() -> str:
    if importlib.util.find_spec("xllamacpp") is None or model_server.weights() is None:
        raise Advice("not installed: `make install` does it; `seedbed up --no-model` does without")
    return f"{model_server.ALIAS} is installed"


def _gpu_worker() -> str:
    variables = {**read_environment(home_folder()), **os.environ}
    url = variables.get("SEEDBED_DATABASE_URL")
    if not url:
        return "not looked for: Seedbed is not running here"
    engine = create_engine(url, poolclass=NullPool, connect_args={"connect_timeout": 5})
    try:
        with Session(engine) as session:
            names = in_process_names(session)
            age = seconds_since_heartbeat(session, queue=GPU)
    except Exception as error:
        raise Advice("not looked for: the database does not answer") from error
    if age is not None and age <= QUIET_WORKER_SECONDS:
        return "lives"
    if not names:
        return "not needed: no endpoint has the address vllm:"
    quiet = "none was ever seen" if age is None else f"no heartbeat for {age:.0f} s"
    raise Advice(f"{quiet}; {', '.join(names)} cannot be asked without one: {GPU_WORKER}")


def _sandbox() -> str:
    run = subprocess.run(
        [sys.executable, "-m", "workers.sandbox"], capture_output=True, text=True, check=True
    )
    level = run.stdout.strip()
    if level != "namespaces":
        raise Advice(
            f"{level}: programs are not run against seeds' tests (docs/operations.md, Sandbox)"
        )
    return "namespaces: programs are run against seeds' tests"


def _ports() -> str:
    running = read_environment(home_folder())
    if running:
        return f"Seedbed is running at {running['SEEDBED_DASHBOARD_URL']}"
    taken = [str(port) for port in (API_PORT, DASHBOARD_PORT, MODEL_PORT) if not is_free(port)]
    if taken:
        raise Advice(f"{', '.join(taken)} taken: others will be used, and said")
    return "free"


def _browser() -> str:
    found = next(filter(None, map(shutil.which, BROWSERS)), None)
    if found is None:
        raise Advice("no Chromium: tests in a real browser are skipped (apt install chromium)")
    return f"{found}, for tests"


CHECKS = [
    Check("Python", _python),
    Check("disk", _disk),
    Check("Postgres", _postgres),
    Check("broker", _broker),
    Check("local model", _model),
    Check("sandbox", _sandbox),
    Check("ports", _ports),
    Check("database URL", _database_url),
    Check("broker URL", _broker_url),
    Check("GPU worker", _gpu_worker),
    Check("browser", _browser),
]
