"""Every page in light and dark, looked over by axe-core; and the way through them by keyboard."""

from collections.abc import Iterator
from contextlib import suppress

import pytest
from playwright.sync_api import Browser, Error, Page, expect

from tests.dashboard import browser as real
from tests.dashboard.accessibility import barriers
from tests.dashboard.fake_api import FakeApi, FakeServer
from tests.dashboard.fake_trace_routes import trace

pytestmark = pytest.mark.browser
# Beside the pages of the navigation: what opens from their rows.
OPENED = ["seeds?seed=3", "contamination?hit=60", "duplicates?group=1", "runs?run=2"]
OPENED += ["export?export=1", "traces?trace=3", "safety?guideline=1", "mixtures?mixture=1"]
OPENED += ["runs?augment=1"]
THEMES = ["light", "dark"]


@pytest.fixture
def themed(chromium: Browser, server: FakeServer, request: pytest.FixtureRequest) -> Iterator[Page]:
    """A page in a theme, before sign-in; the API knows an admin, who sees everything."""
    api = FakeApi(role="admin")
    api.traces = [trace(3)]
    server.use(api)
    context = chromium.new_context(
        viewport={"width": 1280, "height": 900}, color_scheme=request.param
    )
    context.set_default_timeout(real.MILLISECONDS)
    yield context.new_page()
    context.close()


def nothing_folded(page: Page) -> bool:
    """Open the first that is folded, if any is: a page that draws itself anew folds it again."""
    folded = page.locator("[data-testid=stExpander] details:not([open]) > summary")
    if not folded.count():
        return True
    with suppress(Error):
        head = folded.first.element_handle()
        head.click(timeout=5000)
        page.wait_for_function("head => head.parentElement.open", arg=head, timeout=5000)
    return False


def drawn(page: Page) -> None:
    """Wait until the page is whole, and open what is folded."""
    app = "[data-testid=stApp][data-test-connection-state=CONNECTED]"
    page.locator(f"{app}[data-test-script-state=notRunning]").wait_for()
    page.locator("h1").first.wait_for()
    expect(page.get_by_test_id("stSkeleton")).to_have_count(0)
    real.until(lambda: nothing_folded(page))
    page.locator(f"{app}[data-test-script-state=notRunning]").wait_for()
    expect(page.get_by_test_id("stSkeleton")).to_have_count(0)


@pytest.mark.parametrize("themed", THEMES, indirect=True)
def test_pages_have_no_barriers(themed: Page, url: str) -> None:
    found = {}
    themed.goto(url)
    themed.get_by_role("button", name="Sign in", exact=True).wait_for()
    found["sign-in"] = barriers(themed)
    themed.goto(f"{url}/?link=good-link")
    links = themed.get_by_test_id("stSidebarNavLink")
    links.first.wait_for()
    real.until(lambda: bool(real.session_cookies(themed)))
    addresses = [str(link.get_attribute("href")) for link in links.all()]
    assert len(addresses) > 10
    for address in [*addresses, *(f"{url}/{opened}" for opened in OPENED)]:
        themed.goto(address)
        drawn(themed)
        if address.endswith("/triage"):
            real.shown(themed)
        found[address.removeprefix(url)] = barriers(themed)
    assert {page: broken for page, broken in found.items() if broken} == {}


@pytest.mark.parametrize("themed", THEMES, indirect=True)
def test_sheet_of_keys_has_no_barriers(themed: Page, url: str) -> None:
    themed.goto(f"{url}/triage?link=good-link")
    real.shown(themed)
    themed.keyboard.press("?")
    themed.get_by_role("dialog").wait_for()
    assert barriers(themed) == []


def focused(page: Page) -> str:
    """The name of what has the focus, also within a shadow root; empty for a container."""
    name: str = page.evaluate(
        """() => {
          let at = document.activeElement;
          while (at?.shadowRoot?.activeElement) at = at.shadowRoot.activeElement;
          if (!at.matches("a, button, input, textarea, summary")) return "";
          return (at.ariaLabel || at.labels?.[0]?.innerText || at.innerText).trim();
        }"""
    )
    return name


def tab_to(page: Page, name: str) -> list[str]:
    """Press Tab until something of this name has the focus; what had it on the way."""
    passed: list[str] = []
    while len(passed) < 60:
        page.keyboard.press("Tab")
        passed.append(focused(page))
        if passed[-1].startswith(name):
            return passed
    raise AssertionError(f"Tab never came to {name}: {passed}")


@pytest.mark.parametrize("themed", ["light"], indirect=True)
def test_sign_in_by_keyboard_alone(themed: Page, url: str) -> None:
    themed.goto(url)
    themed.get_by_role("button", name="Sign in", exact=True).wait_for()
    tab_to(themed, "Name")
    themed.keyboard.type("ada")
    assert tab_to(themed, "Password") == ["Password"]
    themed.keyboard.type("right")
    assert tab_to(themed, "Sign in") == ["Show password", "Sign in"]
    themed.keyboard.press("Enter")
    expect(themed.get_by_role("heading", name="Overview")).to_be_visible()


@pytest.mark.parametrize("themed", ["light"], indirect=True)
def test_triage_by_tab_alone(themed: Page, url: str, server: FakeServer) -> None:
    """The order is that on the screen: past the navigation, filters, the seed, what to do."""
    themed.goto(f"{url}/triage?link=good-link")
    first = real.shown(themed)
    assert tab_to(themed, "Skip to main content") == ["Skip to main content"]
    themed.keyboard.press("Enter")
    filters = tab_to(themed, "Search")
    assert not any("Overview" in name for name in filters)
    themed.keyboard.type("integers")
    themed.keyboard.press("Enter")
    expect(themed.get_by_test_id("seed")).not_to_have_text(first)
    order = tab_to(themed, "Accept")
    assert "Status" in order
    themed.keyboard.press("Enter")
    api: FakeApi = server.handler.api
    real.until(lambda: [d["kind"] for d in api.decisions] == ["accept"])
    assert focused(themed).startswith("Accept")  # the focus stays where it was
    buttons = [name.split()[0] for name in tab_to(themed, "Undo")]
    assert [name for name in buttons if name in ("Reject", "Skip", "Flag", "Undo")] == [
        "Reject", "Reject", "Skip", "Flag", "Undo",
    ]  # fmt: skip
