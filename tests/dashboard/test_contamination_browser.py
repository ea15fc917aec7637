"""The page of contamination in a real Chromium: marks are seen, a hit is dismissed, taken back."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.dashboard import browser as real
from tests.dashboard import fake_hit_rows, fake_rows
from tests.dashboard.browser import until
from tests.dashboard.fake_api import FakeApi

pytestmark = pytest.mark.browser


@pytest.fixture(params=["light", "dark"])
def hit(
    request: pytest.FixtureRequest, chromium: Browser, url: str, api: FakeApi
) -> Iterator[Page]:
    """A variant's page, signed in by a link; nothing may go wrong in it or leave the machine."""
    api.seeds = {number: fake_rows.seed_detail(number) for number in (6, 12, 24)}
    fake_hit_rows.vary(api.seeds)
    context = chromium.new_context(
        viewport={"width": 1280, "height": 900}, color_scheme=request.param
    )
    opened = context.new_page()
    opened.set_default_timeout(real.MILLISECONDS)
    complaints = real.watch(opened)
    opened.goto(f"{url}/contamination?link=good-link&seed=12&hit=12&hit_benchmark=gsm8k")
    yield opened
    context.close()
    assert complaints == []


def decisions(api: FakeApi) -> list[tuple[str, int, str | None]]:
    return [(row["kind"], row["hit_id"], row["reason"]) for row in api.decisions]


def test_hit_is_dismissed_with_a_reason_and_taken_back(hit: Page, api: FakeApi) -> None:
    numbers = hit.locator(".marked-text mark.changed")
    expect(numbers).to_have_text(["13:05", "$10", "12:05", "$12"])
    # What differs is told by more than its colour.
    style = numbers.first.evaluate("e => [getComputedStyle(e).textDecorationLine, e.innerText]")
    assert style == ["underline", "13:05"]
    expect(hit.locator(".mark-legend")).to_contain_text("a number that only one of them has")

    hit.get_by_label("Reason", exact=True).fill("hidden: other figures")
    hit.get_by_role("button", name="Dismiss").click()
    expect(hit.get_by_role("heading", name="Hit 6")).to_be_visible()  # of gsm8k, as 24 is not
    assert decisions(api) == [("dismiss_hit", 12, "hidden: other figures")]
    until(lambda: "hit_benchmark=gsm8k" in hit.url and "hit=6" in hit.url)

    hit.get_by_role("button", name="Undo").click()
    expect(hit.get_by_role("heading", name="Hit 12")).to_be_visible()
    assert api.undone == [1]


def test_keys_decide_except_in_the_text_box(hit: Page, api: FakeApi) -> None:
    reason = hit.get_by_label("Reason", exact=True)
    reason.click()
    hit.keyboard.type("dhn")  # letters are text here
    expect(reason).to_have_value("dhn")
    hit.keyboard.press("Tab")
    hit.locator("h1").click()
    hit.keyboard.press("h")
    expect(hit.get_by_role("heading", name="Hit 6")).to_be_visible()
    assert decisions(api) == [("confirm_hit", 12, "dhn")]
    hit.keyboard.press("u")
    until(lambda: api.undone == [1])
    expect(hit.get_by_role("heading", name="Hit 12")).to_be_visible()


def test_filter_stands_in_the_address_of_the_list(hit: Page, api: FakeApi) -> None:
    hit.get_by_role("button", name="All hits").click()
    expect(hit.get_by_role("heading", name="Contamination")).to_be_visible()
    hit.get_by_role("combobox", name="Called").click()
    hit.get_by_role("option", name="variant").click()
    until(lambda: "hit_verdict=variant" in hit.url and "hit_benchmark=gsm8k" in hit.url)
    until(
        lambda: any(
            (path, query.get("verdict"), query.get("benchmark")) == ("/v1/hits", "variant", "gsm8k")
            for _, path, query, _ in api.requests
        )
    )
