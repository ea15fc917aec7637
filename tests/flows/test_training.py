"""A mixture's version becomes a checkpoint: one press, a real API, worker and export in between.

What trains is a stand-in (`tests/standin_trainer.py`) in real processes.
"""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import httpx
import pytest
from playwright.sync_api import Browser, Page, expect

from backend import database
from backend.accounts import service as accounts
from tests.dashboard import browser as real
from tests.durability.conftest import Worker, broker_url, worker
from tests.flows.test_two_curators import Stack
from tests.mixtures import taught
from tests.services import eventually
from tests.training_runs import output, standin

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(real.chromium() is None, reason="no Chromium was found"),
]
__all__ = ["broker_url", "worker"]

STEPS = 20


@pytest.fixture
def stack(committed: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Stack:
    """A home with what a mixture needs, and the stand-in in the place of training's Python."""
    standin(tmp_path, monkeypatch)
    with database.session_scope() as session:
        for number in range(1, 9):
            taught(session, prompt=f"What is {number} and one?")
        accounts.create_user(session, "ann", "curator", "ann has a password")
    return Stack(tmp_path)


@pytest.fixture
def chromium() -> Iterator[Browser]:
    with real.browser(str(real.chromium())) as opened:
        yield opened


class Client(httpx.Client):
    """The API as ann sees it."""

    def __init__(self, url: str) -> None:
        super().__init__(base_url=url, timeout=30)
        said = self.post("/v1/sign-in", json={"name": "ann", "password": "ann has a password"})
        self.headers["Authorization"] = f"Bearer {said.json()['secret']}"

    def frozen(self) -> int:
        """The number of a version of a mixture of all seeds, frozen by the worker."""
        mixture = self.post("/v1/mixtures", json={"name": "sums", "recipe": {}}).json()["id"]
        asked = self.post(f"/v1/mixtures/{mixture}:freeze").json()["id"]
        state = lambda: self.get(f"/v1/mixture-versions/{asked}").json()["state"]  # noqa: E731
        eventually(lambda: state() == "frozen", 60, "a frozen version")
        return int(asked)

    def first(self, path: str) -> dict[str, Any]:
        found: dict[str, Any] = self.get(path).json()["items"][0]
        return found


def _asked(page: Page) -> None:
    """Fill the form in for the stand-in, and press the button."""
    page.get_by_role("combobox", name="Template").click()
    page.get_by_role("option", name="tiny_sft").click()
    steps = page.get_by_role("spinbutton", name="Steps", exact=True)
    expect(steps).to_have_value("450")
    for field, text in (
        (steps, str(STEPS)),
        (page.get_by_role("textbox", name="Model", exact=True), "held"),
    ):
        field.fill(text)
        field.press("Enter")
    page.get_by_role("button", name="Export and train").click()


def test_version_is_exported_trained_on_and_ends_in_a_checkpoint(
    stack: Stack, worker: Worker, chromium: Browser
) -> None:
    worker.start()
    with (
        stack.api(),
        real.dashboard(stack.url, stack.folder / "dashboard.log") as url,
        closing(Client(stack.url)) as api,
    ):
        version = api.frozen()
        page = chromium.new_page()
        page.set_default_timeout(real.MILLISECONDS)
        complaints = real.watch(page)
        with database.session_scope() as session:
            [ann] = [user for user in accounts.list_users(session) if user.name == "ann"]
            link = accounts.issue_key(session, ann, "link", "test", accounts.LINK_LIFE).secret
        page.goto(f"{url}/training?link={link}&new=1&version={version}")
        _asked(page)

        # The worker writes the export, checks, and starts; half of the steps are done.
        bar = page.get_by_test_id("stProgress").first
        expect(bar).to_contain_text(f"Running: step {STEPS // 2} of {STEPS}")
        expect(page.locator(".vega-embed .marks").first).to_be_visible()
        run = api.first("/v1/training-runs")
        export = api.get(f"/v1/exports/{run['export_id']}").json()
        assert (export["state"], export["version_id"], export["row_count"]) == (
            "finished", version, 8,
        )  # fmt: skip

        (output(run["id"]) / "go").touch()
        expect(bar).to_contain_text(f"Finished: step {STEPS} of {STEPS}")
        made = api.first("/v1/checkpoints")
        expect(page.get_by_text(f"vllm serve {made['path']}")).to_be_visible()
        assert made["lineage"]["export"]["folder"].endswith(export["folder"])
        page.get_by_text("Samples", exact=True).click()
        expect(page.get_by_text("2 + 2 =")).to_be_visible()
        assert complaints == []
        page.close()
