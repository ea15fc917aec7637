"""A fake API for the dashboard, and its pages as a signed-in user sees them."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from tests.dashboard.fake_api import FakeApi, FakeServer

APP = Path(__file__).parents[2] / "dashboard" / "app.py"
SECONDS = 60


@pytest.fixture()
def fake_api(monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeApi]:
    """An API with sixty seeds, a run, an import and an export."""
    yield from _served(FakeApi(), monkeypatch)


@pytest.fixture()
def empty_api(monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeApi]:
    """An API that has nothing yet."""
    yield from _served(FakeApi(seeds=0), monkeypatch)


def _served(api: FakeApi, monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeApi]:
    server = FakeServer(api)
    monkeypatch.setenv("SEEDBED_API_URL", server.url)
    yield api
    server.stop()


@pytest.fixture()
def no_api(monkeypatch: pytest.MonkeyPatch) -> None:
    """No API: nothing listens at its address."""
    monkeypatch.setenv("SEEDBED_API_URL", "http://127.0.0.1:9")


def app() -> AppTest:
    """The dashboard before sign-in."""
    return AppTest.from_file(APP, default_timeout=SECONDS)


def signed_in(role: str = "curator", **query: str) -> AppTest:
    """The dashboard of a signed-in user, not yet run."""
    page = app()
    page.session_state["secret"] = "s3cret"
    page.session_state["user"] = {"id": 1, "name": "ada", "role": role}
    for name, value in query.items():
        page.query_params[name] = value
    return page


@pytest.fixture()
def open_page() -> Callable[..., AppTest]:
    """Opens a page of the dashboard: `open_page("seeds", role="viewer", seed="3")`."""

    def opened(name: str, role: str = "curator", **query: str) -> AppTest:
        page = signed_in(role).run()
        page = page.switch_page(f"app_pages/{name}.py")
        for key, value in query.items():
            page.query_params[key] = value
        return page.run()

    return opened
