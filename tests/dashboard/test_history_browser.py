"""The history in a real Chromium: a bulk action is done again, a decision taken back."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.dashboard import browser as real
from tests.dashboard.fake_api import FakeApi
from tests.dashboard.fake_history_routes import some_history

pytestmark = pytest.mark.browser


@pytest.fixture
def history(chromium: Browser, url: str, api: FakeApi) -> Iterator[Page]:
    """The history, signed in by a link; nothing may go wrong in it or leave the machine."""
    some_history(api)
    context = chromium.new_context(viewport={"width": 1280, "height": 900})
    opened = context.new_page()
    opened.set_default_timeout(real.MILLISECONDS)
    complaints = real.watch(opened)
    opened.goto(f"{url}/history?link=good-link")
    yield opened
    context.close()
    assert complaints == []


def test_bulk_action_is_done_again_and_a_refused_undo_leads_to_the_seed(
    history: Page, api: FakeApi
) -> None:
    bulk = history.get_by_text("412 seeds rejected")
    expect(bulk).to_have_count(1)
    history.get_by_role("button", name="Redo").first.click()
    expect(bulk).to_have_count(2)
    assert api.batches[1]["undone_count"] == 412
    detail = "decision 9 (reject) came later: undo it first"
    api.fail("/v1/decisions:undo", 409, code="contradicted", detail=detail)
    history.get_by_role("button", name="Undo").last.click()
    expect(history.get_by_text("A later decision stands")).to_be_visible()
    history.get_by_role("link", name="Seed 2 and its history").click()
    expect(history.get_by_role("heading", name="Seed 2")).to_be_visible()
