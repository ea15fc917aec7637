"""The triage pane in a real Chromium: keys, order, undo, failures, reload, hostile seeds."""

import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.dashboard import browser as real
from tests.dashboard import fake_rows
from tests.dashboard.fake_api import FakeApi, FakeServer

PROGRAM = real.chromium()
pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(PROGRAM is None, reason="no Chromium on this machine"),
    pytest.mark.xdist_group("triage_browser"),
]
MILLISECONDS = 30_000


@pytest.fixture(scope="module")
def server() -> Iterator[FakeServer]:
    server = FakeServer(FakeApi())
    yield server
    server.stop()


@pytest.fixture(scope="module")
def url(server: FakeServer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    log: Path = tmp_path_factory.mktemp("dashboard") / "log.txt"
    with real.dashboard(server.url, log) as address:
        yield address


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    assert PROGRAM is not None
    with real.browser(PROGRAM) as opened:
        yield opened


@pytest.fixture()
def api(server: FakeServer) -> FakeApi:
    """A fresh API behind the same address."""
    fresh = FakeApi()
    for seed in fresh.seeds.values():
        seed["open_hits"], seed["evidence"]["hits"] = 0, []
    server.use(fresh)
    return fresh


@pytest.fixture()
def page(chromium: Browser, url: str, api: FakeApi) -> Iterator[Page]:
    context = chromium.new_context(viewport={"width": 1280, "height": 900})
    opened = context.new_page()
    opened.set_default_timeout(MILLISECONDS)
    complaints = real.watch(opened)
    opened.goto(f"{url}/triage?link=good-link")
    yield opened
    context.close()
    assert complaints == []


def shown(page: Page) -> str:
    """The heading of the seed on the screen, once there is one."""
    heading = page.get_by_test_id("seed")
    heading.wait_for()
    return heading.inner_text()


def saved(page: Page) -> None:
    expect(page.get_by_test_id("saving")).to_contain_text("All saved", timeout=MILLISECONDS)


def until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + MILLISECONDS / 1000
    while not condition():
        assert time.monotonic() < deadline, "did not happen in time"
        time.sleep(0.05)


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


def test_open_hit_must_be_settled_before_accepting(chromium: Browser, url: str, server: FakeServer) -> None:
    api = FakeApi(seeds=6)
    for number in range(1, 6):
        del api.seeds[number]
    server.use(api)
    page = chromium.new_page()
    page.goto(f"{url}/triage?link=good-link")
    assert shown(page) == "Seed 6"
    assert page.locator("mark").count() >= 2  # what both texts share, marked in both

    page.keyboard.press("a")
    expect(page.get_by_test_id("notice")).to_contain_text("settle its 1 open hit first")
    page.keyboard.press("d")
    page.keyboard.press("a")
    until(lambda: len(api.decisions) == 2)
    assert [d["kind"] for d in api.decisions] == ["dismiss_hit", "accept"]
    page.close()


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
    page.get_by_test_id("seed").click()
    page.keyboard.press("Control+a")
    page.keyboard.press("Alt+x")
    page.keyboard.press("?")
    page.keyboard.press("a")  # the sheet is open
    page.keyboard.press("Escape")

    time.sleep(0.5)  # nothing may come: there is no sign to wait for
    assert api.decisions == []


def test_filter_change_brings_other_seeds_and_stands_in_the_address(page: Page, api: FakeApi) -> None:
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


def hostile_seed(number: int, text: str) -> dict[str, object]:
    """A seed that holds the text wherever a seed holds other people's text."""
    seed = fake_rows.seed_detail(1, text)
    start = text[:200]
    seed |= {"id": number, "answer": text, "source": start, "external_id": start, "domain": start}
    evidence = seed["evidence"]
    evidence["teachability"]["plurality"]["classes"][0]["answer"] = start
    evidence["judgments"][0]["reasons"] = start
    evidence["hits"] = [fake_rows.hit(1, text)]
    event = {"user": start, "kind": "skip", "reason": start, "undone_by": None}
    seed["history"] = [event | {"created_at": fake_rows.NOW}]
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
        assert page.locator(".pane :is(script, img, iframe, object, embed, form, svg[onload])").count() == 0
        assert page.locator(".pane :is([onerror], [onclick], [onload])").count() == 0
        assert "\u202e" not in page.locator(".pane").inner_text()
        wide = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
        assert page.evaluate(wide) == 0
        page.keyboard.press("x")

    until(lambda: len(api.decisions) == len(texts))
    assert page.evaluate("window.hacked") is None
