"""Sign-in: the one-time link, the form, the cookie, signing out."""

from datetime import UTC, datetime

import pytest
from streamlit.testing.v1 import AppTest

from dashboard import single_sign_on
from dashboard.session import seconds_until
from dashboard.session_cookie import tickets
from tests.dashboard.conftest import app, signed_in
from tests.dashboard.fake_api import FakeApi


def fill(page: AppTest, password: str) -> AppTest:
    page.text_input[0].set_value("ada")
    page.text_input[1].set_value(password)
    return page.button[0].click().run()


def test_link_signs_in_once_and_leaves_the_address(fake_api: FakeApi) -> None:
    page = app()
    page.query_params["link"] = "good-link"
    page.run()

    assert page.session_state["user"]["name"] == "ada"
    assert page.session_state["secret"] == "s3cret"
    assert "link" not in page.query_params
    assert page.title[0].value == "Overview"


def test_used_link_is_explained(fake_api: FakeApi) -> None:
    page = app()
    page.query_params["link"] = "used-link"
    page.run()

    assert "Each link works once" in page.error[0].value
    assert "user" not in page.session_state


def test_form_signs_in(fake_api: FakeApi) -> None:
    page = fill(app().run(), "right")

    assert page.title[0].value == "Overview"


def test_form_with_a_wrong_password_says_so(fake_api: FakeApi) -> None:
    page = fill(app().run(), "wrong")

    assert "name and password do not fit" in [error.value for error in page.error]


def test_page_asked_for_without_sign_in_shows_the_form_only(fake_api: FakeApi) -> None:
    page = app().run().switch_page("app_pages/seeds.py").run()

    assert page.title[0].value == "Seedbed"
    assert fake_api.requests == []


def test_sign_in_without_api_says_so(no_api: None) -> None:
    page = app()
    page.query_params["link"] = "good-link"
    page.run()

    assert "cannot be reached" in page.error[0].value


def test_sign_out_ends_the_session_and_empties_the_cookie(fake_api: FakeApi) -> None:
    page = signed_in().run()
    next(b for b in page.button if b.label == "Sign out").click().run()

    assert any(path == "/v1/sign-out" for _, path, _, _ in fake_api.requests)
    cookie = tickets.take(page.session_state["ticket"])
    assert cookie == ("seedbed_session", "", 0)
    assert page.title[0].value == "Seedbed"


def test_without_a_provider_nothing_of_it_is_shown(fake_api: FakeApi) -> None:
    page = app().run()

    assert [button.label for button in page.button] == ["Sign in"]


def test_provider_is_offered_by_its_name(
    fake_api: FakeApi, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SEEDBED_OIDC_ISSUER", "https://provider.example")
    monkeypatch.setenv("SEEDBED_OIDC_NAME", "Example")
    page = app().run()

    assert [button.label for button in page.button] == ["Sign in with Example", "Sign in"]


def test_streamlit_learns_of_the_provider_from_the_environment(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert single_sign_on.secrets() == {}
    monkeypatch.setenv("SEEDBED_OIDC_ISSUER", "https://provider.example/")
    monkeypatch.setenv("SEEDBED_OIDC_CLIENT_ID", "seedbed")
    with pytest.raises(RuntimeError, match="SEEDBED_OIDC_CLIENT_SECRET"):
        single_sign_on.secrets()
    monkeypatch.setenv("SEEDBED_OIDC_CLIENT_SECRET", "a-secret")
    monkeypatch.setenv("SEEDBED_DASHBOARD_URL", "https://seedbed.example")
    auth = single_sign_on.secrets()["auth"]

    assert auth["redirect_uri"] == "https://seedbed.example/oauth2callback"
    assert auth["server_metadata_url"] == (
        "https://provider.example/.well-known/openid-configuration"
    )
    assert "a-secret" not in auth["cookie_secret"]
    assert single_sign_on.secrets()["auth"]["cookie_secret"] == auth["cookie_secret"]


def test_seconds_until_a_time_that_has_passed_are_none() -> None:
    now = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)

    assert seconds_until("2026-11-23T12:01:30+00:00", now) == 90
    assert seconds_until("2026-11-23T12:01:30", now) == 90
    assert seconds_until("2026-11-23T11:00:00Z", now) == 0
