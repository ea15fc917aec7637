"""Safety in a real Chromium: from a guideline to a trace that waits, which is kept and undone."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.dashboard import browser as real
from tests.dashboard.fake_api import FakeApi
from tests.dashboard.fake_guideline_routes import guided_trace

pytestmark = pytest.mark.browser


@pytest.fixture
def guided(chromium: Browser, url: str, api: FakeApi) -> Iterator[Page]:
    """A guideline with a leaking trace and one that is unjudged, signed in by a link."""
    api.traces = [guided_trace(1, "rejected", "leaked_guideline"), guided_trace(2)]
    context = chromium.new_context(viewport={"width": 1280, "height": 900})
    opened = context.new_page()
    opened.set_default_timeout(real.MILLISECONDS)
    complaints = real.watch(opened)
    opened.goto(f"{url}/safety?link=good-link&guideline=1&trace=1")
    yield opened
    context.close()
    assert complaints == []


def test_leak_is_marked_and_what_waits_is_kept_for_a_reason(guided: Page, api: FakeApi) -> None:
    expect(guided.locator("mark.changed").first).to_have_text("I keep")
    guided.get_by_role("button", name="Next unjudged").click()
    expect(guided.get_by_role("heading", name="Trace 2")).to_be_visible()
    # The guideline is text, whatever it holds.
    expect(guided.get_by_text("how <b>poison</b> is made")).to_be_visible()
    reason = guided.get_by_role("textbox", name="Reason")
    reason.fill("Kind and firm.")
    reason.press("Enter")
    guided.get_by_role("button", name="Keep").click()
    expect(guided.get_by_text("Kept by a curator.")).to_be_visible()
    assert [trace["word"] for trace in api.traces] == [None, "kept"]
    guided.get_by_role("button", name="The guideline").click()
    expect(guided.get_by_role("heading", name="Poisons")).to_be_visible()
