"""The designer in a real Chromium: a slider draws the figures anew; the mixture is frozen."""

from collections.abc import Iterator
from typing import Any

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


def test_cap_is_added_changed_and_taken_away_again(designer: Page, api: FakeApi) -> None:
    def asked() -> Any:
        """What was sent last to be reckoned."""
        sent = [body for _, path, _, body in api.requests if path == "/v1/mixtures:preview"]
        return sent[-1]["parts"][0]["source_caps"]

    designer.get_by_text("Caps of sources and licences").click()
    designer.get_by_role("combobox", name="Cap a source").click()
    designer.get_by_role("option", name="gsm8k (now 100%)").click()
    percent = designer.get_by_label("Most of gsm8k, in %")
    expect(percent).to_have_value("30")
    percent.fill("5")
    percent.press("Enter")
    expect(designer.get_by_text("the caps leave nothing").first).to_be_visible()
    percent.fill("")
    percent.press("Enter")
    real.until(lambda: asked() == {"gsm8k": {}})
    expect(designer.get_by_text("No limit, not even that of each other source.")).to_be_visible()
    designer.locator("[class*=source_cap_gsm8k_remove] button").first.click()
    real.until(lambda: asked() == {})


def test_tokenizer_is_registered_by_upload(designer: Page, api: FakeApi) -> None:
    designer.get_by_role("button", name="All mixtures").click()
    designer.get_by_text("Tokenizers", exact=True).click()
    designer.get_by_label("Name").fill("qwen")
    designer.get_by_label("Name").press("Enter")
    file = {"name": "tokenizer.json", "mimeType": "application/json", "buffer": b"{}"}
    designer.locator("input[type=file]").set_input_files([file])
    designer.get_by_role("button", name="Register", exact=True).click()
    expect(designer.get_by_role("button", name="Count 5 texts by qwen")).to_be_visible()
    assert [(one["name"], one["size"]) for one in api.tokenizers] == [("qwen", 2)]
