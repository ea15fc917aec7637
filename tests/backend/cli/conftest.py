"""A live API for the commands: a real server, real commits."""

import threading
from collections.abc import Callable, Iterator

import pytest
import uvicorn
from typer.testing import CliRunner, Result

from backend import queue
from backend.accounts import service as accounts
from backend.app import create_app
from backend.cli.app import app
from backend.database import session_scope

Run = Callable[..., Result]


@pytest.fixture
def api_url(committed: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """A server on a free port, and an admin's key in the environment."""
    monkeypatch.setattr(queue, "send", lambda job_id: None)
    with session_scope() as session:
        admin = accounts.first_admin(session)
        monkeypatch.setenv("SEEDBED_KEY", accounts.issue_key(session, admin, "api", "t").secret)
    server = uvicorn.Server(uvicorn.Config(create_app(), port=0, log_level="warning"))
    thread = threading.Thread(target=server.run, name="api")
    thread.start()
    pause = threading.Event()
    while not server.started:
        assert thread.is_alive()
        pause.wait(0.02)
    url = f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    monkeypatch.setenv("SEEDBED_API_URL", url)
    yield url
    server.should_exit = True
    thread.join(10)


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch) -> Run:
    """Runs a command line: `run("seeds", "list")`."""
    monkeypatch.setenv("COLUMNS", "200")

    def call(*words: str, status: int = 0, **options: str) -> Result:
        result = CliRunner().invoke(app, words, **options)  # type: ignore[arg-type]
        assert result.exit_code == status, result.output
        return result

    return call
