"""Measuring rewrites from their pages, and what was measured, with its figures."""

from typing import Any

import pytest

from dashboard.interval_bars import intervals_html
from tests.dashboard.fake_api import FakeApi
from tests.dashboard.fake_rewrite_rows import measure, some_rewrites
from tests.dashboard.test_pages import Open, button, words
from tests.dashboard.test_queues_page import bars, field, sent
from tests.dashboard.test_rewrites_page import html, labels, links


@pytest.fixture
def fake_api(fake_api: FakeApi) -> FakeApi:
    """An API with two rewrites that wait, and no runs."""
    some_rewrites(fake_api)
    fake_api.runs.clear()
    return fake_api


def test_studio_shows_what_was_measured(fake_api: FakeApi, open_page: Open) -> None:
    measure(fake_api.rewrites[1])
    page = open_page("rewrites", rewrite="1")
    told = words(page)
    assert "**Is as difficult as before**: failed" in told
    assert "16 of 16 after: clearly easier" in told
    assert "Not measured yet" not in told
    assert "<span>Original</span>" in html(page)
    assert "Measure it again" in [each.label for each in page.expander]


def test_passages_that_checks_point_at_are_painted(fake_api: FakeApi, open_page: Open) -> None:
    shown = html(open_page("rewrites", rewrite="1"))
    assert '<mark class="failed">Show that' in shown
    assert '<mark class="failed">' not in html(open_page("rewrites", rewrite="2"))


def test_one_rewrite_is_measured_and_its_run_is_followed(
    fake_api: FakeApi, open_page: Open
) -> None:
    page = open_page("rewrites", rewrite="2")
    button(page, "Start measuring").click().run()
    [body] = sent(fake_api, "POST", "/v1/rewrites:measure")
    assert body["rewrite_ids"] == [2]
    assert (body["reference_samples"], body["weak_samples"]) == (8, 16)
    assert len(body["weak_endpoint_ids"]) == 1
    assert bars(page) == ["0 of 1 rewrite done, about 2 minutes left"]
    assert "Run 1 measures rewrites" in links(page)


def test_all_that_wait_are_measured_from_the_list(fake_api: FakeApi, open_page: Open) -> None:
    page = open_page("rewrites")
    assert "Start measuring" not in labels(page)
    field(page, "Choose the models").set_value(True).run()
    assert "Rewrites" in [metric.label for metric in page.metric]
    button(page, "Start measuring").click().run()
    [body] = sent(fake_api, "POST", "/v1/rewrites:measure")
    assert "rewrite_ids" not in body


def test_viewer_and_decided_rewrites_have_no_form(fake_api: FakeApi, open_page: Open) -> None:
    assert "Start measuring" not in labels(open_page("rewrites", role="viewer", rewrite="2"))
    fake_api.rewrites[2]["state"] = "rejected"
    assert "Start measuring" not in labels(open_page("rewrites", rewrite="2"))


def test_without_models_it_says_what_to_register(fake_api: FakeApi, open_page: Open) -> None:
    fake_api.endpoints.clear()
    page = open_page("rewrites", rewrite="2")
    assert "Register a model" in links(page)


def test_page_of_the_run_says_what_it_measures(fake_api: FakeApi, open_page: Open) -> None:
    page = open_page("rewrites", rewrite="2")
    button(page, "Start measuring").click().run()
    told = words(open_page("runs", run="1"))
    assert "measures 1 rewrite, policy" in told
    assert "over all seeds" not in told


def test_bars_lie_where_the_interval_does() -> None:
    figures: Any = {"matching": 4, "total": 16, "low": 0.09, "high": 0.49}
    shown = intervals_html([("<Original>", figures), ("Rewrite", {**figures, "total": 0})])
    assert "left: 9.0%; width: 40.0%" in shown
    assert "left: 25.0%" in shown
    assert "&lt;Original&gt;" in shown
