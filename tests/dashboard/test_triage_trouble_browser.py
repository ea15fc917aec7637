"""The triage pane in trouble: failed saves, reloads, an ended session."""

from threading import Event
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from dashboard.pane_requests import FIRST
from tests.dashboard.browser import SECONDS, saved, shown, until
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
    expect(banner).to_contain_text("The database does not answer.")
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
    expect(page.get_by_test_id("left")).to_have_text("60 left")  # by now the pane has all of them
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


def test_keys_ahead_of_their_seeds_decide_nothing_after_a_reload_and_are_named(
    page: Page, api: FakeApi, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown(page)  # signed in, so that a reload stays so
    come, answer = Event(), api.answer

    def only_the_first(method: str, path: str, query: dict[str, Any], body: Any) -> Any:
        if path == "/v1/queue" and query["limit"] != str(FIRST):
            assert come.wait(SECONDS)
        return answer(method, path, query, body)

    monkeypatch.setattr(api, "answer", only_the_first)
    page.reload()
    shown(page)
    for key in "axs" * 3:
        page.keyboard.press(key)
    expect(page.get_by_test_id("empty")).to_contain_text("1 key will be taken")
    page.keyboard.press("f")
    expect(page.get_by_test_id("empty")).to_contain_text("2 keys will be taken")
    page.reload()
    come.set()  # after the reload, so that the page before it never gets its seeds

    notice = page.get_by_test_id("notice")
    expect(notice).to_contain_text("2 keys typed ahead of the seeds were dropped")
    expect(notice).to_contain_text("decided nothing: skip, flag.")
    seed = shown(page)
    expect(notice).to_contain_text(f"You are at {seed.lower()}.")
    until(lambda: len(api.decisions) >= 8)
    saved(page)
    decided = {decision["seed_id"] for decision in api.decisions}
    assert (len(api.decisions), decided) == (8, set(range(1, 9)))

    page.keyboard.press("a")  # a notice that was not read yet does not go with a decision
    until(lambda: len(api.decisions) == 9)
    expect(notice).to_have_count(1)
    notice.get_by_role("button", name="Close").click()
    expect(notice).to_have_count(0)
    page.reload()
    shown(page)
    expect(notice).to_have_count(0)


def test_request_that_another_view_cuts_off_is_sent_again_at_once(
    page: Page, api: FakeApi, monkeypatch: pytest.MonkeyPatch
) -> None:
    expect(page.get_by_test_id("left")).to_have_text("60 left")
    come, answer = Event(), api.answer

    def held(method: str, path: str, query: dict[str, Any], body: Any) -> Any:
        if path == "/v1/decisions" and not come.is_set():
            assert come.wait(SECONDS)
        return answer(method, path, query, body)

    monkeypatch.setattr(api, "answer", held)
    page.keyboard.press("a")
    page.get_by_label("Verdict").click()
    page.get_by_role("option", name="teachable").click()
    come.set()

    # Long before the pane gives up a server that does not answer.
    expect(page.get_by_test_id("saving")).to_contain_text("All saved", timeout=15_000)
    assert [d["seed_id"] for d in api.decisions] == [1]
    assert shown(page) == "Seed 5"


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
