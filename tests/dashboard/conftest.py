"""A fake API for the dashboard; its pages as a signed-in user sees them, and in a real browser."""

from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from uuid import uuid4

import pytest
from playwright.sync_api import Browser, Page
from streamlit.components.v2 import manifest_scanner
from streamlit.testing.v1 import AppTest

from tests.dashboard import browser as real
from tests.dashboard.contract import check_answer, check_request
from tests.dashboard.fake_api import FakeApi, FakeServer

APP = Path(__file__).parents[2] / "dashboard" / "app.py"
SECONDS = 90


@pytest.fixture(scope="session", autouse=True)
def components_are_looked_for_once() -> Iterator[None]:
    """Streamlit reads the metadata of all that is installed for each app: half a second a test."""
    with pytest.MonkeyPatch.context() as patch:
        once = cache(manifest_scanner.scan_component_manifests)
        patch.setattr(manifest_scanner, "scan_component_manifests", once)
        yield


@pytest.fixture
def fake_api(monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeApi]:
    """An API with sixty seeds, a run, an import and an export."""
    yield from _served(FakeApi(), monkeypatch)


@pytest.fixture
def empty_api(monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeApi]:
    """An API that has nothing yet."""
    yield from _served(FakeApi(seeds=0), monkeypatch)


def _served(api: FakeApi, monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeApi]:
    server = FakeServer(api)
    monkeypatch.setenv("SEEDBED_API_URL", server.url)
    yield api
    server.stop()
    _check(api)


def _check(api: FakeApi) -> None:
    """What was asked and answered fits the real API."""
    for request in api.requests:
        check_request(*request)
    for answer in api.answered:
        check_answer(*answer)


@pytest.fixture
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


@pytest.fixture
def open_page() -> Callable[..., AppTest]:
    """Opens a page of the dashboard: `open_page("seeds", role="viewer", seed="3")`."""

    def opened(name: str, role: str = "curator", **query: str) -> AppTest:
        page = signed_in(role).run()
        page = page.switch_page(f"app_pages/{name}.py")
        for key, value in query.items():
            page.query_params[key] = value
        return page.run()

    return opened


@pytest.fixture(scope="session")
def server() -> Iterator[FakeServer]:
    """The fake API that the dashboard's process speaks to."""
    server = FakeServer(FakeApi())
    yield server
    server.stop()


@pytest.fixture(scope="session")
def url(server: FakeServer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a real dashboard."""
    log: Path = tmp_path_factory.mktemp("dashboard") / "log.txt"
    with real.dashboard(server.url, log) as address:
        yield address


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """A real Chromium; while it is open, Playwright's event loop counts as running in this thread.

    So it must not outlive the module: other tests run loops of their own.
    """
    program = real.chromium()
    if program is None:
        pytest.skip("no Chromium on this machine")
    with real.browser(program) as opened:
        yield opened


@pytest.fixture
def api(server: FakeServer) -> Iterator[FakeApi]:
    """A fresh API behind the same address, whose seeds stand in no benchmark."""
    fresh = FakeApi()
    # A page that is closed sends once more what it holds: to this API it is a stranger's.
    fresh.secret = str(uuid4())
    for seed in fresh.seeds.values():
        seed["open_hits"], seed["evidence"]["hits"] = 0, []
    server.use(fresh)
    yield fresh
    _check(fresh)


@pytest.fixture
def page(chromium: Browser, url: str, api: FakeApi) -> Iterator[Page]:
    """The triage page, signed in by a link; nothing may go wrong in it or leave the machine."""
    context = chromium.new_context(viewport={"width": 1280, "height": 900})
    opened = context.new_page()
    opened.set_default_timeout(real.MILLISECONDS)
    complaints = real.watch(opened)
    opened.goto(f"{url}/triage?link=good-link")
    yield opened
    context.close()
    assert complaints == []


def _bar() -> None:
    import streamlit as st

    from dashboard import bulk_bar

    bulk_bar.draw(st.session_state["meant"])


@pytest.fixture
def bar(fake_api: FakeApi) -> AppTest:
    """The bar alone, for all seeds of a domain."""
    page = AppTest.from_function(_bar, default_timeout=SECONDS)
    page.session_state["secret"] = "s3cret"
    page.session_state["user"] = {"id": 1, "name": "ada", "role": "curator"}
    page.session_state["meant"] = {"domain": "arithmetic", "sort": "score"}
    return page
