"""The cookie that keeps a sign-in: who gets it, and how it is set."""

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from dashboard import session_cookie
from dashboard.session_cookie import Cookie, Tickets, cookie_name, tickets

KEPT = Cookie("seedbed_session_8301", "s3cret", 60)


@pytest.fixture
def browser() -> TestClient:
    return TestClient(Starlette(routes=[session_cookie.route()]), "https://seedbed.example")


def test_ticket_sets_the_cookie_once_out_of_reach_of_scripts(browser: TestClient) -> None:
    ticket = {"ticket": tickets.leave(KEPT)}
    answer = browser.post("/session", json=ticket, headers={"Origin": "https://seedbed.example"})

    assert answer.status_code == 204
    cookie = answer.headers["set-cookie"]
    assert cookie.startswith("seedbed_session_8301=s3cret; ")
    parts = set(cookie.split("; "))
    assert {"HttpOnly", "Max-Age=60", "Path=/", "SameSite=strict", "Secure"} <= parts
    assert browser.post("/session", json=ticket).status_code == 410


def test_cookie_is_not_secure_where_the_page_is_not(browser: TestClient) -> None:
    ticket = {"ticket": tickets.leave(KEPT)}
    answer = browser.post("/session", json=ticket, headers={"Origin": "http://127.0.0.1:8301"})

    assert "Secure" not in answer.headers["set-cookie"]


def test_made_up_ticket_and_what_another_site_could_send_set_nothing(browser: TestClient) -> None:
    ticket = tickets.leave(KEPT)
    form = browser.post("/session", data={"ticket": ticket})
    text = browser.post(
        "/session", content=f'{{"ticket": "{ticket}"}}', headers={"Content-Type": "text/plain"}
    )
    invented = browser.post("/session", json={"ticket": "invented"})
    empty = browser.post("/session", json=[])

    answers = [form, text, invented, empty]
    assert [answer.status_code for answer in answers] == [415, 415, 410, 422]
    assert not any("set-cookie" in answer.headers for answer in answers)
    assert browser.get("/session").status_code == 405


def test_old_ticket_is_good_for_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    waiting = Tickets()
    ticket = waiting.leave(KEPT)
    now = session_cookie.time.monotonic()
    monkeypatch.setattr(session_cookie.time, "monotonic", lambda: now + 61)

    assert waiting.take(ticket) is None


def test_cookie_name_tells_dashboards_of_one_host_apart() -> None:
    assert cookie_name("http://127.0.0.1:8501/triage") == "seedbed_session_8501"
    assert cookie_name("https://seedbed.example/") == "seedbed_session"
    assert cookie_name(None) == "seedbed_session"
