"""A rewrite in a real Chromium: a model proposes it, a person mends it, and it goes to triage."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.dashboard import browser as real
from tests.dashboard import fake_work_rows as work
from tests.dashboard.accessibility import barriers
from tests.dashboard.fake_api import FakeApi
from tests.dashboard.fake_rewrite_rows import PROOF, SEED_OF_PROOF, measure, some_rewrites

pytestmark = pytest.mark.browser

LEAKS = "Show that the sum of the first 40 odd numbers is 1600."
OTHER = "Prove that the sum of the first 50 odd numbers is 2500."
MENDED = "What is the sum of the first 40 odd numbers?"


@pytest.fixture
def opened(chromium: Browser, url: str, api: FakeApi) -> Iterator[Page]:
    """The page of a seed that asks for a proof; nothing may go wrong or leave the machine."""
    some_rewrites(api)
    api.rewrites.clear()
    api.endpoints.append(work.endpoint(4, "Teacher", "teacher"))
    api.candidates = [(LEAKS, "1600"), (OTHER, "50")]
    context = chromium.new_context(viewport={"width": 1280, "height": 900})
    page = context.new_page()
    page.set_default_timeout(real.MILLISECONDS)
    complaints = real.watch(page)
    page.goto(f"{url}/seeds?seed={SEED_OF_PROOF}&link=good-link")
    yield page
    context.close()
    assert complaints == []


def write(page: Page, prompt: str, answer: str, why: str) -> None:
    for label, text in (
        ("New prompt", prompt), ("Its answer", answer), ("What you changed, and why", why)
    ):  # fmt: skip
        page.get_by_label(label).fill(text)
        page.keyboard.press("Tab")
    page.get_by_role("button", name="Propose the rewrite").click()


def test_proof_is_rewritten_by_a_model_mended_and_approved(
    opened: Page, api: FakeApi, url: str
) -> None:
    opened.get_by_role("link", name="Write a rewrite").click()
    expect(opened.get_by_role("heading", name=f"Rewrite seed {SEED_OF_PROOF}")).to_be_visible()
    expect(opened.locator(".katex").first).to_be_visible()
    opened.get_by_text("Ask a model").click()
    opened.get_by_role("button", name="Ask for candidates").click()
    # It goes on by itself until they are there, side by side.
    expect(opened.get_by_role("heading", name="2 candidates to choose from")).to_be_visible()
    expect(opened.get_by_text("1 reply: proposed before")).to_be_visible()
    assert barriers(opened) == []
    opened.get_by_role("button", name="Compare").last.click()

    expect(opened.get_by_role("heading", name="Rewrite 1")).to_be_visible()
    expect(opened.get_by_text("by Teacher,")).to_be_visible()
    expect(opened.get_by_text("states its answer")).to_be_visible()
    expect(opened.get_by_role("button", name="Approve")).to_be_disabled()
    assert barriers(opened) == []

    opened.get_by_role("button", name="Revise").click()
    expect(opened.get_by_label("New prompt")).to_have_value(LEAKS)
    write(opened, MENDED, "1600", "It asks now, and does not tell.")
    expect(opened.get_by_role("heading", name="Rewrite 3")).to_be_visible()
    assert [api.rewrites[number]["state"] for number in (1, 3)] == ["proposed"] * 2
    expect(opened.locator("mark.added").filter(has_text="40")).to_be_visible()
    assert api.seeds[SEED_OF_PROOF]["prompt"] == PROOF

    opened.get_by_role("button", name="Approve").click()
    expect(opened.get_by_text("the seed reads so")).to_be_visible()
    seed = api.seeds[SEED_OF_PROOF]
    assert (seed["prompt"], seed["status"]) == (MENDED, "pending")

    measure(api.rewrites[1])
    opened.goto(f"{url}/rewrites?rewrite=1")
    expect(opened.locator(".intervals .track")).to_have_count(2)
    expect(opened.locator("mark.failed").filter(has_text="Show that")).to_be_visible()
    assert barriers(opened) == []

    opened.goto(f"{url}/triage?q=first+40+odd")
    expect(opened.get_by_test_id("seed")).to_contain_text(str(SEED_OF_PROOF))
    expect(opened.get_by_text(MENDED)).to_be_visible()
    opened.goto(f"{url}/seeds?seed={SEED_OF_PROOF}")
    expect(opened.get_by_text("rewrite (It asks now, and does not tell.)").first).to_be_visible()
