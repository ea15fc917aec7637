"""A curator's own keys and settings in a real Chromium."""

import pytest
from playwright.sync_api import Page, expect

from tests.dashboard.browser import shown, until
from tests.dashboard.fake_api import FakeApi

pytestmark = pytest.mark.browser


def change_key(page: Page, label: str, key: str) -> None:
    """In the open sheet: click the action's key, press another."""
    page.get_by_role("button", name=f"{label}:").click()
    page.keyboard.press(key)


def state(page: Page, text: str) -> None:
    """Wait until the sheet says so."""
    expect(page.get_by_test_id("settings-state")).to_contain_text(text)


def test_changed_key_counts_at_once_and_stays(page: Page, api: FakeApi) -> None:
    shown(page)
    page.keyboard.press("?")
    change_key(page, "Accept", "j")
    state(page, "Saved")
    assert api.settings["keys"]["accept"] == "j"
    page.keyboard.press("Escape")

    accept = page.locator(".actions [data-action=accept]")
    expect(accept.locator("kbd")).to_have_text("J")
    assert accept.get_attribute("title") == "Accept (J)"
    page.keyboard.press("a")
    page.keyboard.press("j")
    until(lambda: len(api.decisions) == 1)
    page.reload()
    assert shown(page) == "Seed 2"
    expect(accept.locator("kbd")).to_have_text("J")


def test_key_that_another_action_has_is_refused_and_nothing_changes(
    page: Page, api: FakeApi
) -> None:
    shown(page)
    page.keyboard.press("?")
    change_key(page, "Redo", "a")
    state(page, "Not changed: a is the key of accept already")
    change_key(page, "Redo", "Backspace")
    state(page, "is no single key")
    change_key(page, "Redo", "Control+k")
    state(page, "is no single key")
    change_key(page, "Redo", "4")
    state(page, "digits reject with a reason")

    assert api.settings["keys"]["redo"] == "Shift+u"
    expect(page.get_by_role("button", name="Redo:").locator("kbd")).to_have_text("Shift U")


def test_escape_keeps_the_old_key_before_it_closes_the_sheet(page: Page, api: FakeApi) -> None:
    shown(page)
    page.keyboard.press("?")
    change_key(page, "Accept", "Escape")
    expect(page.locator("dialog.help")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("dialog.help")).to_be_hidden()
    page.keyboard.press("a")
    until(lambda: [d["kind"] for d in api.decisions] == ["accept"])


def test_defaults_come_back(page: Page, api: FakeApi) -> None:
    shown(page)
    page.keyboard.press("?")
    change_key(page, "Accept", "Shift+J")
    state(page, "Saved")
    page.get_by_label("Move on after a decision").uncheck()
    until(lambda: api.settings["auto_advance"] is False)
    page.get_by_role("button", name="Back to the defaults").click()

    until(lambda: api.settings["auto_advance"] is True)
    assert api.settings["keys"]["accept"] == "a"
    expect(page.get_by_role("button", name="Accept:").locator("kbd")).to_have_text("A")


def test_without_moving_on_the_seed_stays_until_the_next_key(page: Page, api: FakeApi) -> None:
    shown(page)
    page.keyboard.press("?")
    page.get_by_label("Move on after a decision").uncheck()
    page.get_by_label("Size of the text").select_option("largest")
    until(lambda: api.settings["text_size"] == "largest")
    page.keyboard.press("Escape")
    page.keyboard.press("a")

    expect(page.get_by_test_id("mark")).to_have_text("accepted")
    assert shown(page) == "Seed 1"
    page.keyboard.press("ArrowRight")
    assert shown(page) == "Seed 2"
    assert api.settings["auto_advance"] is False


def test_settings_wait_while_nothing_can_be_saved(page: Page, api: FakeApi) -> None:
    shown(page)
    api.fail("/v1/me/settings", 503, code="unavailable", detail="the database does not answer")
    page.keyboard.press("?")
    change_key(page, "Accept", "j")
    expect(page.get_by_test_id("failure")).to_contain_text("The database does not answer.")
    api.failing.clear()

    state(page, "Saved")
    assert api.settings["keys"]["accept"] == "j"
