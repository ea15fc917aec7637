"""The policy page in a real Chromium: what changes is drawn, and saving and applying go through."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.dashboard import browser as real
from tests.dashboard.browser import until
from tests.dashboard.fake_api import FakeApi

pytestmark = pytest.mark.browser


@pytest.fixture
def policies(chromium: Browser, url: str, api: FakeApi) -> Iterator[Page]:
    """The policy page, signed in by a link; nothing may go wrong in it or leave the machine."""
    context = chromium.new_context(viewport={"width": 1280, "height": 1000})
    opened = context.new_page()
    opened.set_default_timeout(real.MILLISECONDS)
    complaints = real.watch(opened)
    opened.goto(f"{url}/policies?link=good-link")
    yield opened
    context.close()
    assert complaints == []


def test_preset_is_tried_saved_and_applied(policies: Page, api: FakeApi) -> None:
    changes = policies.get_by_test_id("stMetric").filter(has_text="Seeds that change verdict")
    expect(changes).to_contain_text("0.0% of 55")
    policies.get_by_role("button", name="Qwen2.5-Math").click()
    expect(changes).to_contain_text("3.6% of 55")  # 2 of 55
    expect(policies.get_by_text("arXiv 2409.12122").first).to_be_visible()
    # Both charts are drawn: nothing but a real browser draws them.
    expect(policies.locator(".vega-embed .marks")).to_have_count(2)

    policies.get_by_role("button", name="Save as new version").click()
    policies.get_by_role("button", name="Apply default v2 to all seeds").click()
    expect(policies.get_by_text("Applying default v2: done, 60 of 60")).to_be_visible()
    saved = api.policies[-1]["settings"]
    assert (saved["low"], saved["high"]) == (0.25, 0.625)
    until(lambda: any(path == "/v1/policies/2:apply" for _, path, _, _ in api.requests))


def test_arrow_key_on_the_band_draws_the_change_at_once(policies: Page, api: FakeApi) -> None:
    changes = policies.get_by_test_id("stMetric").filter(has_text="Seeds that change verdict")
    expect(changes).to_contain_text("0.0% of 55")
    upper = policies.get_by_role("slider").nth(1)
    upper.focus()
    for _ in range(10):
        upper.press("ArrowLeft")
    expect(changes).to_contain_text("1.8% of 55")  # the upper edge at .70 moves 1 of 11 teachable
    until(lambda: api.requests[-1][3]["settings"]["high"] == 0.7)
