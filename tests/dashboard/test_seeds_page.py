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
