"""Every page in light and dark, looked over by axe-core; and the way through them by keyboard."""

from collections.abc import Iterator
from contextlib import suppress
from typing import Literal

import pytest
from playwright.sync_api import Browser, BrowserContext, Error, Page, expect

from tests.dashboard import browser as real
from tests.dashboard.accessibility import barriers
from tests.dashboard.fake_api import FakeApi, FakeServer
from tests.dashboard.fake_trace_routes import trace

pytestmark = pytest.mark.browser
PAGES = ["", "triage", "queues", "rewrites", "adjudication", "seeds", "duplicates"]
PAGES += ["contamination", "history", "people", "runs", "traces", "safety", "policies"]
PAGES += ["endpoints", "judges", "agreement", "benchmarks", "decontamination", "training"]
PAGES += ["reward", "import", "mixtures", "export", "lineage"]
# What opens from their rows.
OPENED = ["seeds?seed=3", "contamination?hit=60", "duplicates?group=1", "runs?run=2"]
OPENED += ["export?export=1", "traces?trace=3", "safety?guideline=1", "mixtures?mixture=1"]
OPENED += ["runs?augment=1", "lineage?version=9&row=17"]
OPENED += ["training?run=1", "training?run=2", "training?new=1&export=1"]
OPENED += ["training?run=3", "training?new=1"]
IN_THEME = """theme =>
  getComputedStyle(document.querySelector("[data-testid=stApp]")).colorScheme === theme"""
THEMES: list[Literal["light", "dark"]] = ["light", "dark"]
# While a page draws itself anew Streamlit lets what stands there fade until it is drawn again.
UNFADED = "[data-stale=true] { opacity: 1 !important; transition: none !important; }"


def _context(chromium: Browser, server: FakeServer) -> BrowserContext:
    """Before sign-in; the API knows an admin, who sees everything."""
    api = FakeApi(role="admin")
    api.traces = [trace(3)]
    api.training.add("tiny_sft", name="ill")
    api.training.grow(3, 12)
    api.training.fail(3)
    api.training.resume(3)
    api.training.begin(3, 10)
    api.training.fail(3)
    [export] = api.exports
    api.exports = [{**export, "id": number} for number in range(60, 0, -1)]
    server.use(api)
    context = chromium.new_context(viewport={"width": 1280, "height": 900})
    context.set_default_timeout(real.MILLISECONDS)
    return context


@pytest.fixture
def stranger(chromium: Browser, server: FakeServer) -> Iterator[Page]:
    """A page before sign-in."""
    context = _context(chromium, server)
    yield context.new_page()
    context.close()


@pytest.fixture(scope="module")
def signed_in(chromium: Browser, server: FakeServer, url: str) -> Iterator[BrowserContext]:
    """A browser that is signed in, for all pages."""
    context = _context(chromium, server)
    page = context.new_page()
    page.goto(f"{url}/?link=good-link")
    page.get_by_test_id("stSidebarNavLink").first.wait_for()
    real.until(lambda: bool(real.session_cookies(page)))
    yield context
    context.close()


@pytest.fixture
def member(signed_in: BrowserContext) -> Iterator[Page]:
    """A page of who is signed in."""
    page = signed_in.new_page()
    yield page
    page.close()


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


def barriers_by_theme(page: Page) -> dict[str, list[str]]:
    """What is broken, in light and in dark."""
    found = {}
    page.add_style_tag(content=UNFADED)
    for theme in THEMES:
        page.emulate_media(color_scheme=theme)
        page.wait_for_function(IN_THEME, arg=theme)
        found[theme] = barriers(page)
    return found


NOTHING: dict[str, list[str]] = {theme: [] for theme in THEMES}


def test_all_pages_are_looked_over(member: Page, url: str) -> None:
    member.goto(url)
    links = member.get_by_test_id("stSidebarNavLink")
    links.first.wait_for()
    addresses = [str(link.get_attribute("href")) for link in links.all()]
    assert addresses == [f"{url}/{page}" for page in PAGES]


@pytest.mark.parametrize("address", [*PAGES, *OPENED])
def test_page_has_no_barriers(member: Page, url: str, address: str) -> None:
    member.goto(f"{url}/{address}")
    drawn(member)
    if address == "triage":
        real.shown(member)
    assert barriers_by_theme(member) == NOTHING


def test_sign_in_has_no_barriers(stranger: Page, url: str) -> None:
    stranger.goto(url)
    stranger.get_by_role("button", name="Sign in", exact=True).wait_for()
    assert barriers_by_theme(stranger) == NOTHING


def test_sheet_of_keys_has_no_barriers(member: Page, url: str) -> None:
    member.goto(f"{url}/triage")
    real.shown(member)
    member.keyboard.press("?")
    member.get_by_role("dialog").wait_for()
    assert barriers_by_theme(member) == NOTHING


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


def test_sign_in_by_keyboard_alone(stranger: Page, url: str) -> None:
    stranger.goto(url)
    stranger.get_by_role("button", name="Sign in", exact=True).wait_for()
    tab_to(stranger, "Name")
    stranger.keyboard.type("ada")
    assert tab_to(stranger, "Password") == ["Password"]
    stranger.keyboard.type("right")
    assert tab_to(stranger, "Sign in") == ["Show password", "Sign in"]
    stranger.keyboard.press("Enter")
    expect(stranger.get_by_role("heading", name="Overview")).to_be_visible()


def test_triage_by_tab_alone(stranger: Page, url: str, server: FakeServer) -> None:
    """The order is that on the screen: past the navigation, filters, the seed, what to do."""
    stranger.goto(f"{url}/triage?link=good-link")
    first = real.shown(stranger)
    expect(stranger.get_by_role("textbox", name="Search")).to_be_visible()
    assert tab_to(stranger, "Skip to main content") == ["Skip to main content"]
    stranger.keyboard.press("Enter")
    filters = tab_to(stranger, "Search")
    assert not any("Overview" in name for name in filters)
    stranger.keyboard.type("integers")
    stranger.keyboard.press("Enter")
    expect(stranger.get_by_test_id("seed")).not_to_have_text(first)
    order = tab_to(stranger, "Accept")
    assert "Status" in order
    stranger.keyboard.press("Enter")
    api: FakeApi = server.handler.api
    real.until(lambda: [d["kind"] for d in api.decisions] == ["accept"])
    assert focused(stranger).startswith("Accept")  # the focus stays where it was
    buttons = [name.split()[0] for name in tab_to(stranger, "Undo")]
    assert [name for name in buttons if name in ("Reject", "Skip", "Flag", "Undo")] == [
        "Reject", "Reject", "Skip", "Flag", "Undo",
    ]  # fmt: skip
