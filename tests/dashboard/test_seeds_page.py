"""The table of seeds: edits in place, and the filters of an address."""

from collections.abc import Callable
from typing import Any

from streamlit.testing.v1 import AppTest

from dashboard.seed_edits import changed_rows
from tests.dashboard import fake_rows
from tests.dashboard.fake_api import FakeApi

Open = Callable[..., AppTest]


def test_only_cells_that_say_something_else_are_sent() -> None:
    rows: list[Any] = [fake_rows.seed_detail(1) | {"domain": "algebra", "tags": [], "answer": "4"}]
    edited = {0: {"domain": " algebra ", "tags": [], "answer": "5", "prompt": "No"}}

    [change] = changed_rows(rows, edited)
    assert change == {"id": 1, "revision_id": rows[0]["revision_id"], "seen": {}, "answer": "5"}
    [change] = changed_rows(rows, {0: {"tags": ["new"]}})
    assert change["seen"] == {"tags": []}
    assert changed_rows(rows, {0: {"domain": "algebra"}}) == []
    assert changed_rows(rows, {0: {"answer": " "}})[0]["answer"] is None


def test_filters_of_the_address_are_sent_and_named(fake_api: FakeApi, open_page: Open) -> None:
    page = open_page("seeds", max_margin="0.5", tie="false")

    asked = [query for _, path, query, _ in fake_api.requests if path == "/v1/seeds"][-1]
    assert (asked["max_margin"], asked["tie"]) == ("0.5", "false")
    assert any(b.label == "margin of the vote at most 0.5" for b in page.button)
    page.button(key="chip_max_margin").click().run()
    asked = [query for _, path, query, _ in fake_api.requests if path == "/v1/seeds"][-1]
    assert "max_margin" not in asked


def test_address_that_is_not_understood_is_said(fake_api: FakeApi, open_page: Open) -> None:
    page = open_page("seeds", min_margin="much")

    assert "min margin cannot be" in page.warning[0].value
    assert len(page.dataframe[0].value) == 50
    page = open_page("seeds", min_margin="![x](https://example.org/x.png)")
    assert r"\!\[x\](https://example.org/x.png)" in page.warning[0].value


def test_answer_that_a_model_proposed_is_named_and_a_curator_says_that_it_is_right(
    fake_api: FakeApi, open_page: Open
) -> None:
    fake_api.seeds[3] |= {"answer": "43", "answer_origin": "proposed"}
    page = open_page("seeds", seed="3")
    assert "A model proposed the answer 43." in page.info[0].value
    page.button(key="answer_checked").click().run()
    assert not page.exception
    sent = [body for method, path, _, body in fake_api.requests if method == "PATCH"][-1]
    [row] = sent["seeds"]
    assert row == {
        "id": 3, "revision_id": fake_api.seeds[3]["revision_id"], "answer_checked": True,
    }  # fmt: skip
    fake_api.seeds[3]["answer_origin"] = "given"
    page.run()
    assert not [each for each in page.button if each.key == "answer_checked"]
