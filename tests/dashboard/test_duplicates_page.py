"""The page of near-duplicates: limits are told, a group is resolved, and that is taken back."""

from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from tests.dashboard.fake_api import FakeApi
from tests.dashboard.fake_duplicate_routes import BATCH
from tests.dashboard.test_pages import Open, button, words


def sent(api: FakeApi, path: str) -> dict[str, Any]:
    body = next(body for _, asked, _, body in api.requests if asked == path)
    return {name: value for name, value in body.items() if name != "token"}


def shown_html(page: AppTest) -> str:
    return "\n".join(element.proto.body for element in page.get("html"))


def test_list_tells_limits_and_shows_undecided_groups(fake_api: FakeApi, open_page: Open) -> None:
    page = open_page("duplicates")
    assert not page.exception
    told = words(page)
    assert "1 group of copies and 1 of the same words with other numbers, among 60 seeds" in told
    assert "12 seeds found their group full: a group takes 1,000 members" in told
    assert "40 seeds share boilerplate with more than 50 others" in told
    assert "3 seeds without a word" in told
    assert list(page.dataframe[0].value["size"]) == [2, 1003]


def test_group_is_shown_side_by_side(fake_api: FakeApi, open_page: Open) -> None:
    page = open_page("duplicates", group="1")
    assert not page.exception
    assert "12 more seeds like the first were left out" in words(page)
    assert "1,001 less similar seeds more" in words(page)
    shown = shown_html(page)
    assert '<mark class="changed">old</mark>' in shown
    assert '<mark class="changed">very new</mark>' in shown
    assert "<b>" not in shown  # what a seed says is no markup


@pytest.mark.parametrize("kept", [1, 2])
def test_kept_seed_is_sent_with_what_was_seen_and_undone(
    fake_api: FakeApi, open_page: Open, kept: int
) -> None:
    page = open_page("duplicates", group="1")
    [each for each in page.button if each.label == "Keep this one"][kept - 1].click().run()
    assert sent(fake_api, "/v1/duplicates/1:keep") == {"seed_id": kept, "seed_ids": [1, 2]}
    assert f"Seed {kept} is kept, 1 other rejected. It took over their domain." in words(page)
    assert list(page.dataframe[0].value["size"]) == [2]
    button(page, "Undo").click().run()
    assert sent(fake_api, "/v1/decisions:undo-batch") == {"batch": BATCH}
    assert list(page.dataframe[0].value["size"]) == [2, 1003]


def test_group_can_be_dismissed(fake_api: FakeApi, open_page: Open) -> None:
    page = open_page("duplicates", group="2")
    assert "other numbers" in words(page)
    button(page, "Not duplicates").click().run()
    assert sent(fake_api, "/v1/duplicates/2:dismiss") == {"seed_ids": [1, 3]}
    assert "Group 2: no duplicates." in words(page)


def test_search_is_begun_and_followed(fake_api: FakeApi, open_page: Open) -> None:
    page = open_page("duplicates")
    button(page, "Find near-duplicates").click().run()
    assert any(path == "/v1/duplicates:find" for _, path, _, _ in fake_api.requests)
    assert "Looking for near-duplicates: done" in page.get("progress")[0].proto.text


def test_viewer_sees_and_cannot_decide(fake_api: FakeApi, open_page: Open) -> None:
    page = open_page("duplicates", role="viewer", group="1")
    labels = [each.label for each in page.button]
    assert "Keep this one" not in labels
    assert "Not duplicates" not in labels


def test_group_that_is_gone_is_explained(fake_api: FakeApi, open_page: Open) -> None:
    page = open_page("duplicates", group="77")
    assert "there is no group 77" in page.error[0].value
