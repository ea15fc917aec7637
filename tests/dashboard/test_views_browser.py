"""Views and edits in place, in a real Chromium."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.dashboard.browser import shown, until
from tests.dashboard.fake_api import FakeApi

pytestmark = pytest.mark.browser


def open_seeds(page: Page) -> None:
    shown(page)
    page.goto(page.url.split("/triage")[0] + "/seeds")
    expect(page.get_by_text("match", exact=False).first).to_be_visible()


def test_view_sets_filters_and_address_and_is_saved_and_brought_back(
    page: Page, api: FakeApi
) -> None:
    open_seeds(page)
    page.get_by_role("button", name="Views").click()
    page.get_by_role("button", name="Low margin").click()
    expect(page.get_by_role("button", name="margin of the vote at most 0.25")).to_be_visible()
    expect(page).to_have_url(re.compile("max_margin=0.25"))
    expect(page).to_have_url(re.compile("sort=margin"))

    page.get_by_label("Name").fill("Close calls")
    page.get_by_role("button", name="Save").click()
    until(lambda: len(api.views) == 1)
    assert api.views[1]["filter"] == {"status": "pending", "max_margin": 0.25}
    assert (api.views[1]["sort"], api.views[1]["shared"]) == ("margin", False)

    page.get_by_role("button", name="Delete").click()
    until(lambda: bool(api.views[1]["deleted"]))
    page.get_by_role("button", name="Bring back").click()
    until(lambda: not api.views[1]["deleted"])


def test_more_filters_are_kept_in_the_address(page: Page, api: FakeApi) -> None:
    open_seeds(page)
    page.get_by_role("button", name="More filters").click()
    page.get_by_label("Margin of the vote, at most").fill("0.3")
    page.get_by_role("button", name="Filter", exact=True).click()

    expect(page).to_have_url(re.compile("max_margin=0.3"))
    page.reload()
    expect(page.get_by_role("button", name="margin of the vote at most 0.3")).to_be_visible()
