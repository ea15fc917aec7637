"""A trace in a real Chromium: its thinking is folded, searched, and shows what is wrong with it."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.dashboard import browser as real
from tests.dashboard.fake_api import FakeApi
from tests.dashboard.fake_trace_routes import trace, trace_run

pytestmark = pytest.mark.browser


@pytest.fixture
def repeating(chromium: Browser, url: str, api: FakeApi) -> Iterator[Page]:
    """A trace that repeats itself in its fourth step, signed in by a link."""
    api.runs.insert(0, trace_run(3, "finished"))
    api.traces = [trace(3)]
    context = chromium.new_context(viewport={"width": 1280, "height": 900})
    opened = context.new_page()
    opened.set_default_timeout(real.MILLISECONDS)
    complaints = real.watch(opened)
    opened.goto(f"{url}/traces?link=good-link&trace=3")
    yield opened
    context.close()
    assert complaints == []


def test_thinking_is_folded_and_what_is_wrong_with_it_marked(repeating: Page) -> None:
    steps = repeating.locator("details.step")
    expect(steps).to_have_count(14)
    # The first one, and the one that shows why.
    expect(repeating.locator("details.step[open]")).to_have_count(2)
    marked = repeating.locator("details.step.wrong mark.changed")
    expect(marked.first).to_be_visible()
    expect(repeating.get_by_role("img", name="14 steps, about 3,403 tokens")).to_be_visible()
    steps.nth(6).locator("summary").click()
    expect(steps.nth(6).locator(".formula").first).to_be_visible()


def test_search_opens_the_steps_that_hold_the_words_and_hides_the_others(repeating: Page) -> None:
    field = repeating.get_by_role("searchbox", name="Search in the thinking")
    field.fill("the number 17.")
    expect(repeating.get_by_text("In 1 of 14 steps")).to_be_visible()
    expect(repeating.locator("details.step:visible")).to_have_count(1)
    expect(repeating.locator("details.step:visible mark.shared")).to_have_text("the number 17.")
    field.fill("nothing like it")
    expect(repeating.get_by_text("Nowhere in the thinking")).to_be_visible()
    repeating.get_by_role("button", name="Open all").click()
    expect(repeating.locator("details.step[open]")).to_have_count(14)
    repeating.get_by_role("button", name="Close all").click()
    expect(repeating.locator("details.step[open]")).to_have_count(0)
