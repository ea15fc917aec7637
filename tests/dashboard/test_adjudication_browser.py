"""Adjudication in a real Chromium: decided by a key, taken back, and triage of a queue."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.dashboard import browser as real
from tests.dashboard.browser import saved, shown, until
from tests.dashboard.fake_api import FakeApi

pytestmark = pytest.mark.browser


@pytest.fixture
def opened(chromium: Browser, url: str, api: FakeApi) -> Iterator[Page]:
    """A page signed in by a link; nothing may go wrong in it or leave the machine."""
    context = chromium.new_context(viewport={"width": 1280, "height": 900})
    page = context.new_page()
    page.set_default_timeout(real.MILLISECONDS)
    complaints = real.watch(page)
    page.goto(f"{url}/adjudication?link=good-link")
    yield page
    context.close()
    assert complaints == []


def test_dispute_is_decided_by_a_key_and_taken_back(opened: Page, api: FakeApi) -> None:
    expect(opened.get_by_role("heading", name="Seed 2")).to_be_visible()
    expect(opened.get_by_text("Too easy")).to_be_visible()
    reason = opened.get_by_label("Reason", exact=True)
    reason.click()
    opened.keyboard.type("axe")  # letters are text here
    expect(reason).to_have_value("axe")
    opened.keyboard.press("Tab")
    opened.locator("h1").click()
    opened.keyboard.press("x")
    expect(opened.get_by_role("heading", name="Seed 8")).to_be_visible()
    assert [(d["kind"], d["seed_id"], d["reason"]) for d in api.decisions] == [("reject", 2, "axe")]
    opened.keyboard.press("u")
    expect(opened.get_by_role("heading", name="Seed 2")).to_be_visible()
    assert api.undone == [1]


def test_queue_is_opened_in_triage_and_decided_there(opened: Page, api: FakeApi, url: str) -> None:
    expect(opened.get_by_role("heading", name="Adjudication")).to_be_visible()
    opened.get_by_role("link", name="Queues").click()
    opened.get_by_role("link", name="Open in triage").first.click()
    expect(opened.get_by_text("Accept only what has exactly one answer.")).to_be_visible()
    until(lambda: "queue=1" in opened.url)
    shown(opened)
    opened.keyboard.press("a")
    saved(opened)
    rows = [
        row
        for _, path, _, body in api.requests
        if path == "/v1/decisions"
        for row in body["decisions"]
    ]
    assert [(row["kind"], row["queue_id"]) for row in rows] == [("accept", 1)]
    asked = [query for _, path, query, _ in api.requests if path == "/v1/queue"]
    assert {query["queue_id"] for query in asked} == {"1"}
