"""The triage pane in a real Chromium: keys, order, undo, notes, filters."""

from threading import Event
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from dashboard.pane_requests import FIRST
from tests.dashboard import fake_rows
from tests.dashboard.browser import SECONDS, saved, shown, until
from tests.dashboard.fake_api import FakeApi

pytestmark = pytest.mark.browser


def test_key_press_shows_the_next_seed_and_saves(page: Page, api: FakeApi) -> None:
    assert shown(page) == "Seed 1"
    page.keyboard.press("a")

    assert shown(page) == "Seed 2"
    saved(page)
    assert [(d["seed_id"], d["kind"]) for d in api.decisions] == [(1, "accept")]
    expect(page.get_by_test_id("left")).to_have_text("59 left")


def test_burst_of_thirty_keys_gives_thirty_decisions_in_order(page: Page, api: FakeApi) -> None:
    shown(page)
    keys = "axs" * 10
    for key in keys:
        page.keyboard.press(key)

    until(lambda: len(api.decisions) == 30)
    kinds = {"a": "accept", "x": "reject", "s": "skip"}
    assert [d["kind"] for d in api.decisions] == [kinds[key] for key in keys]
    assert [d["seed_id"] for d in api.decisions] == list(range(1, 31))
    saved(page)


def test_burst_that_outruns_the_seeds_on_their_way_is_taken_when_they_come(
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
    keys = "axs" * 4
    for key in keys:
        page.keyboard.press(key)
    expect(page.get_by_test_id("empty")).to_contain_text("4 keys will be taken")
    come.set()

    until(lambda: len(api.decisions) == 12)
    assert [d["seed_id"] for d in api.decisions] == list(range(1, 13))
    assert shown(page) == "Seed 13"


def test_number_key_rejects_with_its_reason(page: Page, api: FakeApi) -> None:
    shown(page)
    page.keyboard.press("2")

    until(lambda: len(api.decisions) == 1)
    assert api.decisions[0]["kind"] == "reject"
    assert api.decisions[0]["reason"] == "Ambiguous or underspecified"


def test_undo_returns_to_the_seed_and_takes_the_decision_back(page: Page, api: FakeApi) -> None:
    shown(page)
    page.keyboard.press("a")
    page.keyboard.press("x")
    page.keyboard.press("u")

    assert shown(page) == "Seed 2"
    expect(page.get_by_test_id("mark")).to_have_count(0)
    until(lambda: api.seeds[2]["status"] == "pending" and bool(api.undone))
    assert api.seeds[1]["status"] == "accepted"
    page.keyboard.press("u")
    assert shown(page) == "Seed 1"
    until(lambda: api.seeds[1]["status"] == "pending")


def test_open_hit_must_be_settled_before_accepting(page: Page, api: FakeApi) -> None:
    shown(page)
    api.seeds = {6: fake_rows.seed_detail(6)}
    page.reload()
    assert shown(page) == "Seed 6"
    assert page.locator("mark").count() >= 2  # what both texts share, marked in both

    page.keyboard.press("a")
    expect(page.get_by_test_id("notice")).to_contain_text("settle its 1 open hit first")
    page.keyboard.press("d")
    page.keyboard.press("a")
    until(lambda: len(api.decisions) == 2)
    assert [d["kind"] for d in api.decisions] == ["dismiss_hit", "accept"]


def test_flag_stays_on_the_seed_and_arrows_only_look(page: Page, api: FakeApi) -> None:
    shown(page)
    page.keyboard.press("f")
    expect(page.get_by_test_id("flag")).to_be_visible()
    page.keyboard.press("ArrowRight")
    assert shown(page) == "Seed 2"
    page.keyboard.press("ArrowLeft")
    assert shown(page) == "Seed 1"
    saved(page)
    assert [d["kind"] for d in api.decisions] == ["flag"]


def test_rewrite_note_is_sent_by_control_enter_and_left_by_escape(page: Page, api: FakeApi) -> None:
    shown(page)
    page.keyboard.press("e")
    page.keyboard.type("axs")  # letters are text here
    page.keyboard.press("Escape")
    assert shown(page) == "Seed 1"
    page.keyboard.press("e")
    page.keyboard.type("State the unit")
    page.keyboard.press("Control+Enter")

    until(lambda: len(api.decisions) == 1)
    assert api.decisions[0]["kind"] == "needs_rewrite"
    assert api.decisions[0]["reason"] == "State the unit"


def test_keys_are_left_alone_while_typing_and_with_modifiers(page: Page, api: FakeApi) -> None:
    shown(page)
    page.get_by_label("Search").click()
    page.keyboard.type("axsf")
    page.keyboard.press("Control+a")
    page.keyboard.press("Delete")
    page.get_by_test_id("seed").click()
    page.keyboard.press("Control+x")
    page.keyboard.press("Alt+x")
    page.keyboard.press("?")
    page.keyboard.press("a")  # the sheet is open
    page.keyboard.press("Escape")

    page.keyboard.press("f")
    until(lambda: bool(api.decisions))
    assert [d["kind"] for d in api.decisions] == ["flag"]


def test_another_view_gives_back_the_seeds_of_the_view_before(page: Page, api: FakeApi) -> None:
    expect(page.get_by_test_id("left")).to_have_text("60 left")  # by now the pane has all of them
    page.get_by_label("Verdict").click()
    page.get_by_role("option", name="teachable").click()
    expect(page.get_by_test_id("seed")).to_have_text("Seed 5")

    until(lambda: "/v1/queue:release" in [asked[1] for asked in api.requests])
    [released] = [asked[3] for asked in api.requests if asked[1] == "/v1/queue:release"]
    teachable = {n for n, seed in api.seeds.items() if seed["verdict"] == "teachable"}
    # Those that the first answer for the new view has brought again are held.
    held = sorted(teachable)[:FIRST]
    assert set(released["seed_ids"]) == set(range(1, 61)) - set(held)


def test_filter_change_brings_other_seeds_and_stands_in_the_address(
    page: Page, api: FakeApi
) -> None:
    shown(page)
    page.get_by_label("Verdict").click()
    page.get_by_role("option", name="teachable").click()

    expect(page.get_by_test_id("seed")).to_have_text("Seed 5")
    assert "verdict=teachable" in page.url
    page.reload()
    assert shown(page) == "Seed 5"


def test_empty_queue_says_what_to_do(page: Page, api: FakeApi) -> None:
    shown(page)
    api.seeds.clear()
    page.reload()

    expect(page.get_by_test_id("empty")).to_contain_text("No pending seed matches")


def test_votes_open_to_show_the_responses_behind_them(page: Page, api: FakeApi) -> None:
    shown(page)
    page.locator("details.vote summary").first.click()

    expect(page.locator(".example").first).to_contain_text("attempt 1")
    expect(page.locator(".example .katex").first).to_be_visible()


# Two events in one task: no frame is drawn between them, so focus has not moved by itself.
LEAVE_AND_PRESS_F = """(field, leave) => {
  const root = field.getRootNode();
  const press = (key) => (root.activeElement ?? document.body).dispatchEvent(
    new KeyboardEvent("keydown", { key, bubbles: true, composed: true, cancelable: true }));
  const button = [...field.closest("dialog").querySelectorAll("button")]
    .find((found) => found.textContent.startsWith(leave));
  if (button) button.click();
  else press(leave);
  press("f");
}"""


@pytest.mark.parametrize("leave", ["Escape", "Leave", "Send"])
def test_key_pressed_right_after_the_note_is_left_is_taken(
    page: Page, api: FakeApi, leave: str
) -> None:
    shown(page)
    page.keyboard.press("e")
    page.keyboard.type("axs")
    page.locator("#note").evaluate(LEAVE_AND_PRESS_F, leave)

    expect(page.locator("dialog.note")).to_be_hidden()
    sent = ["needs_rewrite"] if leave == "Send" else []
    until(lambda: [d["kind"] for d in api.decisions] == [*sent, "flag"])
