"""A proof is rewritten by a model, mended by a person, approved, and stands in triage again."""

import json
import re

import httpx
from playwright.sync_api import Page, expect

from tests.workers.fake_openai import Step, answer

PROOF = "Prove that the sum of the first n odd numbers is n^2."
LEAKS = "Show that the sum of the first 40 odd numbers is 1600."
MENDED = "What is the sum of the first 40 odd numbers?"


def leaking() -> Step:
    """What the model proposes: it tells its answer."""
    told = {"prompt": LEAKS, "answer": "1600", "why": "A number can be checked."}
    return answer(json.dumps(told))


def pushed_proof(api: httpx.Client) -> int:
    """A seed that asks for a proof, by number."""
    rows = [{"prompt": PROOF, "source": "first", "external_id": "proof"}]
    [row] = api.post("/v1/seeds:bulk", json=rows).raise_for_status().json()["results"]
    return int(row["id"])


def rewritten(page: Page, dashboard: str, api: httpx.Client) -> None:
    """From the seed to triage, in the browser; every part but the model is real."""
    seed_id = pushed_proof(api)
    page.goto(f"{dashboard}/rewrites?seed={seed_id}")
    page.get_by_text("Ask a model").click()
    page.get_by_role("spinbutton", name="Candidates").fill("1")
    page.get_by_role("button", name="Ask for candidates").click()
    expect(page.get_by_role("heading", name="1 candidate to choose from")).to_be_visible()
    page.get_by_role("button", name="Compare").click()
    expect(page.get_by_text("states its answer")).to_be_visible()
    expect(page.get_by_role("button", name="Approve")).to_be_disabled()
    page.get_by_role("button", name="Revise").click()
    expect(page.get_by_label("New prompt")).to_have_value(LEAKS)
    for label, text in (("New prompt", MENDED), ("What you changed, and why", "It asks now.")):
        page.get_by_label(label).fill(text)
        page.keyboard.press("Tab")
    page.get_by_role("button", name="Propose the rewrite").click()
    page.get_by_role("button", name="Approve").click()
    expect(page.get_by_text("the seed reads so")).to_be_visible()
    seed = api.get(f"/v1/seeds/{seed_id}").json()
    assert (seed["prompt"], seed["answer"], seed["status"]) == (MENDED, "1600", "pending")
    assert [event["kind"] for event in seed["history"]] == ["rewrite"]
    theirs = api.get("/v1/rewrites", params={"seed_id": seed_id, "by_model": True}).json()["items"]
    assert [(row["author"], row["state"], row["prompt"]) for row in theirs] == [
        ("strong", "proposed", LEAKS)
    ]
    page.goto(f"{dashboard}/triage?q=first+40+odd")
    expect(page.get_by_test_id("seed")).to_contain_text(re.compile(rf"\b{seed_id}\b"))
