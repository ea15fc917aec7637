"""From the button to the provider, back, over a reload, and out of both, with nothing faked but
the provider, which is a server of its own."""

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Page, expect

from tests.dashboard.browser import (
    MILLISECONDS,
    browser,
    chromium,
    dashboard,
    session_cookies,
    until,
    watch,
)
from tests.provider import CLIENT_ID, CLIENT_SECRET, Provider
from tests.services import eventually, free_port, process

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(chromium() is None, reason="no Chromium was found"),
]
KEY = "an-admin-key-for-tests"


@pytest.fixture
def provider() -> Iterator[Provider]:
    running = Provider()
    yield running
    running.stop()


@pytest.fixture
def environment(provider: Provider, database_url: str) -> dict[str, str]:
    """The settings of API and dashboard."""
    return {
        "SEEDBED_DATABASE_URL": database_url,
        "SEEDBED_ADMIN_KEY": KEY,
        "SEEDBED_API_URL": f"http://127.0.0.1:{free_port()}",
        "SEEDBED_OIDC_ISSUER": provider.issuer,
        "SEEDBED_OIDC_CLIENT_ID": CLIENT_ID,
        "SEEDBED_OIDC_CLIENT_SECRET": CLIENT_SECRET,
        "SEEDBED_OIDC_NAME": "Example",
    }


@pytest.fixture
def api(environment: dict[str, str], tmp_path: Path, committed: None) -> Iterator[httpx.Client]:
    """A real API, as an admin sees it."""
    port = environment["SEEDBED_API_URL"].rpartition(":")[2]
    command = ["uvicorn", "backend.app:create_app", "--factory", "--port", port]
    log = tmp_path / "api.log"
    with (
        process(command, environment, log),
        httpx.Client(
            base_url=environment["SEEDBED_API_URL"], headers={"Authorization": f"Bearer {KEY}"}
        ) as client,
    ):
        eventually(lambda: "running on" in log.read_text(), 60, "the API")
        yield client


@pytest.fixture
def page(api: httpx.Client, environment: dict[str, str], tmp_path: Path) -> Iterator[Page]:
    """The sign-in page of a real dashboard."""
    with (
        dashboard(environment["SEEDBED_API_URL"], tmp_path / "log.txt", environment) as url,
        browser(str(chromium())) as opened,
    ):
        page = opened.new_page()
        complaints = watch(page)
        page.goto(url)
        yield page
        assert complaints == []


def test_person_of_the_provider_signs_in_stays_and_leaves(
    page: Page, api: httpx.Client, provider: Provider
) -> None:
    added = api.post("/v1/users", json={"name": "ada@example.org", "role": "curator"})
    assert added.status_code == 201
    page.get_by_role("button", name="Sign in with Example").click()
    page.get_by_role("link", name="Continue as ada@example.org").click()
    expect(page.get_by_text("ada@example.org (curator)")).to_be_visible()
    until(lambda: bool(session_cookies(page)))
    assert page.evaluate("document.cookie").count("_streamlit_user") == 0
    page.reload()
    expect(page.get_by_text("ada@example.org (curator)")).to_be_visible()

    # The button to sign in is there at once; the browser still goes to the provider and back.
    with page.expect_event("load", timeout=MILLISECONDS):
        page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("button", name="Sign in with Example")).to_be_visible()
    assert "/end-session" in provider.asked
    kept = ("seedbed_session", "_streamlit_user")
    until(lambda: not any(c["name"].startswith(kept) for c in page.context.cookies()))
    page.reload()
    expect(page.get_by_role("button", name="Sign in with Example")).to_be_visible()


def test_stranger_learns_what_an_admin_has_to_do(page: Page) -> None:
    page.get_by_role("button", name="Sign in with Example").click()
    page.get_by_role("link", name="Continue as ada@example.org").click()
    expect(page.get_by_text("Example could not sign you in")).to_contain_text(
        "seedbed users create ada@example.org"
    )
