"""What is seen before the page's first script has run."""

import httpx
import pytest
from playwright.sync_api import Browser

pytestmark = pytest.mark.browser


@pytest.mark.parametrize(
    ("scheme", "colour"), [("light", "rgb(252, 252, 250)"), ("dark", "rgb(20, 24, 26)")]
)
def test_page_has_the_themes_background_before_any_script(
    chromium: Browser, url: str, scheme: str, colour: str
) -> None:
    context = chromium.new_context(color_scheme=scheme, java_script_enabled=False)  # type: ignore[arg-type]
    page = context.new_page()
    page.goto(f"{url}/triage")
    background = page.locator("html").evaluate("html => getComputedStyle(html).backgroundColor")
    context.close()
    assert background == colour


def test_what_is_no_page_is_sent_as_it_is(url: str) -> None:
    health = httpx.get(f"{url}/_stcore/health", headers={"Accept": "text/html"})
    assert health.text == "ok"
