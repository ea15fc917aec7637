"""Fixtures: a real Postgres migrated by Alembic, a rolled-back transaction a test, clients."""

import shutil
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path

import pytest
from alembic import command
from alembic.config import Config
from fastapi import FastAPI
from fastapi.testclient import TestClient
from hypothesis import settings as settings_of_hypothesis
from sqlalchemy import Connection, text
from sqlalchemy.orm import Session, sessionmaker

from backend import database, queue
from backend.accounts import service as accounts
from backend.accounts.tables import User
from backend.app import create_app
from backend.config import settings
from backend.embedded import postgres
from backend.tables import Base

# The same examples each time, so that a change is what makes a test fail. To look for new ones:
# pytest --hypothesis-profile=explore
settings_of_hypothesis.register_profile("fixed", derandomize=True, deadline=None)
settings_of_hypothesis.register_profile("explore", derandomize=False, deadline=None)
settings_of_hypothesis.load_profile("fixed")

_numbers = count(1)
ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="session", autouse=True)
def database_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A real Postgres of this test process, with the schema that the migrations make."""
    folder = tmp_path_factory.mktemp("postgres")
    url = postgres.start(folder, settings=postgres.SCRATCH_SETTINGS).url()
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SEEDBED_DATABASE_URL", url)
        patch.setenv("SEEDBED_BROKER_URL", "memory://")
        patch.setenv("SEEDBED_HOME", str(tmp_path_factory.mktemp("home")))
        # Other processes do not see what a test's transaction has written.
        patch.setenv("SEEDBED_EXPORT_PROCESSES", "1")
        settings.cache_clear()
        command.upgrade(Config(ROOT / "alembic.ini"), "head")
        yield url
        database.engine().dispose()
    postgres.stop(folder)


@pytest.fixture
def connection() -> Iterator[Connection]:
    """One connection whose transaction is rolled back at the end of the test."""
    with database.engine().connect() as connection:
        transaction = connection.begin()
        yield connection
        transaction.rollback()


@pytest.fixture
def session(connection: Connection, monkeypatch: pytest.MonkeyPatch) -> Iterator[Session]:
    """A session in the test's transaction; every `session_scope` of the product joins it."""
    sessions = sessionmaker(
        connection, expire_on_commit=False, join_transaction_mode="create_savepoint"
    )
    monkeypatch.setattr(database, "_sessions", lambda: sessions)
    with sessions() as session:
        yield session


@pytest.fixture
def committed() -> Iterator[None]:
    """For tests with several connections or processes: real commits, tables emptied at the end."""
    yield
    names = ", ".join(table.name for table in Base.metadata.sorted_tables)
    with database.engine().begin() as connection:
        connection.execute(text(f"truncate {names} restart identity cascade"))
    # Their folders are named by numbers, which are given out anew from here on.
    for folder in ("exports", "training"):
        shutil.rmtree(settings().home / folder, ignore_errors=True)


@pytest.fixture
def woken(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The jobs for which a wake-up was sent."""
    sent: list[int] = []
    monkeypatch.setattr(queue, "send", lambda job_id, queue: sent.append(job_id))
    return sent


ClientFactory = Callable[[str], TestClient]


@pytest.fixture(scope="session")
def app() -> FastAPI:
    """The application, made once: with its first request it builds all of its routes."""
    return create_app()


@pytest.fixture
def client_as(app: FastAPI, session: Session, woken: list[int]) -> Iterator[ClientFactory]:
    """Makes a client signed in with a role: `client_as("curator")`.

    The session's objects are expired before each request: a new request would not have them.
    """
    with TestClient(app):

        def make(role: str) -> TestClient:
            user = accounts.create_user(session, f"{role}-{next(_numbers)}", role)
            return client_of(user)

        def client_of(user: User) -> TestClient:
            secret = accounts.issue_key(session, user, "api", "test").secret
            session.commit()
            client = TestClient(app, headers={"Authorization": f"Bearer {secret}"})
            client.event_hooks = {"request": [lambda _: session.expire_all()]}
            client.user = user  # type: ignore[attr-defined]
            return client

        yield make


@pytest.fixture
def client(client_as: ClientFactory) -> TestClient:
    """A client signed in as admin."""
    return client_as("admin")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Real browsers and processes on a crowded machine may try once more; nothing else may.

    What is wrong is wrong twice. The report names who needed it: each is a race to be looked into.
    What pytest had to end itself is left out: it has left a browser's loop in the middle.
    """
    again = pytest.mark.flaky(reruns=1, rerun_except=[r"Timeout \(>"])
    for item in items:
        if item.get_closest_marker("browser") or {"durability", "flows"} & set(item.path.parts):
            item.add_marker(again)
