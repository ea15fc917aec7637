"""Signed in over a reload, out of reach of scripts, and signed out, in a real browser."""

import pytest
from playwright.sync_api import Page, expect

from tests.dashboard.browser import session_cookies, shown, until
from tests.dashboard.fake_api import FakeApi

pytestmark = pytest.mark.browser


def test_sign_in_outlives_a_reload_by_a_cookie_that_no_script_sees(
    page: Page, api: FakeApi
) -> None:
    shown(page)
    until(lambda: bool(session_cookies(page)))
    kept = [(cookie["httpOnly"], cookie["sameSite"]) for cookie in session_cookies(page)]
    assert kept == [(True, "Strict")]
    assert "seedbed" not in page.evaluate("document.cookie")
    page.reload()
    shown(page)

    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("heading", name="Seedbed")).to_be_visible()
    until(lambda: not session_cookies(page))
    assert ("POST", "/v1/sign-out", {}, None) in [
        (method, path, query, body or None) for method, path, query, body in api.requests
    ]
