"""A live API: a real server with real commits."""

import threading
from collections.abc import Iterator

import pytest
import uvicorn

from backend import queue
from backend.accounts import service as accounts
from backend.app import create_app
from backend.database import session_scope


@pytest.fixture
def api_url(committed: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """A server on a free port, and an admin's key in the environment."""
    monkeypatch.setattr(queue, "send", lambda job_id, queue: None)
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
