"""The designer in a real Chromium: a slider draws the figures anew; the mixture is frozen."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.dashboard import browser as real
from tests.dashboard.fake_api import FakeApi

pytestmark = pytest.mark.browser


@pytest.fixture
def designer(chromium: Browser, url: str, api: FakeApi) -> Iterator[Page]:
    """A mixture, signed in by a link; nothing may go wrong on its page or leave the machine."""
    context = chromium.new_context(viewport={"width": 1400, "height": 1000})
    opened = context.new_page()
    opened.set_default_timeout(real.MILLISECONDS)
    complaints = real.watch(opened)
    opened.goto(f"{url}/mixtures?link=good-link&mixture=1")
    yield opened
    context.close()
    assert complaints == []


def test_slider_is_tried_saved_and_frozen(designer: Page, api: FakeApi) -> None:
    tokens = designer.get_by_test_id("stMetric").filter(has_text="Tokens").first
    expect(tokens).to_contain_text("70,000")
    expect(designer.locator(".vega-embed .marks")).to_have_count(3)
    slider = designer.get_by_role("slider").first
    slider.focus()
    for _ in range(4):
        slider.press("ArrowRight")
    expect(tokens).to_contain_text("110,000")  # algebra, high twice: 40 rows more
    designer.get_by_role("button", name="Save").click()
    designer.get_by_role("button", name="Freeze a version").click()
    expect(designer.get_by_text("Freezing version 1: done")).to_be_visible()
    designer.get_by_text("Versions", exact=True).click()
    expect(designer.get_by_text("Choose a row to see what it came to.")).to_be_visible()
    assert api.mixtures[0]["recipe"]["parts"][0]["clusters"][0]["epochs"] == 2.0
