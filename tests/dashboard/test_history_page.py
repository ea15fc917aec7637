"""The history: what was done in words, undo and redo, refusals, and the bar for bulk actions."""

from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from tests.dashboard.fake_api import FakeApi
from tests.dashboard.fake_history_routes import batch_row, job_row, some_history
from tests.dashboard.test_pages import Open, button, words


def sent(api: FakeApi, path: str) -> list[dict[str, Any]]:
    bodies = [body for _, asked, _, body in api.requests if asked == path]
    return [{k: v for k, v in body.items() if k != "token"} for body in bodies]


@pytest.fixture
def past(fake_api: FakeApi) -> FakeApi:
    """An API with something in its history."""
    some_history(fake_api)
    return fake_api


def test_history_tells_what_was_done_in_words(past: FakeApi, open_page: Open) -> None:
    page = open_page("history")
    assert not page.exception
    told = words(page)
    assert "**412 seeds rejected** · 3 left alone, undone · verdict: easy" in told
    assert "too \\*easy\\* for all" in told
    assert "**Accepted**: pending → accepted · undone" in told
    assert "**Flagged**: flag: off → on" in told
    assert "**Sent for a rewrite**: pending → needs rewrite" in told


def test_what_stands_can_be_undone_and_what_was_undone_redone(
    past: FakeApi, open_page: Open
) -> None:
    page = open_page("history")
    labels = [each.label for each in page.button if each.label in ("Undo", "Redo")]
    assert labels == ["Redo", "Redo", "Undo", "Undo"]
    page.button(key="undo_4").click().run()
    assert sent(past, "/v1/decisions:redo") == [{"decision_id": 4}]
    page.button(key="undo_3").click().run()
    assert sent(past, "/v1/decisions:undo") == [{"decision_id": 3}]
    page.button(key=f"undo_{past.batches[1]['batch']}").click().run()
    assert sent(past, "/v1/decisions:undo-batch") == [{"batch": past.batches[1]["batch"]}]
    assert not page.exception


def test_refused_undo_is_explained_and_leads_to_the_seed(past: FakeApi, open_page: Open) -> None:
    detail = "decision 9 (reject) came later: undo it first"
    past.fail("/v1/decisions:undo", 409, code="contradicted", detail=detail)
    page = open_page("history")
    page.button(key="undo_3").click().run()
    assert "A later decision stands: undo that first (decision 9" in page.error[0].value
    labels = [link.proto.label for link in page.get("page_link")]
    assert "Seed 3 and its history" in labels


def test_filters_are_sent_and_a_seeds_events_come_one_by_one(
    past: FakeApi, open_page: Open
) -> None:
    page = open_page("history")
    page.selectbox(key="history_kind").select("flag").run()
    assert page.selectbox(key="history_user").options == ["ada", "bob"]
    page.selectbox(key="history_user").select("ada").run()
    page.date_input(key="history_since").set_value("2026-11-20").run()
    query = [query for _, path, query, _ in past.requests if path == "/v1/history"][-1]
    since = "2026-11-20T00:00:00+00:00"
    assert query == {"kind": "flag", "user": "ada", "since": since, "limit": "25"}
    page.text_input(key="history_seed").set_value("2").run()
    query = [query for _, path, query, _ in past.requests if path == "/v1/decisions"][-1]
    assert query["seed_id"] == "2"
    page.text_input(key="history_seed").set_value("two").run()
    assert "named by its number" in page.error[0].value


def test_bulk_action_that_is_worked_off_shows_its_progress(past: FakeApi, open_page: Open) -> None:
    past.batches.append(batch_row(3, "x" * 8, "reject", count=400, job=job_row()))
    past.batches[-1]["batch"] = "00000000-0000-4000-8000-000000000009"
    page = open_page("history")
    assert "Bulk action" in page.get("progress")[0].proto.text
    assert button(page, "Stop and undo")


def test_viewer_sees_the_history_and_cannot_undo(past: FakeApi, open_page: Open) -> None:
    page = open_page("history", role="viewer")
    assert not {"Undo", "Redo"} & {each.label for each in page.button}


def test_bulk_action_is_counted_confirmed_and_undone(fake_api: FakeApi, bar: AppTest) -> None:
    bar.run()
    bar.selectbox(key="bulk_kind").select("accept").run()
    why = "because hits stop them or several curators are deciding them"
    assert f"**2** will be accepted, **8** left alone {why}." in words(bar)
    assert bar.button(key="bulk_confirm").disabled
    bar.text_input(key="bulk_reason").set_value("all good").run()
    bar.selectbox(key="bulk_kind").select("reject").run()
    assert "**10** will be rejected." in words(bar)
    bar.button(key="bulk_confirm").click().run()
    order = sent(fake_api, "/v1/decisions:bulk")[-1]
    assert order == {"kind": "reject", "filter": {"domain": "arithmetic"}, "reason": "all good"}
    assert "10 seeds rejected." in words(bar)
    assert bar.selectbox(key="bulk_kind").value is None
    bar.button(key="bulk_undo").click().run()
    assert not bar.exception
    assert fake_api.batches[0]["undone_count"] == 10
    assert "10 seeds rejected." not in words(bar)


def test_bulk_action_on_named_seeds_and_by_a_job(fake_api: FakeApi, bar: AppTest) -> None:
    bar.session_state["meant"] = list(range(1, 61))
    bar.run()
    bar.text_input(key="bulk_reason").set_value("no longer wanted").run()
    bar.selectbox(key="bulk_kind").select("reject").run()
    bar.button(key="bulk_confirm").click().run()
    assert not bar.exception
    assert len(sent(fake_api, "/v1/decisions:bulk")[-1]["seed_ids"]) == 60
    assert "60 seeds rejected." in words(bar)


def test_viewer_gets_no_bar(fake_api: FakeApi, bar: AppTest) -> None:
    bar.session_state["user"] = {"id": 1, "name": "ada", "role": "viewer"}
    bar.run()
    assert not bar.selectbox
