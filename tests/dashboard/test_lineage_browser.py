"""Lineage in a real Chromium: asked for, read, downloaded, and followed into a version."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.dashboard import browser as real
from tests.dashboard.fake_api import FakeApi

pytestmark = pytest.mark.browser


@pytest.fixture
def lineage(chromium: Browser, url: str, api: FakeApi) -> Iterator[Page]:
    """The page, signed in by a link; nothing may go wrong on it or leave the machine."""
    context = chromium.new_context(viewport={"width": 1280, "height": 900})
    opened = context.new_page()
    opened.set_default_timeout(real.MILLISECONDS)
    complaints = real.watch(opened)
    opened.goto(f"{url}/lineage?link=good-link")
    yield opened
    context.close()
    assert complaints == []


def test_seed_is_followed_into_a_version_and_downloaded(lineage: Page, api: FakeApi) -> None:
    lineage.get_by_label("Seed", exact=True).fill("3")
    lineage.get_by_label("Seed", exact=True).press("Enter")
    expect(lineage.get_by_role("heading", name="Lineage of seed 3")).to_be_visible()
    expect(lineage).to_have_url(re.compile(r"\?seed=3$"))
    steps = lineage.locator("[class*=st-key-lineage_step_]")
    expect(steps).to_have_count(8)
    expect(steps.first).to_contain_text("Seed 3 was made from seed 1")
    expect(lineage.locator(".vega-embed .marks")).to_have_count(1)
    with lineage.expect_download() as download:
        lineage.get_by_role("button", name="PROV-JSON").click()
    assert download.value.suggested_filename == "lineage-seed_id-3.json"
    table = lineage.get_by_test_id("stDataFrame")
    table.click(position={"x": 18, "y": 52})  # the box before the first row
    expect(lineage.get_by_role("heading", name="Lineage of row 17 of maths")).to_be_visible()
    expect(steps).to_have_count(10)
    lineage.get_by_role("link", name="Read the trace").click()
    expect(lineage).to_have_url(re.compile(r"/traces\?trace=44$"))
