"""The triage pane in trouble: failed saves, reloads, an ended session, hostile seeds."""

import pytest
from playwright.sync_api import Page, expect

from tests.dashboard import fake_rows
from tests.dashboard.browser import saved, shown, until
from tests.dashboard.fake_api import FakeApi

pytestmark = pytest.mark.browser


def test_undo_after_a_reload_takes_back_the_last_decision(page: Page, api: FakeApi) -> None:
    shown(page)
    page.keyboard.press("x")
    saved(page)
    page.reload()
    assert shown(page) == "Seed 2"
    page.keyboard.press("u")

    expect(page.get_by_test_id("seed")).to_have_text("Seed 1")
    assert api.seeds[1]["status"] == "pending"


def test_failed_save_is_said_takes_nothing_more_and_is_retried(page: Page, api: FakeApi) -> None:
    shown(page)
    api.fail("/v1/decisions", 503, code="unavailable", detail="the database does not answer")
    page.keyboard.press("a")
    banner = page.get_by_test_id("failure")
    expect(banner).to_contain_text("the database does not answer")
    expect(banner).to_contain_text("1 decision not saved yet")

    page.keyboard.press("x")
    assert shown(page) == "Seed 2"
    expect(page.get_by_test_id("mark")).to_have_count(0)

    api.failing.clear()
    saved(page)
    expect(banner).to_be_hidden()
    assert [(d["seed_id"], d["kind"]) for d in api.decisions] == [(1, "accept")]
    page.keyboard.press("x")
    until(lambda: len(api.decisions) == 2)


def test_reload_in_mid_burst_loses_and_doubles_nothing(page: Page, api: FakeApi) -> None:
    shown(page)
    api.delay = 0.4
    for _ in range(12):
        page.keyboard.press("a")
    page.reload()
    page.get_by_test_id("seed").wait_for()
    for _ in range(6):
        page.keyboard.press("x")
    api.delay = 0.0

    until(lambda: len(api.decisions) == 18)
    saved(page)
    assert [d["kind"] for d in api.decisions] == ["accept"] * 12 + ["reject"] * 6
    assert sorted(d["seed_id"] for d in api.decisions) == list(range(1, 19))


def test_decision_made_while_signed_out_is_saved_after_signing_in(page: Page, api: FakeApi) -> None:
    shown(page)
    api.fail("/v1/decisions", 401, code="unauthenticated", detail="the session has ended")
    page.keyboard.press("a")
    page.get_by_label("Name").wait_for()
    assert api.decisions == []

    api.failing.clear()
    page.get_by_label("Name").fill("ada")
    page.get_by_label("Password", exact=True).fill("right")
    page.get_by_role("button", name="Sign in").click()
    until(lambda: len(api.decisions) == 1)
    assert shown(page) == "Seed 2"


def test_refused_decision_is_said_and_the_seed_is_undecided_again(page: Page, api: FakeApi) -> None:
    shown(page)
    api.seeds[1]["open_hits"] = 1  # found since the seed came to the screen
    page.keyboard.press("a")

    expect(page.get_by_test_id("notice")).to_contain_text("accept of seed 1. it has open hits")
    page.get_by_role("button", name="Show seed 1").click()
    assert shown(page) == "Seed 1"
    expect(page.get_by_test_id("mark")).to_have_count(0)


def hostile_seed(number: int, text: str) -> dict[str, object]:
    """A seed that holds the text wherever a seed holds other people's text."""
    seed = fake_rows.seed_detail(1, text)
    start = text[:200]
    seed |= {"id": number, "answer": text, "source": start, "external_id": start, "domain": start}
    evidence = seed["evidence"]
    evidence["teachability"]["plurality"]["classes"][0]["answer"] = start
    evidence["judgments"][0]["reasons"] = start
    evidence["hits"] = [fake_rows.hit(1, text)]
    seed["history"] = [fake_rows.decision(1, number, "skip", start) | {"user": start}]
    return seed


def test_hostile_seeds_are_inert_text(page: Page, api: FakeApi) -> None:
    shown(page)
    texts = dict(enumerate(fake_rows.HOSTILE, start=1))
    api.seeds = {number: hostile_seed(number, text) for number, text in texts.items()}
    page.reload()

    for number in texts:
        assert shown(page) == f"Seed {number}"
        links = [a.get_attribute("href") for a in page.locator(".pane a").all()]
        assert all(link is None or link.startswith("http") for link in links)
        assert (
            page.locator(".pane :is(script, img, iframe, object, embed, form, svg[onload])").count()
            == 0
        )
        assert page.locator(".pane :is([onerror], [onclick], [onload])").count() == 0
        assert "\u202e" not in page.locator(".pane").inner_text()
        wide = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
        assert page.evaluate(wide) == 0
        page.keyboard.press("x")

    until(lambda: len(api.decisions) == len(texts))
    assert page.evaluate("window.hacked") is None
