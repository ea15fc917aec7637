"""What keeps decisions right: redo, leases, loading, leaving the page."""

import pytest
from playwright.sync_api import Page, expect

from tests.dashboard import fake_rows
from tests.dashboard.browser import saved, shown, until
from tests.dashboard.fake_api import FakeApi

pytestmark = pytest.mark.browser
AWAY_MILLISECONDS = 700_000


def test_redo_does_again_what_undo_took_back(page: Page, api: FakeApi) -> None:
    shown(page)
    for key in ("a", "x", "u", "u", "Shift+U", "Shift+U", "u"):
        page.keyboard.press(key)

    assert shown(page) == "Seed 2"
    saved(page)
    until(lambda: api.seeds[2]["status"] == "pending")
    assert api.seeds[1]["status"] == "accepted"
    expect(page.get_by_test_id("left")).to_have_text("59 left")
    expect(page.get_by_test_id("pace")).to_contain_text("1 today")


def test_redo_moves_on_as_the_decision_did(page: Page, api: FakeApi) -> None:
    shown(page)
    page.keyboard.press("a")
    page.keyboard.press("u")
    assert shown(page) == "Seed 1"
    page.keyboard.press("Shift+U")
    assert shown(page) == "Seed 2"
    page.keyboard.press("ArrowLeft")
    expect(page.get_by_test_id("mark")).to_have_text("accepted")


def test_redo_of_a_flag_and_of_a_hit(page: Page, api: FakeApi) -> None:
    shown(page)
    api.seeds = {6: fake_rows.seed_detail(6)}
    page.reload()
    assert shown(page) == "Seed 6"
    for key in ("f", "d", "u", "u", "Shift+U", "Shift+U"):
        page.keyboard.press(key)

    expect(page.get_by_test_id("flag")).to_be_visible()
    saved(page)
    until(lambda: api.seeds[6]["flagged"] and api.seeds[6]["open_hits"] == 0)


def test_new_decision_ends_what_could_be_done_again(page: Page, api: FakeApi) -> None:
    shown(page)
    for key in ("a", "u", "x"):
        page.keyboard.press(key)
    saved(page)
    api.fail("/v1/decisions:redo", 404, code="nothing_to_redo", detail="there is nothing to redo")
    page.keyboard.press("Shift+U")

    expect(page.get_by_test_id("notice")).to_contain_text("there is nothing to redo")
    assert api.seeds[1]["status"] == "rejected"


def test_redo_after_a_reload_brings_the_seed_back_decided(page: Page, api: FakeApi) -> None:
    shown(page)
    page.keyboard.press("x")
    page.keyboard.press("u")
    saved(page)
    page.reload()
    shown(page)
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Shift+U")

    expect(page.get_by_test_id("seed")).to_have_text("Seed 1")
    expect(page.get_by_test_id("mark")).to_have_text("rejected")
    page.keyboard.press("u")
    expect(page.get_by_test_id("mark")).to_have_count(0)
    until(lambda: api.seeds[1]["status"] == "pending")


def test_refused_undo_is_said_and_the_decision_stands(page: Page, api: FakeApi) -> None:
    shown(page)
    page.keyboard.press("a")
    saved(page)
    api.fail("/v1/decisions:undo", 409, code="contradicted", detail="a later decision stands")
    page.keyboard.press("u")

    expect(page.get_by_test_id("notice")).to_contain_text("a later decision stands")
    expect(page.get_by_test_id("left")).to_have_text("59 left")
    page.keyboard.press("ArrowLeft")
    expect(page.get_by_test_id("mark")).to_have_text("accepted")


def test_seed_that_another_has_by_now_is_said_and_left(page: Page, api: FakeApi) -> None:
    shown(page)
    page.clock.install()
    page.reload()
    assert shown(page) == "Seed 1"
    api.taken_by_others = {1: "bob", 3: "bob"}
    page.clock.fast_forward(AWAY_MILLISECONDS)
    page.keyboard.press("x")  # the lease may have run out: not taken

    notice = page.get_by_test_id("notice")
    expect(notice).to_contain_text("Seed 1 is being reviewed by bob now")
    assert shown(page) == "Seed 2"
    page.keyboard.press("x")
    assert shown(page) == "Seed 4"
    until(lambda: len(api.decisions) == 1)
    assert api.decisions[0]["seed_id"] == 2


def test_note_written_too_long_is_not_sent_to_another_seed(page: Page, api: FakeApi) -> None:
    shown(page)
    page.clock.install()
    page.reload()
    shown(page)
    page.keyboard.press("e")
    page.keyboard.type("State the unit")
    api.taken_by_others = {1: "bob"}
    page.clock.fast_forward(61_000)
    until(lambda: ("POST", "/v1/queue:heartbeat") in [asked[:2] for asked in api.requests])
    expect(page.get_by_test_id("seed")).to_have_text("Seed 2")
    page.keyboard.press("Control+Enter")

    expect(page.get_by_test_id("notice")).to_contain_text("State the unit")
    assert api.decisions == []


def test_keys_while_another_view_loads_decide_nothing(page: Page, api: FakeApi) -> None:
    shown(page)
    api.delay = 1.0
    page.get_by_label("Verdict").click()
    page.get_by_role("option", name="teachable").click()
    expect(page.get_by_test_id("empty")).to_contain_text("Fetching seeds")
    for key in "axu":
        page.keyboard.press(key)
    api.delay = 0.0

    expect(page.get_by_test_id("seed")).to_have_text("Seed 5")
    page.keyboard.press("f")
    until(lambda: bool(api.decisions))
    assert [d["kind"] for d in api.decisions] == ["flag"]
    assert api.undone == []


def test_seeds_go_back_when_another_page_is_opened(page: Page, api: FakeApi) -> None:
    shown(page)
    page.keyboard.press("a")
    saved(page)
    page.get_by_role("link", name="Endpoints").click()

    until(lambda: "/v1/queue:release" in [asked[1] for asked in api.requests])
    released = next(asked[3] for asked in api.requests if asked[1] == "/v1/queue:release")
    assert set(range(2, 61)) <= set(released["seed_ids"])


def test_page_that_is_left_sends_what_waits_and_gives_seeds_back(page: Page, api: FakeApi) -> None:
    expect(page.get_by_test_id("left")).to_have_text("60 left")  # by now the pane has all of them
    api.delay = 0.3
    for key in "aax":
        page.keyboard.press(key)
    # The event alone: whether a closing browser's last message arrives is not ours to say.
    page.evaluate("window.dispatchEvent(new PageTransitionEvent('pagehide'))")
    api.delay = 0.0

    until(lambda: "/v1/queue:release" in [asked[1] for asked in api.requests])
    assert [d["seed_id"] for d in api.decisions] == [1, 2, 3]
    [released] = [asked[3] for asked in api.requests if asked[1] == "/v1/queue:release"]
    assert released["seed_ids"] == list(range(4, 61))
    assert released["leased_until"]


def test_pace_follows_the_decisions(page: Page, api: FakeApi) -> None:
    shown(page)
    pace = page.get_by_test_id("pace")
    expect(pace).to_have_text("0 today")
    page.keyboard.press("a")
    expect(pace).to_have_text("1 today")
    page.keyboard.press("s")
    expect(pace).to_have_text("1 today")
    saved(page)
    page.reload()
    shown(page)
    expect(pace).to_have_text("1 today")
