"""Near-duplicates in a real Chromium: what differs is marked, and decided on."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.dashboard import browser as real
from tests.dashboard.fake_api import FakeApi

pytestmark = pytest.mark.browser


@pytest.fixture
def group(chromium: Browser, url: str, api: FakeApi) -> Iterator[Page]:
    """A group's page, signed in by a link; nothing may go wrong in it or leave the machine."""
    context = chromium.new_context(viewport={"width": 1280, "height": 900})
    opened = context.new_page()
    opened.set_default_timeout(real.MILLISECONDS)
    complaints = real.watch(opened)
    opened.goto(f"{url}/duplicates?link=good-link&group=1")
    yield opened
    context.close()
    assert complaints == []


def test_differences_are_marked_and_a_decision_is_taken_back(group: Page, api: FakeApi) -> None:
    expect(group.locator(".marked-text mark")).to_have_text(["old", "very new"])
    expect(group.locator(".marked-text").first).to_contain_text("<b>How many</b>")
    group.get_by_role("button", name="Keep this one").nth(1).click()
    expect(group.get_by_text("Seed 2 is kept, 1 other rejected.")).to_be_visible()
    group.get_by_role("button", name="Undo").click()
    expect(group.get_by_text("Seed 2 is kept, 1 other rejected.")).to_have_count(0)
    assert api.resolved_groups == set()
