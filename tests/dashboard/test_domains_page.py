"""Suggested domains beside the clusters: asked for, counted, held against given ones, applied."""

import pytest

from dashboard.domain_charts import confusion_map, confusion_rows
from dashboard.domain_form import domains_in
from dashboard.rows.domains import DomainConfusion
from tests.dashboard.fake_api import FakeApi
from tests.dashboard.fake_domain_routes import domain_run
from tests.dashboard.test_mixtures_page import last_sent, show, widget
from tests.dashboard.test_pages import Open, button, words

LIST = "algebra: equations\n\n geometry\n"
READ = [{"name": "algebra", "description": "equations"}, {"name": "geometry", "description": ""}]
RUN = {"domains": READ, "apply": False, "filter": {"has_domain": False}}


def test_list_is_read_line_by_line() -> None:
    assert domains_in(LIST) == READ
    assert domains_in(" \n") == []
    assert domains_in("a: b: c") == [{"name": "a", "description": "b: c"}]


@pytest.mark.parametrize(
    ("text", "wrong"), [("a\n: b", "Line 2 has no name"), ("a\nA: c", "Line 2 names A again")]
)
def test_line_that_is_wrong_is_named(text: str, wrong: str) -> None:
    with pytest.raises(ValueError, match=wrong):
        domains_in(text)


def test_confusion_is_a_share_of_the_given_domain() -> None:
    pairs: list[DomainConfusion] = [
        {"given": "a", "suggested": "a", "seeds": 3}, {"given": "a", "suggested": None, "seeds": 1}
    ]  # fmt: skip
    rows = confusion_rows(pairs)
    assert [(row["suggested"], row["share"]) for row in rows] == [
        ("a", 0.75), ("none of the list", 0.25),
    ]  # fmt: skip
    drawn = confusion_map(pairs).to_dict()
    assert drawn["layer"][0]["encoding"]["x"]["sort"] == ["a", "none of the list"]


def test_judge_is_asked_about_seeds_without_a_domain(fake_api: FakeApi, open_page: Open) -> None:
    page = show(open_page("mixtures"), "Clusters")
    text = "Domains: one on each line, with a word on what belongs to it after a colon"
    widget(page, "text_area", text).set_value(LIST).run()
    widget(page, "number_input", "Most calls").set_value(100).run()
    widget(page, "checkbox", "Apply when finished").check().run()
    button(page, "Ask the model").click().run()
    assert not page.exception
    sent = last_sent(fake_api, "/v1/domain-runs")
    assert (sent["domains"], sent["max_calls"], sent["apply"]) == (READ, 100, True)
    assert (sent["filter"], "max_cost" in sent) == ({"has_domain": False}, False)
    names = {one["id"]: one["role"] for one in fake_api.endpoints}
    assert names[sent["endpoint_id"]] == "judge"
    assert "Suggested domains" in words(page)


def test_suggestions_are_shown_applied_and_undone(fake_api: FakeApi, open_page: Open) -> None:
    fake_api.runs = [domain_run(1, RUN)]
    page = show(open_page("mixtures"), "Clusters")
    assert not page.exception
    shown = {one.label: one.value for one in page.metric}
    assert (shown["Replies"], shown["Same as the given domain"]) == ("4", "50%")
    tables = [list(one.value.columns) for one in page.dataframe]
    assert ["domain", "seeds", "new"] in tables
    assert ["outcome", "count", "share"] in tables
    button(page, "Apply to 1 seed").click().run()
    assert last_sent(fake_api, "/v1/runs/1/domains:apply")["replace"] is False
    assert "**Applied to 1 seed**" in words(page)
    assert button(page, "Apply to 0 seeds").disabled
    widget(page, "checkbox", "Replace given domains too").check().run()
    assert not button(page, "Apply to 2 seeds").disabled
    button(page, "Undo").click().run()
    assert not page.exception
    sent = last_sent(fake_api, "/v1/decisions:undo-batch")
    assert sent["batch"] == fake_api.batches[0]["batch"]


def test_run_page_shows_its_suggestions_to_viewers(fake_api: FakeApi, open_page: Open) -> None:
    fake_api.runs = [domain_run(1, RUN)]
    page = open_page("runs", role="viewer", run="1")
    assert not page.exception
    assert "Suggested domains" in words(page)
    assert not [one for one in page.button if one.label.startswith("Apply")]
