"""A real Chromium and a real dashboard process before a fake API."""

import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import httpx
from playwright.sync_api import Browser, Cookie, Page, expect, sync_playwright

SERVER = Path(__file__).parents[2] / "dashboard" / "server.py"
SECONDS = 90
# A deadline, not a wait: the first page of a cold browser takes long on a busy machine.
MILLISECONDS = 90_000
expect.set_options(timeout=MILLISECONDS)


def chromium() -> str | None:
    """The program, where there is one."""
    names = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
    return next((path for name in names if (path := shutil.which(name))), None)


@contextmanager
def dashboard(api_url: str, log: Path, settings: Mapping[str, str] | None = None) -> Iterator[str]:
    """The dashboard's address while it runs, started from a folder that is not the project's."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "streamlit", "run", str(SERVER), "--server.port", str(port)]
    url = f"http://127.0.0.1:{port}"
    environment = {**os.environ, **(settings or {})}
    environment |= {"SEEDBED_API_URL": api_url, "SEEDBED_DASHBOARD_URL": url}
    with log.open("wb") as output:
        process = subprocess.Popen(
            command, env=environment, cwd=log.parent, stdout=output, stderr=output
        )
    try:
        _wait(url, process, log)
        yield url
    finally:
        process.terminate()
        process.wait(timeout=20)


def _wait(url: str, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + SECONDS
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise RuntimeError(f"the dashboard ended: {log.read_text()}")
        try:
            if httpx.get(f"{url}/_stcore/health").is_success:
                return
        except httpx.TransportError:
            pass
        time.sleep(0.1)
    raise TimeoutError(log.read_text())


@contextmanager
def browser(program: str) -> Iterator[Browser]:
    """A headless browser; as root Chromium has no sandbox."""
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
        yield opened
        opened.close()


def watch(page: Page) -> list[str]:
    """Collects what must not happen: errors in scripts, and requests that leave the machine."""
    seen: list[str] = []
    page.on("pageerror", lambda error: seen.append(f"error: {error}"))
    inside = ("http://127.0.0.1", "ws://127.0.0.1", "data:", "blob:")
    page.on("request", lambda r: None if r.url.startswith(inside) else seen.append(r.url))
    return seen


def shown(page: Page) -> str:
    """The heading of the seed on the screen, once there is one."""
    heading = page.get_by_test_id("seed")
    heading.wait_for()
    return heading.inner_text()


def session_cookies(page: Page) -> list[Cookie]:
    """Those by which the browser stays signed in."""
    found = page.context.cookies()
    return [cookie for cookie in found if cookie["name"].startswith("seedbed_session")]


def saved(page: Page) -> None:
    """Wait until the pane says that all is saved."""
    expect(page.get_by_test_id("saving")).to_contain_text("All saved", timeout=MILLISECONDS)


def until(condition: Callable[[], bool]) -> None:
    """Wait until it holds.

    Raises:
        AssertionError: it does not come to hold in time.
    """
    deadline = time.monotonic() + MILLISECONDS / 1000
    while not condition():
        assert time.monotonic() < deadline, "did not happen in time"
        time.sleep(0.05)
