"""The page of contamination: counts, filters, one hit side by side, confirm, dismiss, undo."""

from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from tests.dashboard import fake_hit_rows as rows
from tests.dashboard.fake_api import FakeApi
from tests.dashboard.fake_contamination_routes import check_job
from tests.dashboard.test_pages import Open, words

DISMISSED = rows.INHERITED
OPEN = [60, 54, 48, 42, 30, 24, 18, 12, 6]


def press(page: AppTest, label: str) -> AppTest:
    """The page after a click on the button of this label."""
    next(each for each in page.button if each.label == label).click()
    return page.run()


def asked(api: FakeApi, path: str) -> list[dict[str, str]]:
    return [query for _, route, query, _ in api.requests if route == path]


def decided(api: FakeApi) -> list[dict[str, Any]]:
    return [
        {name: row[name] for name in ("kind", "hit_id", "reason")}
        for row in api.decisions
        if row["id"] not in api.undone
    ]


def shown(page: AppTest) -> list[str]:
    """The hit's place in the address."""
    return [page.query_params[name] for name in ("seed", "hit") if name in page.query_params]


def html(page: AppTest) -> str:
    return "\n".join(element.proto.body for element in page.get("html"))


def test_open_hits_are_listed_below_all_counts(fake_api: FakeApi, open_page: Open) -> None:
    page = open_page("contamination")
    assert [(m.label, m.value, m.delta) for m in page.metric] == [
        ("Contaminated", "7 open", "0 confirmed, 1 dismissed"),
        ("Variant", "1 open", "0 confirmed, 0 dismissed"),
        ("Related", "1 open", "0 confirmed, 0 dismissed"),
    ]
    assert list(page.dataframe[0].value["id"]) == OPEN
    assert "58 of 60 seeds were checked against 1,319 items of 1 benchmark." in words(page)


def test_filters_are_sent(fake_api: FakeApi, open_page: Open) -> None:
    page = open_page("contamination")
    page.selectbox(key="hit_verdict").select("variant")
    page.selectbox(key="hit_source").select("gsm8k-train").run()
    assert list(page.dataframe[0].value["id"]) == [rows.VARIANT]
    assert asked(fake_api, "/v1/hits")[-1] == {
        "state": "open", "verdict": "variant", "source": "gsm8k-train", "limit": "50",
    }  # fmt: skip
    assert asked(fake_api, "/v1/hits/counts")[-1] == {"source": "gsm8k-train"}


def test_address_chooses_the_filter(fake_api: FakeApi, open_page: Open) -> None:
    page = open_page("contamination", hit_state="dismissed")
    assert list(page.dataframe[0].value["id"]) == [DISMISSED]
    page = open_page("contamination", hit_benchmark="gsm8k", hit_method="nearest programs")
    assert "Remove a filter" in words(page)


def test_long_lists_come_by_cursor(
    fake_api: FakeApi, open_page: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("dashboard.hit_queue.PAGE_SIZE", 4)
    page = press(open_page("contamination"), "Next")
    assert list(page.dataframe[0].value["id"]) == OPEN[4:8]
    assert list(press(page, "Previous").dataframe[0].value["id"]) == OPEN[:4]


def test_page_that_is_settled_gives_way_to_the_first(
    fake_api: FakeApi, open_page: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("dashboard.hit_queue.PAGE_SIZE", 8)
    page = press(open_page("contamination"), "Next")
    assert list(page.dataframe[0].value["id"]) == [6]
    fake_api.seeds[6]["evidence"]["hits"][0]["state"] = "dismissed"
    assert list(page.run().dataframe[0].value["id"]) == OPEN[:8]


def test_row_leads_to_its_hit(fake_api: FakeApi, open_page: Open) -> None:
    page = open_page("contamination")
    page.session_state["hit_table"] = {"selection": {"rows": [1], "columns": []}}
    assert shown(page.run()) == ["54", "54"]
    assert page.title[0].value == "Hit 54"
    assert page.title[0].value != press(page, "All hits").title[0].value


def test_hit_says_what_was_found_and_marks_it(fake_api: FakeApi, open_page: Open) -> None:
    page = open_page("contamination", seed="12", hit="12")
    assert not page.exception
    told = words(page)
    assert "Found among the nearest items; called a variant with probability 0.93." in told
    assert "**gsm8k**, version 1, split test, item t-91" in told
    assert "earlier wording of this seed a curator said: dismissed" in told
    drawn = html(page)
    assert '<mark class="changed">13:05</mark>' in drawn
    assert '<mark class="changed">12:05</mark>' in drawn
    assert drawn.count('<mark class="shared">minutes does it travel?</mark>') == 2
    for fact in ("0.93", "87%", "72%", "9 words", "default v1", "Only the numbers were", "0.914"):
        assert f"<dd>{fact}" in drawn


@pytest.mark.parametrize(
    ("hit_id", "told"),
    [
        (rows.MASKED, "Gated: its authors ask"),
        (rows.RELATED, "Open: stops nothing."),
        (rows.INHERITED, "Dismissed, as a curator said of hit 6 on the same two texts."),
        (rows.INHERITED, "The seed holds the item as a whole; called contaminated."),
    ],
)
def test_hit_explains_what_is_special_of_it(
    fake_api: FakeApi, open_page: Open, hit_id: int, told: str
) -> None:
    assert told in words(open_page("contamination", seed=str(hit_id), hit=str(hit_id)))


def test_decision_carries_its_reason_and_the_next_open_hit_follows(
    fake_api: FakeApi, open_page: Open
) -> None:
    page = open_page("contamination", seed="30", hit="30")
    page.pills[0].set_value("Another question").run()
    page = press(page, "Dismiss")
    assert decided(fake_api) == [
        {"kind": "dismiss_hit", "hit_id": 30, "reason": "Another question"}
    ]
    assert "Hit 30 was dismissed. Reason: Another question." in words(page)
    assert shown(page) == ["24", "24"]
    page.text_input[0].set_value("the same figures")
    assert shown(press(page, "Confirm: contaminated")) == ["18", "18"]
    assert decided(fake_api)[1] == {
        "kind": "confirm_hit", "hit_id": 24, "reason": "the same figures",
    }  # fmt: skip


def test_undo_takes_the_last_word_back_and_shows_its_hit(
    fake_api: FakeApi, open_page: Open
) -> None:
    page = press(open_page("contamination", seed="12", hit="12"), "Confirm: variant")
    assert fake_api.seeds[12]["open_hits"] == 0
    page = press(page, "Undo")
    assert decided(fake_api) == []
    assert shown(page) == ["12", "12"]
    assert fake_api.seeds[12]["open_hits"] == 1
    assert not [each for each in page.button if each.label == "Undo"]


def test_next_stays_under_the_filter_and_begins_anew_after_the_last(
    fake_api: FakeApi, open_page: Open
) -> None:
    page = open_page("contamination", seed="48", hit="48", hit_benchmark="gsm8k")
    assert shown(press(page, "Next open hit")) == ["42", "42"]
    page = open_page("contamination", seed="6", hit="6")
    assert shown(press(page, "Next open hit")) == ["60", "60"]


def test_next_is_found_beyond_a_page_of_skipped_ones(
    fake_api: FakeApi, open_page: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("dashboard.hit_queue.PAGE_SIZE", 2)
    page = open_page("contamination", seed="12", hit="12")
    assert shown(press(page, "Next open hit")) == ["6", "6"]


def test_after_the_last_open_hit_the_list_says_what_was_checked(
    fake_api: FakeApi, open_page: Open
) -> None:
    fake_api.seeds = {12: fake_api.seeds[12]}
    page = press(open_page("contamination", seed="12", hit="12"), "Dismiss")
    assert shown(page) == []
    assert "Nothing has to be settled. 0 of 1 seed were checked" in words(page)
    assert shown(press(page, "Undo")) == ["12", "12"]


def test_refused_decision_is_told_and_the_hit_stays(fake_api: FakeApi, open_page: Open) -> None:
    page = open_page("contamination", seed="12", hit="12")
    fake_api.refusal = "seed 12 has changed"
    page = press(page, "Dismiss")
    assert [error.value for error in page.error] == ["Not taken: seed 12 has changed"]
    assert shown(page) == ["12", "12"]


def test_settled_hit_can_be_given_the_other_word(fake_api: FakeApi, open_page: Open) -> None:
    page = open_page("contamination", seed=str(DISMISSED), hit=str(DISMISSED))
    usable = [b.label for b in page.button if not b.disabled]
    assert "Confirm: contaminated" in usable
    assert "Dismiss" not in usable


def test_hit_that_is_gone_is_explained(fake_api: FakeApi, open_page: Open) -> None:
    assert "This hit is gone" in words(open_page("contamination", seed="12", hit="99"))


def test_viewer_sees_and_cannot_settle(fake_api: FakeApi, open_page: Open) -> None:
    page = open_page("contamination", role="viewer", seed="12", hit="12")
    assert "<mark" in html(page)
    assert not {"Confirm: variant", "Dismiss"} & {each.label for each in page.button}


def test_running_check_is_followed(fake_api: FakeApi, open_page: Open) -> None:
    fake_api.checking = check_job(9, "running", 12)
    page = open_page("contamination")
    assert "Checking seeds" in page.get("progress")[0].proto.text
    assert not any(each.label.startswith("Check ") for each in page.button)


def test_check_is_begun(fake_api: FakeApi, open_page: Open) -> None:
    page = press(open_page("contamination"), "Check 2 seeds now")
    assert "Checking seeds: done, 60 of 60" in page.get("progress")[0].proto.text


def test_seed_page_words_its_buttons_by_the_verdict(fake_api: FakeApi, open_page: Open) -> None:
    press(open_page("seeds", seed="12"), "Confirm: variant")
    assert decided(fake_api) == [{"kind": "confirm_hit", "hit_id": 12, "reason": None}]
