"""Training in a real Chromium: a version is exported and trained on, watched, ended, served."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.dashboard import browser as real
from tests.dashboard.fake_api import FakeApi
from tests.dashboard.fake_mixture_routes import version

pytestmark = pytest.mark.browser


@pytest.fixture
def training(chromium: Browser, url: str, api: FakeApi) -> Iterator[Page]:
    """The page, signed in by a link; nothing may go wrong on it or leave the machine."""
    api.versions = [version(1, api.mixtures[0])]
    context = chromium.new_context(viewport={"width": 1280, "height": 1000})
    opened = context.new_page()
    opened.set_default_timeout(real.MILLISECONDS)
    complaints = real.watch(opened)
    opened.goto(f"{url}/training?link=good-link")
    real.until(lambda: bool(real.session_cookies(opened)))
    yield opened
    context.close()
    assert complaints == []


def bar(page: Page) -> Locator:
    return page.get_by_test_id("stProgress").first


def curves(page: Page) -> Locator:
    return page.locator(".vega-embed .marks")


def picture(plot: Locator) -> str:
    """What a plot's canvas shows."""
    shown: str = plot.evaluate("mark => mark.matches('canvas') ? mark.toDataURL() : mark.outerHTML")
    return shown


def choose(page: Page, label: str, option: str) -> None:
    page.get_by_role("combobox", name=label).click()
    page.get_by_role("option", name=option).click()


def fill(page: Page, label: str, before: str, value: str) -> None:
    """Change a field, once it is the one that the template has so."""
    field = page.get_by_role("spinbutton", name=label, exact=True)
    expect(field).to_have_value(before)
    field.fill(value)
    field.press("Enter")


def test_mixture_is_exported_trained_on_and_ends_in_a_checkpoint(
    training: Page, api: FakeApi
) -> None:
    training.get_by_role("button", name="Export and train").click()
    training.get_by_text("A mixture's version, exported now").click()
    choose(training, "Template", "tiny_sft")
    fill(training, "Steps", "450", "60")
    training.get_by_role("button", name="Export and train").click()
    expect(training.get_by_text("it waits for its export")).to_be_visible()
    expect(bar(training)).to_contain_text("Waiting: step 0 of 60")

    api.training.grow(3, 5)
    expect(bar(training)).to_contain_text("Running: step 5 of 60")
    expect(curves(training)).to_have_count(6)
    first = curves(training).first
    top, before = first.bounding_box(), picture(first)
    api.training.grow(3, 30)
    expect(bar(training)).to_contain_text("step 35 of 60")
    real.until(lambda: picture(first) != before)
    # The same plots at the same place: nothing jumps while it refreshes.
    expect(curves(training)).to_have_count(6)
    assert first.bounding_box() == top

    api.training.grow(3, 25)
    api.training.finish(3)
    expect(bar(training)).to_contain_text("Finished: step 60 of 60")
    card = training.locator(".st-key-checkpoint_2")
    expect(card).to_contain_text("maths, version 1")
    expect(card.get_by_text("vllm serve /home/seedbed/training/3-run/output")).to_be_visible()
    card.get_by_role("link", name="Train on from this").click()
    begun = training.get_by_role("combobox", name="Begin from")
    expect(begun).to_have_value("checkpoint 2 of maths v1, tiny_sft")


def test_run_is_ended_and_another_fails_while_watched(
    training: Page, url: str, api: FakeApi
) -> None:
    training.goto(f"{url}/training?run=2")
    training.get_by_role("button", name="Cancel").click()
    training.get_by_role("button", name="End this run").click()
    expect(bar(training)).to_contain_text("Cancelling: step 12 of 30")
    run = api.training.runs[1]
    run |= {"state": "cancelled", "finished_at": run["created_at"]}
    expect(bar(training)).to_contain_text("Cancelled: step 12 of 30")
    expect(training.get_by_role("button", name="Cancel")).to_have_count(0)

    api.training.add("tiny_sft", name="ill")
    api.training.grow(3, 3)
    training.goto(f"{url}/training?run=3")
    expect(bar(training)).to_contain_text("Running: step 3 of 450")
    api.training.fail(3)
    card = training.locator(".st-key-training_failure")
    expect(card).to_contain_text("A row of the export cannot be trained on")
    expect(card).to_contain_text("BadRow: row 7")
    training.get_by_role("button", name="Begin anew").click()
    expect(bar(training)).to_contain_text("Waiting: step 3 of 450")
    api.training.begin(3, 0)
    api.training.grow(3, 2)
    expect(bar(training)).to_contain_text("Running: step 2 of 450")
    expect(card).to_have_count(0)
    training.get_by_text("1 attempt before").click()
    card = training.locator(".st-key-training_attempt_1")
    expect(card).to_contain_text("failed at step 3")
    expect(card).to_contain_text("BadRow: row 7")
    card.get_by_role("link", name="Seed 3").click()
    expect(training.get_by_role("heading", name="Seed 3")).to_be_visible()


def test_log_is_taken_home_whole(training: Page, url: str, api: FakeApi) -> None:
    api.training.logs[2] = b"".join(b"step %d\n" % step for step in range(40_000))
    training.goto(f"{url}/training?run=2")
    training.get_by_role("radio", name="Log").click()
    expect(training.get_by_text("step 39999")).to_be_visible()
    with training.expect_download() as download:
        training.get_by_role("button", name="Log").click()
    assert download.value.suggested_filename == "training-2.log"
    assert download.value.path().read_bytes() == api.training.logs[2]


def test_export_that_is_not_listed_is_found_and_stays_chosen(
    training: Page, url: str, api: FakeApi
) -> None:
    [old] = api.exports
    api.exports = [{**old, "id": n, "name": f"export {n}"} for n in range(80, 1, -1)] + [old]
    training.goto(f"{url}/training?new=1")
    expect(training.get_by_text("The newest 50 are listed.")).to_be_visible()
    typed = training.get_by_label("Find another export by name or number")
    typed.fill("first")
    typed.press("Enter")
    expect(training.get_by_text("The newest 50 are listed.")).to_have_count(0)
    choose(training, "Export", "first (sft")
    chosen = training.get_by_role("combobox", name="Export")
    expect(chosen).to_have_value(re.compile(r"^1: first \(sft"))
    typed.fill("")
    typed.press("Enter")
    expect(training.get_by_text("The newest 50 are listed.")).to_be_visible()
    expect(chosen).to_have_value(re.compile(r"^1: first \(sft"))


def test_runs_are_compared_and_faults_stand_at_fields(
    training: Page, url: str, api: FakeApi
) -> None:
    table = training.get_by_test_id("stDataFrame")
    box = table.bounding_box()
    assert box is not None
    for row in (1, 2):  # the boxes in front; a canvas has no elements for them
        training.mouse.click(box["x"] + 16, box["y"] + 33 * row + 17)
        expect(training.get_by_role("heading", name="Compared")).to_be_visible()
    expect(training.get_by_text("Reward", exact=True).last).to_be_visible()
    expect(curves(training)).to_have_count(1)

    training.goto(f"{url}/training?new=1&export=1")
    choose(training, "Template", "tiny_sft")
    fill(training, "Batch", "32", "30")
    training.get_by_role("button", name="Check", exact=True).click()
    expect(training.get_by_text("it has to be a multiple of 16")).to_be_visible()
