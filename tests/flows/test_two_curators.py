"""Two curators in two browsers, a real API and Postgres: one seed is never on both screens."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import text

from backend import database
from backend.accounts import service as accounts
from tests.builders import create_seed
from tests.dashboard import browser as real
from tests.dashboard.browser import saved, shown, until
from tests.services import eventually, free_port, process

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(real.chromium() is None, reason="no Chromium was found"),
]

TAKEN = 60  # a pane takes as many at once: the second curator gets ten
SEEDS = 70


class Stack:
    """An API that can be stopped and started again, and the dashboard before it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"

    @contextmanager
    def api(self) -> Iterator[None]:
        command = [sys.executable, "-m", "uvicorn", "backend.app:create_app", "--factory"]
        with process([*command, "--port", str(self.port)], {}, self.folder / "api.log"):
            eventually(self._answers, 60, "an answer of the API")
            yield

    def _answers(self) -> bool:
        try:
            # Health asks for the broker too, and triage needs none.
            return httpx.get(f"{self.url}/v1/me").status_code == 401
        except httpx.TransportError:
            return False


@pytest.fixture
def stack(committed: None, tmp_path: Path) -> Stack:
    with database.session_scope() as session:
        for number in range(1, SEEDS + 1):
            create_seed(session, f"What is {number} and one?")
        for name in ("ann", "bob"):
            accounts.create_user(session, name, "curator", f"{name} has a password")
    return Stack(tmp_path)


@pytest.fixture
def chromium() -> Iterator[Browser]:
    with real.browser(str(real.chromium())) as opened:
        yield opened


def triage(chromium: Browser, dashboard: str, name: str) -> Page:
    """The triage page in a browser of its own, signed in."""
    with database.session_scope() as session:
        user = next(user for user in accounts.list_users(session) if user.name == name)
        link = accounts.issue_key(session, user, "link", "test", accounts.LINK_LIFE).secret
    page = chromium.new_context().new_page()
    page.set_default_timeout(real.MILLISECONDS)
    page.goto(f"{dashboard}/triage?link={link}")
    shown(page)
    return page


def column(statement: str) -> list[object]:
    with database.engine().connect() as connection:
        return list(connection.scalars(text(statement)))


def held_by(name: str) -> set[object]:
    """The seeds that a curator has by a living lease."""
    user = f"select id from user_account where name = '{name}'"
    return set(column(f"select seed_id from lease where user_id = ({user}) and expires_at > now()"))


def later(page: Page, seconds: int) -> None:
    """Have the page believe that time has passed."""
    page.evaluate("s => { const now = Date.now; Date.now = () => now() + 1000 * s; }", seconds)


def number_of(page: Page) -> int:
    return int(shown(page).removeprefix("Seed "))


def test_seeds_pass_from_one_curator_to_another(stack: Stack, chromium: Browser) -> None:
    with stack.api(), real.dashboard(stack.url, stack.folder / "dashboard.log") as url:
        ann = triage(chromium, url, "ann")
        until(lambda: len(held_by("ann")) == TAKEN)
        bob = triage(chromium, url, "bob")
        until(lambda: len(held_by("bob")) == SEEDS - TAKEN)
        of_ann = held_by("ann")
        assert len(of_ann) == TAKEN
        assert of_ann & held_by("bob") == set()
        assert number_of(ann) in of_ann
        assert number_of(bob) not in of_ann

        # Ann leaves the page: what she held is Bob's with his next request.
        ann.get_by_role("link", name="Judges").click()
        until(lambda: not held_by("ann"))
        bob.keyboard.press("a")
        later(bob, 61)
        until(lambda: len(held_by("bob")) == SEEDS - 1)

        # Bob's leases run out while he looks at one of them, and Ann takes it.
        until(lambda: bob.keyboard.press("ArrowRight") or number_of(bob) in of_ann)
        on_screen = number_of(bob)
        with database.engine().begin() as connection:
            connection.execute(text("update lease set expires_at = now() - interval '1 second'"))
        ann.get_by_role("link", name="Triage").click()
        until(lambda: len(held_by("ann")) == TAKEN)
        assert on_screen in held_by("ann")
        # The idle page asks before it takes anything.
        later(bob, 400)
        bob.keyboard.press("x")
        notice = f"Seed {on_screen} is being reviewed by ann now"
        expect(bob.get_by_test_id("notice")).to_contain_text(notice)
        assert number_of(bob) not in held_by("ann")
        assert column("select kind from decision") == ["accept"]
        ann.context.close()
        bob.context.close()


def test_connection_lost_and_found_reload_undo_and_redo(stack: Stack, chromium: Browser) -> None:
    with real.dashboard(stack.url, stack.folder / "dashboard.log") as url:
        with stack.api():
            ann = triage(chromium, url, "ann")
            first = number_of(ann)
            for key in "axs":
                ann.keyboard.press(key)
            saved(ann)
        ann.keyboard.press("a")  # nobody is there
        expect(ann.get_by_test_id("failure")).to_contain_text("1 decision not saved yet")
        ann.keyboard.press("x")
        with stack.api():
            saved(ann)
            kinds = ["accept", "reject", "skip", "accept"]
            assert column("select kind from decision order by id") == kinds

            # A burst that is cut by a reload.
            for key in "xaxax":
                ann.keyboard.press(key)
            ann.reload()
            shown(ann)
            saved(ann)
            until(lambda: len(column("select id from decision")) == 9)
            assert column("select seed_id from decision group by 1 having count(*) > 1") == []

            for key in ("a", "u", "u", "Shift+U"):
                ann.keyboard.press(key)
            saved(ann)
            until(lambda: len(column("select id from decision")) == 13)
            undone = "select undoes_id from decision where undoes_id is not null order by id"
            assert column(undone) == [10, 9, 12]
            assert column(f"select status from seed where id = {first}") == ["accepted"]
            ann.context.close()
