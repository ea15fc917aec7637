"""Traces: what a run's came to, the filtered list, one with its evidence, and the form."""

import pytest

from tests.dashboard import fake_work_rows as work
from tests.dashboard.fake_api import FakeApi
from tests.dashboard.fake_trace_routes import trace, trace_run
from tests.dashboard.test_pages import Open, button, words


@pytest.fixture
def traced(fake_api: FakeApi) -> FakeApi:
    """An API with a teacher, a run of it and some traces, and two accepted seeds."""
    for number in (1, 2):
        fake_api.seeds[number]["status"] = "accepted"
    fake_api.endpoints.append(work.endpoint(4, "Teacher", "teacher"))
    fake_api.runs.insert(0, trace_run(3))
    fake_api.traces = [trace(number) for number in range(1, 61)]
    return fake_api


def asked(api: FakeApi, path: str) -> list[dict[str, str]]:
    return [query for _, where, query, _ in api.requests if where == path]


def test_list_is_of_all_runs_and_is_filtered_by_state_reason_and_seed(
    traced: FakeApi, open_page: Open
) -> None:
    page = open_page("traces")
    assert not page.exception
    assert len(page.dataframe[0].value) == 50
    assert asked(traced, "/v1/runs")[-1] == {"kind": "traces"}
    page.selectbox(key="trace_reason").select("wrong").run()
    assert asked(traced, "/v1/traces")[-1] == {"reason": "wrong", "limit": "50"}
    assert set(page.dataframe[0].value["why"]) == {"wrong answer"}
    page.selectbox(key="trace_reason").select(None).run()
    page.selectbox(key="trace_state").select("kept").run()
    page.text_input(key="trace_seed").set_value("3").run()
    assert asked(traced, "/v1/traces")[-1] == {"seed_id": "3", "state": "kept", "limit": "50"}
    page.text_input(key="trace_seed").set_value("three").run()
    assert "named by its number" in page.error[0].value


def test_next_page_follows_the_cursor(traced: FakeApi, open_page: Open) -> None:
    page = open_page("traces")
    button(page, "Next").click().run()  # type: ignore[attr-defined]
    assert len(page.dataframe[0].value) == 10
    assert asked(traced, "/v1/traces")[-1]["after"] == "50"


def test_run_shows_its_progress_and_what_its_traces_came_to(
    traced: FakeApi, open_page: Open
) -> None:
    page = open_page("traces", run="3")
    assert not page.exception
    assert asked(traced, "/v1/traces")[-1]["run_id"] == "3"
    told = words(page)
    assert "Traces so far" in told
    assert "4 responses of this run were verified again by a later run" in told
    metrics = {metric.label: (metric.value, metric.delta) for metric in page.metric}
    assert metrics["Kept"] == ("89", "65% of 136")
    assert metrics["Tokens of thinking"] == ("3,420", "95% below 11,210")


def test_run_page_shows_traces_in_place_of_verdicts(traced: FakeApi, open_page: Open) -> None:
    page = open_page("runs", run="3")
    assert not page.exception
    told = words(page)
    assert "Traces so far" in told
    assert "Verdicts so far" not in told
    assert "/v1/runs/3/calibration" not in {path for _, path, _, _ in traced.requests}


def test_rejected_trace_says_why_and_what_it_was_held_against(
    traced: FakeApi, open_page: Open
) -> None:
    page = open_page("traces", trace="9")
    assert not page.exception
    [said] = [error.value for error in page.error]
    assert "**wrong answer**" in said
    assert "43 differs from 42 (given)" in said
    html = " ".join(str(each.proto.body) for each in page.get("html"))
    assert '<mark class="changed">$42$</mark>' in html
    assert "42 (the given answer)" in html
    assert [link.proto.label for link in page.get("page_link")][:2] == ["Seed 3", "Run 3"]


def test_what_was_found_is_other_peoples_text(traced: FakeApi, open_page: Open) -> None:
    page = open_page("traces", trace="3")
    assert r"it \*does\*" in page.error[0].value


def test_kept_trace_and_one_without_an_answer(traced: FakeApi, open_page: Open) -> None:
    assert "Kept" in open_page("traces", trace="2").success[0].value
    assert "nothing after its thinking" in words(open_page("traces", trace="6"))


def test_unknown_trace_is_explained(traced: FakeApi, open_page: Open) -> None:
    page = open_page("traces", trace="9999")
    assert not page.exception
    assert "there is no trace 9999" in page.error[0].value


def test_form_sends_what_was_chosen(traced: FakeApi, open_page: Open) -> None:
    page = open_page("traces")
    page.selectbox(key="trace_template").select("think_tags").run()
    fields = {field.label: field for field in page.number_input}
    fields["Traces of each seed"].set_value(2)
    fields["Most money, in dollars"].set_value(1.5)
    page.run()
    metrics = {metric.label: metric.value for metric in page.metric}
    assert (metrics["Seeds"], metrics["Calls, expected"]) == ("2", "4")
    button(page, "Ask for traces").click().run()  # type: ignore[attr-defined]
    assert not page.exception
    [body] = [body for _, path, _, body in traced.requests if path == "/v1/trace-runs"]
    assert body == {
        "filter": {"status": "accepted"}, "teacher_endpoint_id": 4, "samples": 2,
        "template": "think_tags", "rules": {"most_tokens": 31744, "needs_thinking": True},
        "max_cost": 1.5, "parallel_jobs": 1,
    }  # fmt: skip


def test_refused_run_is_explained(traced: FakeApi, open_page: Open) -> None:
    traced.fail("/v1/trace-runs", 422, code="invalid", detail="no seed matches the filter")
    page = open_page("traces")
    button(page, "Ask for traces").click().run()  # type: ignore[attr-defined]
    assert "no seed matches the filter" in page.error[0].value


def test_viewers_read_and_start_nothing(traced: FakeApi, open_page: Open) -> None:
    page = open_page("traces", role="viewer")
    assert not page.exception
    assert not any(each.label == "Ask for traces" for each in page.button)
