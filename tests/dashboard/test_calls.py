"""Pages about what calls cost: limits, days, and what a run spends by endpoint."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from dashboard.wording import seconds_until
from tests.dashboard.fake_api import FakeApi
from tests.dashboard.test_pages import Open, button


def _sent(api: FakeApi, method: str, path: str) -> Any:
    return next(body for m, p, _, body in reversed(api.requests) if (m, p) == (method, path))


def _set(page: AppTest, label: str, value: float | None, last: bool = False) -> None:
    inputs = [found for found in page.number_input if found.label == label]
    inputs[-1 if last else 0].set_value(value)


def test_run_page_shows_spend_by_endpoint_and_what_to_do_about_cut_off_answers(
    fake_api: FakeApi, open_page: Open
) -> None:
    page = open_page("runs", run="2")
    [table] = [frame.value for frame in page.dataframe if "cut_off_share" in frame.value]
    assert [*table["endpoint"]] == ["Strong", "Smol"]
    assert [*table["reasoning_tokens"]] == [20_411, 20_411]
    assert [*table["failed"]] == [3, 3]
    assert page.warning[0].value == "31% of Smol's answers were cut off"


def test_run_that_waits_for_a_day_says_how_long_and_can_stay_paused(
    fake_api: FakeApi, open_page: Open
) -> None:
    soon = (datetime.now(UTC) + timedelta(hours=3, minutes=10)).isoformat()
    note = "Strong has used 200 of 200 calls today. It goes on at 00:00 UTC"
    fake_api.runs[0] |= {"state": "paused", "note": note, "resume_at": soon}
    page = open_page("runs", run="2")
    assert page.info[0].value == f"{note} (in 3 hours)"
    button(page, "Stay paused").click().run()
    assert any(path == "/v1/runs/2:pause" for _, path, _, _ in fake_api.requests)


def test_endpoints_page_shows_the_day_and_the_thinking(fake_api: FakeApi, open_page: Open) -> None:
    page = open_page("endpoints")
    table = page.dataframe[0].value
    assert table["today"][0] == "612 of 10,000 calls, $0.42"
    assert table["reasoning_tokens"][0] == 310_000


def test_limits_are_changed_and_the_other_sampling_settings_stay(
    fake_api: FakeApi, open_page: Open
) -> None:
    before = dict(fake_api.endpoints[0]["sampling"])
    page = open_page("endpoints")
    _set(page, "Most tokens of an answer", 2048)
    _set(page, "Most calls a day", 0)
    _set(page, "Most dollars a day", 2.5)
    button(page, "Save").click().run()
    body = _sent(fake_api, "PATCH", "/v1/endpoints/1")
    assert body["sampling"] == before | {"max_tokens": 2048}
    assert (body["max_calls_per_day"], body["max_cost_per_day"]) == (None, 2.5)


def test_model_can_be_registered_without_a_temperature_and_with_a_day(
    fake_api: FakeApi, open_page: Open
) -> None:
    page = open_page("endpoints")
    next(box for box in page.checkbox if box.label == "Send no temperature").check()
    _set(page, "Most calls a day", 500, last=True)
    for label, value in {"Name": "o", "Address": "https://x.test/v1", "Model": "o4"}.items():
        next(t for t in page.text_input if t.label == label).set_value(value)
    button(page, "Register").click().run()
    body = _sent(fake_api, "POST", "/v1/endpoints")
    assert body["sampling"]["temperature"] is None
    assert body["max_calls_per_day"] == 500
    assert "max_cost_per_day" not in body


@pytest.mark.parametrize(
    ("moment", "seconds"),
    [(None, None), ("2026-11-24T00:00:00Z", 3600.0), ("2026-11-23T22:00:00+00:00", 0.0)],
)
def test_time_until_is_never_negative(moment: str | None, seconds: float | None) -> None:
    now = datetime(2026, 11, 23, 23, tzinfo=UTC)
    assert seconds_until(moment, now) == seconds
