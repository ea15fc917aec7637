"""Each page: with data, with nothing yet, without an API, and for a role that may only look."""

from collections.abc import Callable

import pytest
from streamlit.testing.v1 import AppTest

from tests.dashboard import fake_rows
from tests.dashboard.fake_api import FakeApi

PAGES = (
    *("overview", "triage", "seeds", "runs", "traces", "policies", "endpoints", "judges"),
    *("benchmarks", "decontamination", "duplicates", "contamination", "history", "rewrites"),
    *("imports", "exports", "safety", "mixtures", "training"),
)
Open = Callable[..., AppTest]


def words(page: AppTest) -> str:
    """Everything that the page says."""
    kinds = (
        "title",
        "subheader",
        "markdown",
        "caption",
        "text",
        "info",
        "warning",
        "error",
        "success",
    )
    return "\n".join(str(e.value) for kind in kinds for e in getattr(page, kind))


def button(page: AppTest, label: str) -> object:
    return next(b for b in page.button if b.label == label)


@pytest.mark.parametrize("name", PAGES)
def test_page_with_data_is_drawn_without_error(
    fake_api: FakeApi, open_page: Open, name: str
) -> None:
    page = open_page(name)

    assert not page.exception
    assert not page.error
    assert page.title[0].value


@pytest.mark.parametrize("name", PAGES)
def test_page_without_data_says_what_to_do(empty_api: FakeApi, open_page: Open, name: str) -> None:
    page = open_page(name)

    assert not page.exception
    assert not page.error
    hints = {
        "overview": "importing prompts",
        "seeds": "import seeds",
        "runs": "Register a weak model",
        "traces": "Register a teacher first",
        "policies": "Nothing is scored yet",
        "endpoints": "Register a weak model",
        "judges": "Start a run with two judges",
        "benchmarks": "Load the evaluation sets",
        "contamination": "Load the evaluation sets",
        "decontamination": "Confirm or dismiss hits",
        "duplicates": "Import seeds: they are compared",
        "history": "Decide in triage",
        "rewrites": "it waits here until somebody approves it",
        "safety": "Write one below",
        "imports": "Each file becomes one import",
        "exports": "Accept seeds in triage",
        "mixtures": "Accept seeds and have their traces verified",
        "training": "Export accepted seeds or a version of a mixture",
        "triage": "",  # the pane says it itself: see the browser tests
    }
    assert hints[name] in words(page)


@pytest.mark.parametrize("name", PAGES)
def test_page_without_api_says_so(no_api: None, open_page: Open, name: str) -> None:
    page = open_page(name)

    assert not page.exception
    assert "cannot be reached" in page.error[0].value
    assert any(b.label == "Try again" for b in page.button)


@pytest.mark.parametrize("name", PAGES)
def test_page_for_a_viewer_is_drawn(fake_api: FakeApi, open_page: Open, name: str) -> None:
    page = open_page(name, role="viewer")

    assert not page.exception
    assert not page.error
    assert (name == "triage") == ("Triage is for curators" in words(page))


def test_page_with_ended_session_returns_to_sign_in(fake_api: FakeApi, open_page: Open) -> None:
    fake_api.fail("/v1/overview", 401, code="unauthenticated", detail="the session has ended")
    page = open_page("overview")

    assert not page.exception
    assert "user" not in page.session_state
    assert any(b.label == "Sign in" for b in page.button)


def test_seeds_filter_is_sent_and_shown_as_chip(fake_api: FakeApi, open_page: Open) -> None:
    page = open_page("seeds")
    page.selectbox(key="verdict").select("hard").run()

    assert set(page.dataframe[0].value["verdict"]) == {"hard"}
    assert any(b.label == "verdict: hard" for b in page.button)
    page.button(key="chip_verdict").click().run()
    assert len(set(page.dataframe[0].value["verdict"])) > 1


def test_seeds_next_page_follows_the_cursor(fake_api: FakeApi, open_page: Open) -> None:
    page = open_page("seeds")
    assert len(page.dataframe[0].value) == 50

    button(page, "Next").click().run()
    assert len(page.dataframe[0].value) == 10
    assert button(page, "Next").disabled
    button(page, "Previous").click().run()
    assert len(page.dataframe[0].value) == 50


def test_seed_page_decides_edits_and_undoes(fake_api: FakeApi, open_page: Open) -> None:
    page = open_page("seeds", seed="2")
    assert page.title[0].value == "Seed 2"

    page.button(key="decide_accept").click().run()
    assert fake_api.seeds[2]["status"] == "accepted"

    page.text_area[0].set_value("A better prompt").run()
    button(page, "Save").click().run()
    assert fake_api.seeds[2]["prompt"] == "A better prompt"


def test_seed_page_with_refused_edit_names_the_field(fake_api: FakeApi, open_page: Open) -> None:
    page = open_page("seeds", seed="2")
    page.text_area[0].set_value("").run()
    button(page, "Save").click().run()

    assert page.error[0].value == "prompt: must not be empty"


def test_seed_page_with_open_hits_refuses_accept_until_settled(
    fake_api: FakeApi, open_page: Open
) -> None:
    page = open_page("seeds", seed="6")
    page.button(key="decide_accept").click().run()
    assert "it has open hits" in page.error[0].value

    page.button(key="dismiss_6").click().run()
    page.button(key="decide_accept").click().run()
    assert fake_api.seeds[6]["status"] == "accepted"


def test_seed_page_history_undo_is_sent(fake_api: FakeApi, open_page: Open) -> None:
    event = fake_rows.decision(1, 2, "reject", "Too easy")
    fake_api.decisions.append(event)
    fake_api.seeds[2]["status"] = "rejected"
    fake_api.seeds[2]["history"] = [event]
    page = open_page("seeds", seed="2")

    assert "ada, reject (Too easy)" in words(page)
    page.button(key="undo_1").click().run()
    assert fake_api.seeds[2]["status"] == "pending"


def test_seed_page_shows_how_programs_did_on_the_tests(fake_api: FakeApi, open_page: Open) -> None:
    samples = fake_api.seeds[1]["evidence"]["samples"]
    samples[0]["tests"] = [
        {"result": "passed", "detail": "", "seconds": 0.1},
        {"result": "failed", "detail": "4 == 3", "seconds": 0.1},
    ]
    page = open_page("seeds", seed="1")
    assert "Tests" in [heading.value for heading in page.subheader]
    [row] = next(f.value for f in page.dataframe if "failures" in f.value).to_dict("records")
    assert (row["tests"], row["failures"]) == ("1 of 2", "wrong: 4 == 3")


def test_seed_page_of_unknown_seed_says_so(fake_api: FakeApi, open_page: Open) -> None:
    page = open_page("seeds", seed="999")

    assert page.error[0].value == "there is no seed 999"


def test_run_page_says_how_many_seeds_have_a_first_verdict_and_wait(
    fake_api: FakeApi, open_page: Open
) -> None:
    fake_api.runs[0] |= {"state": "stopped", "note": "budget", "seeds_waiting": 24}
    page = open_page("runs", run="2")
    assert any("24 seeds more with a first verdict" in caption.value for caption in page.caption)


def test_run_page_is_paused_and_resumed(fake_api: FakeApi, open_page: Open) -> None:
    page = open_page("runs", run="2")
    assert "36 of 60 seeds done" in page.get("progress")[0].proto.text
    assert "did not answer in 120 s" in str(page.dataframe[0].value)

    button(page, "Pause").click().run()
    assert fake_api.runs[0]["state"] == "paused"
    button(page, "Resume").click().run()
    assert fake_api.runs[0]["state"] == "running"


def test_run_form_shows_the_forecast_before_starting(fake_api: FakeApi, open_page: Open) -> None:
    page = open_page("runs")
    [calls] = [m for m in page.metric if m.label == "Calls, expected"]
    assert (calls.value, calls.delta) == ("1,020", "240 to 2,400")
    assert page.warning[0].value == "Strong takes 1 to 3 days at its limit of 200 calls a day"
    assert [*page.dataframe[-1].value["calls"]] == [300, 720]

    button(page, "Start the run").click().run()
    [plan] = [
        body
        for method, path, _, body in fake_api.requests
        if (method, path) == ("POST", "/v1/runs")
    ]
    assert plan["weak_endpoint_ids"] == [2]
    assert plan["reference_endpoint_id"] == 1
    assert plan["judge_endpoint_ids"] == [3]
    assert "max_cost" not in plan


def test_run_stopped_by_its_budget_goes_on_under_a_higher_one(
    fake_api: FakeApi, open_page: Open
) -> None:
    fake_api.runs[0]["state"] = "stopped"
    page = open_page("runs", run="2")
    page.number_input[0].set_value(5000)
    button(page, "Resume").click().run()

    body = next(b for _, path, _, b in fake_api.requests if path == "/v1/runs/2:resume")
    assert body["max_calls"] == 5000


def test_endpoint_test_shows_what_came_back(fake_api: FakeApi, open_page: Open) -> None:
    page = open_page("endpoints")
    button(page, "Test").click().run()

    assert "812 ms" in page.success[0].value
    assert page.code[0].value == "2 + 2 = **4**"


def test_endpoint_form_registers_a_model(fake_api: FakeApi, open_page: Open) -> None:
    page = open_page("endpoints")
    for label, value in {
        "Name": "GPT",
        "Address": "https://api.openai.com/v1",
        "Model": "gpt-5",
    }.items():
        next(t for t in page.text_input if t.label == label).set_value(value)
    button(page, "Register").click().run()

    body = next(b for m, path, _, b in fake_api.requests if (m, path) == ("POST", "/v1/endpoints"))
    assert body["name"] == "GPT"
    assert body["sampling"]["template"] == "step_by_step"
    assert "key_variable" not in body


def test_endpoint_refused_names_the_field(fake_api: FakeApi, open_page: Open) -> None:
    page = open_page("endpoints")
    errors = [{"field": "base_url", "code": "invalid", "message": "give the address of a server"}]
    fake_api.fail("/v1/endpoints", 422, code="invalid", detail="x", errors=errors)
    button(page, "Register").click().run()

    assert any(e.value == "base\\_url: give the address of a server" for e in page.error)


def test_benchmarks_check_is_followed(fake_api: FakeApi, open_page: Open) -> None:
    page = open_page("benchmarks")
    button(page, "Check 2 seeds now").click().run()

    assert "Checking seeds: done, 60 of 60" in page.get("progress")[0].proto.text
