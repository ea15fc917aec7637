"""The benchmarks page in a real Chromium, light and dark: a folder is loaded by its zip."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.dashboard import browser as real
from tests.dashboard.fake_api import FakeApi

pytestmark = pytest.mark.browser


@pytest.fixture(params=["light", "dark"])
def benchmarks(
    request: pytest.FixtureRequest, chromium: Browser, url: str, api: FakeApi
) -> Iterator[Page]:
    """The page, signed in by a link; nothing may go wrong in it or leave the machine."""
    context = chromium.new_context(color_scheme=request.param)
    opened = context.new_page()
    opened.set_default_timeout(real.MILLISECONDS)
    complaints = real.watch(opened)
    opened.goto(f"{url}/benchmarks?link=good-link")
    yield opened
    context.close()
    assert complaints == []


def test_folder_is_loaded_by_its_zip(benchmarks: Page, api: FakeApi) -> None:
    expect(benchmarks.get_by_text("2 are missing. Seeds are not checked")).to_be_visible()
    expect(benchmarks.get_by_test_id("stDataFrame")).to_have_count(1)
    benchmarks.get_by_text("Load a benchmark").click()
    chosen = {"name": "arc.zip", "mimeType": "application/zip", "buffer": b"PK"}
    benchmarks.locator("input[type=file]").set_input_files(chosen)
    benchmarks.get_by_label("Name", exact=True).fill("arc")
    benchmarks.get_by_label("Columns with the question", exact=True).fill("question, choices")
    benchmarks.get_by_role("button", name="Load", exact=True).click()
    expect(benchmarks.get_by_text("Loaded: gsm8k (1,319 items).")).to_be_visible()
    expect(benchmarks.get_by_text("1 row was rejected:")).to_be_visible()
    [body] = [b for m, path, _, b in api.requests if (m, path) == ("POST", "/v1/benchmarks")]
    assert body.count(b'name="text_field"') == 2
    assert b'filename="arc.zip"' in body
