"""Tags and domain of many seeds: the form in the bar, what it sends, and what the history says."""

import pytest
from playwright.sync_api import Page, TimeoutError, expect
from streamlit.testing.v1 import AppTest

from dashboard.event_words import batch_change
from tests.dashboard.browser import until
from tests.dashboard.fake_api import FakeApi
from tests.dashboard.fake_history_routes import batch_row
from tests.dashboard.test_history_page import sent
from tests.dashboard.test_pages import Open, words
from tests.dashboard.test_views_browser import open_seeds


def choose(bar: AppTest) -> None:
    bar.run()
    bar.text_input(key="bulk_reason").set_value("sorting").run()
    bar.selectbox(key="bulk_kind").select("edit").run()


def test_nothing_is_counted_before_something_changes(fake_api: FakeApi, bar: AppTest) -> None:
    choose(bar)
    assert not bar.exception
    assert "Say what changes" in words(bar) + " ".join(said.value for said in bar.caption)
    assert sent(fake_api, "/v1/seeds:edit") == []
    assert not [button for button in bar.button if button.key == "bulk_confirm"]


def test_domain_of_all_is_counted_then_set_and_undone_as_one(
    fake_api: FakeApi,
    bar: AppTest,
) -> None:
    choose(bar)
    bar.selectbox(key="bulk_domain").select_index(0).run()
    domain = bar.selectbox(key="bulk_domain").value
    assert "**10** will be edited." in words(bar)
    bar.button(key="bulk_confirm").click().run()
    assert not bar.exception
    counted, done = sent(fake_api, "/v1/seeds:edit")[-2:]
    order = {"filter": {"domain": "arithmetic"}, "domain": domain, "reason": "sorting"}
    assert (counted, done) == (order | {"dry_run": True}, order)
    assert "10 seeds edited." in words(bar)
    assert bar.selectbox(key="bulk_kind").value is None
    bar.button(key="bulk_undo").click().run()
    assert fake_api.batches[0]["undone_count"] == 10


def test_domain_is_taken_away(fake_api: FakeApi, bar: AppTest) -> None:
    choose(bar)
    bar.checkbox(key="bulk_no_domain").check().run()
    assert bar.selectbox(key="bulk_domain").disabled
    assert sent(fake_api, "/v1/seeds:edit")[-1]["domain"] is None


def test_another_change_is_another_order(fake_api: FakeApi, bar: AppTest) -> None:
    choose(bar)
    bar.selectbox(key="bulk_domain").select_index(0).run()
    bar.checkbox(key="bulk_no_domain").check().run()
    tokens = [body["token"] for _, path, _, body in fake_api.requests if path == "/v1/seeds:edit"]
    assert len(tokens) == len(set(tokens)) == 2


def test_history_says_what_an_edit_changed(fake_api: FakeApi, open_page: Open) -> None:
    changes = {"add_tags": ["olympiad"], "remove_tags": ["old"], "domain": None}
    batch = batch_row(
        1, "00000000-0000-4000-8000-000000000001", "edit", count=3, changes=changes
    )  # fmt: skip
    fake_api.batches.append(batch)
    page = open_page("history")
    assert "**3 seeds edited**: tag olympiad added, tag old removed, domain: none" in words(page)
    assert batch_change(batch | {"changes": None}) == ""  # type: ignore[arg-type]


def chosen(page: Page, action: str) -> bool:
    """Type an action; False where the bar was still unfolding, which takes no keys."""
    page.get_by_label("Action").fill("")
    page.get_by_label("Action").press_sequentially(action, delay=30)
    page.get_by_label("Action").press("Enter")
    try:
        page.get_by_label("Add tags").wait_for(timeout=3000)
    except TimeoutError:
        return False
    return True


@pytest.mark.browser
def test_tags_of_all_that_match_are_typed_confirmed_and_undone(page: Page, api: FakeApi) -> None:
    page.set_viewport_size({"width": 1280, "height": 1500})  # nothing scrolls
    open_seeds(page)
    page.get_by_text("Decide on all seeds that match").click()
    until(lambda: chosen(page, "Edit tags"))
    page.get_by_label("Add tags").press_sequentially("olympiad")
    page.get_by_label("Add tags").press("Enter")
    count = len(api.seeds)
    expect(page.get_by_text(f"{count} will be edited.")).to_be_visible()
    page.get_by_label("Reason (required)").fill("sorting")
    page.get_by_label("Reason (required)").press("Enter")
    page.get_by_role("button", name=f"Edit tags and domain: {count} seeds").click()

    expect(page.get_by_text(f"{count} seeds edited.")).to_be_visible()
    assert all("olympiad" in seed["tags"] for seed in api.seeds.values())
    assert api.batches[0]["changes"] == {"add_tags": ["olympiad"]}
    page.get_by_role("button", name="Undo").click()
    until(lambda: api.batches[0]["undone_count"] == count)
