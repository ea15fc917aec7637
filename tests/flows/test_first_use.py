"""The whole way of a first user: `seedbed up`, push, score, triage in Chromium, export, rewrite.

Everything is real but the models, which are scripted.
"""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import orjson
import pytest
from playwright.sync_api import Page, expect

from backend.exports.verify import verify
from tests.dashboard.browser import browser, chromium, saved, shown, watch
from tests.flows.rewriting import leaking, rewritten
from tests.services import PROGRAMS, ROOT, eventually, free_port, process
from tests.workers.fake_openai import FakeOpenAI, Request, Step, answer

pytestmark = pytest.mark.browser

SEEDS = 12
KEY = "a-key-for-the-first-use-test"


def _reply(request: Request) -> Step:
    """The reference is right; the weak model is right about each second seed half the time."""
    if "You rewrite a problem" in request.prompt:
        return leaking()
    number = int(re.search(r"seed (\d+):", request.prompt)[1])  # type: ignore[index]
    if request.body["model"] == "strong":
        return answer(rf"Adding gives \boxed{{{number + 1}}}.")
    _reply.calls += 1  # type: ignore[attr-defined]
    wrong = number % 2 == 0 and _reply.calls % 2 == 0  # type: ignore[attr-defined]
    return answer(rf"\boxed{{{0 if wrong else number + 1}}}")


_reply.calls = 0  # type: ignore[attr-defined]


class Seedbed:
    """A running `seedbed up`, its command line and its API."""

    def __init__(self, folder: Path) -> None:
        self.ports = {"SEEDBED_API_PORT": free_port(), "SEEDBED_DASHBOARD_PORT": free_port()}
        self.home = folder / "a home"
        self.log = folder / "up.log"
        self.environment = {
            **{name: str(port) for name, port in self.ports.items()},
            "SEEDBED_HOME": str(self.home),
            "SEEDBED_ADMIN_KEY": KEY,
        }
        self.api = httpx.Client(
            base_url=f"http://127.0.0.1:{self.ports['SEEDBED_API_PORT']}",
            headers={"Authorization": f"Bearer {KEY}"},
            timeout=30,
        )

    @contextmanager
    def up(self) -> Iterator[None]:
        command = [sys.executable, "-m", "backend.cli.app", "up", "--no-demo", "--no-model"]
        # What the test session sets would replace the embedded parts.
        unset = dict.fromkeys(("SEEDBED_DATABASE_URL", "SEEDBED_BROKER_URL"))
        with process(command, {**unset, **self.environment}, self.log):
            eventually(lambda: "?link=" in self.log.read_text(), 120, "a sign-in link")
            with self.api:
                yield

    def run(self, *words: str) -> str:
        """A `seedbed` command, which must succeed."""
        done = subprocess.run(
            [str(PROGRAMS / "seedbed"), *words], cwd=ROOT, capture_output=True, text=True,
            env={"PATH": os.environ["PATH"], "SEEDBED_HOME": str(self.home)}, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    @property
    def dashboard(self) -> str:
        return f"http://127.0.0.1:{self.ports['SEEDBED_DASHBOARD_PORT']}"

    def link(self) -> str:
        return re.search(r"http\S+\?link=\S+", self.log.read_text())[0]  # type: ignore[index]


def _pushed(seedbed: Seedbed, folder: Path) -> None:
    file = folder / "seeds.jsonl"
    rows = [{"text": f"seed {n}: what is {n} + 1?", "id": str(n)} for n in range(1, SEEDS + 1)]
    file.write_bytes(b"\n".join(orjson.dumps(row) for row in rows))
    words = ["--source", "first", "--map", "prompt=text", "--map", "external_id=id"]
    assert "12 created" in seedbed.run("seeds", "push", str(file), *words)
    assert "12 unchanged" in seedbed.run("seeds", "push", str(file), *words)


def _scored(seedbed: Seedbed, models: FakeOpenAI) -> None:
    for name, role in (("strong", "reference"), ("small", "weak")):
        words = ["--url", models.base_url, "--model", name, "--role", role]
        seedbed.run("endpoints", "add", name, *words)
    assert "42" not in seedbed.run("endpoints", "test", "small", "--prompt", "seed 1: and?")
    seedbed.run("runs", "start", "--weak", "small", "--reference", "strong", "--weak-samples", "8")
    finished = lambda: seedbed.api.get("/v1/runs/1").json()["state"] == "finished"  # noqa: E731
    eventually(finished, 120, "the run finished")


def _triaged(seedbed: Seedbed, page: Page) -> None:
    """Accept one, reject one, take the rejection back, accept it after all."""
    page.goto(seedbed.link())
    page.get_by_role("link", name="Triage").click()
    first = shown(page)
    page.keyboard.press("a")
    second = shown(page)
    assert second != first
    for key in "xua":
        page.keyboard.press(key)
    saved(page)
    assert shown(page) not in (first, second)


@pytest.mark.skipif(chromium() is None, reason="no Chromium was found")
def test_first_use_ends_in_a_whole_export(tmp_path: Path) -> None:
    seedbed = Seedbed(tmp_path)
    with FakeOpenAI() as models, seedbed.up(), browser(str(chromium())) as opened:
        models.default = _reply
        assert seedbed.api.get("/healthz").json()["status"] == "ok"
        _pushed(seedbed, tmp_path)
        _scored(seedbed, models)
        run = seedbed.api.get("/v1/runs/1").json()
        assert run["seeds_scored"] == SEEDS
        assert sum(run["verdicts"].values()) == SEEDS
        page = opened.new_page()
        outside = watch(page)
        _triaged(seedbed, page)
        accepted = seedbed.api.get("/v1/seeds", params={"status": "accepted"}).json()["items"]
        assert len(accepted) == 2
        folder = seedbed.home / "exports" / seedbed.run("export", "create", "first").strip()
        assert verify(folder) == []
        rows = [orjson.loads(line) for line in (folder / "data.jsonl").read_bytes().splitlines()]
        assert {row["seed_id"] for row in rows} == {seed["id"] for seed in accepted}
        assert all(row["key_origin"] == "plurality" for row in rows)
        rewritten(page, seedbed.dashboard, seedbed.api)
        _overview_shows(page)
        assert outside == []
    assert "Stopped" in seedbed.log.read_text()


def _overview_shows(page: Page) -> None:
    page.get_by_role("link", name="Overview").click()
    expect(page.get_by_text("Teachability map")).to_be_visible(timeout=30_000)
