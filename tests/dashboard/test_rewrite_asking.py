"""A model is asked for rewrites: of the seeds of a filter, or of one in the studio."""

import pytest

from tests.dashboard import fake_work_rows as work
from tests.dashboard.fake_api import FakeApi
from tests.dashboard.fake_proposal_routes import proposal_run
from tests.dashboard.fake_rewrite_rows import BETTER, SEED_OF_PROOF, some_rewrites
from tests.dashboard.test_pages import Open, button, words
from tests.dashboard.test_queues_page import field, sent
from tests.dashboard.test_rewrites_page import labels, links


@pytest.fixture
def asking(fake_api: FakeApi) -> FakeApi:
    """An API with a teacher, and a seed that needs a rewrite."""
    some_rewrites(fake_api)
    fake_api.rewrites.clear()
    fake_api.endpoints.append(work.endpoint(4, "Teacher", "teacher"))
    fake_api.candidates = [(BETTER, "40")]
    return fake_api


def test_list_leads_to_the_form_and_the_form_to_the_run(asking: FakeApi, open_page: Open) -> None:
    page = open_page("rewrites")
    button(page, "Ask a model").click().run()
    assert page.title[0].value == "Ask a model for rewrites"
    page.selectbox(key="ask_kind").select("free").run()
    page.selectbox(key="ask_model").select(4).run()
    page.number_input(key="ask_candidates").set_value(4).run()
    field(page, "What the model is to mind").set_value(" Ask for n = 40. ").run()
    next(each for each in page.number_input if each.label == "Most calls").set_value(9).run()
    forecast = sent(asking, "POST", "/v1/rewrite-runs:forecast")[-1]
    button(page, "Ask the model").click().run()
    [body] = sent(asking, "POST", "/v1/rewrite-runs")
    assert body == forecast == {
        "filter": {"status": "needs_rewrite"}, "kind": "free", "endpoint_id": 4, "candidates": 4,
        "note": "Ask for n = 40.", "max_calls": 9, "parallel_jobs": 1,
    }  # fmt: skip
    assert page.title[0].value == "rewrites"
    assert not page.exception


def test_form_says_that_a_model_is_missing(fake_api: FakeApi, open_page: Open) -> None:
    fake_api.endpoints = [work.endpoint(1, "Smol", "weak")]
    page = open_page("rewrites", ask="1")
    assert "Register a teacher or a reference first" in page.info[0].value
    assert "Ask the model" not in labels(page)


def test_viewers_are_not_asked(fake_api: FakeApi, open_page: Open) -> None:
    assert "Ask a model" not in labels(open_page("rewrites", role="viewer"))
    assert "Asking is for curators" in words(open_page("rewrites", role="viewer", ask="1"))


def test_studio_asks_about_its_seed_and_shows_who_proposes_what(
    asking: FakeApi, open_page: Open
) -> None:
    page = open_page("rewrites", seed=str(SEED_OF_PROOF))
    button(page, "Ask for candidates").click().run()
    [body] = sent(asking, "POST", "/v1/rewrite-runs")
    assert body == {
        "filter": {"seed_id": SEED_OF_PROOF}, "kind": "proof_to_answer", "endpoint_id": 1,
        "candidates": 3,
    }  # fmt: skip
    page.run()
    told = words(page)
    assert "1 candidate to choose from" in told
    assert "**Rewrite 1** by Teacher" in told
    assert "1 candidate; 1 reply: proposed before; 1 reply: not one JSON object." in told
    assert not page.exception
    button(page, "Compare").click().run()
    assert page.title[0].value == "Rewrite 1"


def test_studio_says_what_it_would_need_and_keeps_to_a_budget(
    asking: FakeApi, open_page: Open
) -> None:
    page = open_page("rewrites", seed=str(SEED_OF_PROOF))
    shown = {each.label: each.value for each in page.metric}
    forecast = sent(asking, "POST", "/v1/rewrite-runs:forecast")[-1]
    assert forecast["filter"] == {"seed_id": SEED_OF_PROOF}
    assert {"Calls, expected", "Tokens, estimated", "Cost, estimated"} <= set(shown)
    key = f"ask_{SEED_OF_PROOF}"
    page.number_input(key=f"{key}_calls").set_value(2).run()
    page.number_input(key=f"{key}_cost").set_value(0.5).run()
    button(page, "Ask for candidates").click().run()
    assert not page.exception
    [body] = sent(asking, "POST", "/v1/rewrite-runs")
    assert (body["max_calls"], body["max_cost"]) == (2, 0.5)
    assert body == sent(asking, "POST", "/v1/rewrite-runs:forecast")[-1]


def test_studio_says_that_the_budget_ended_a_run_and_goes_on_under_a_higher_one(
    asking: FakeApi, open_page: Open
) -> None:
    wanted = {"candidates": 3, "kind": "free", "filter": {"seed_id": SEED_OF_PROOF}}
    stopped = {"state": "stopped", "calls": 2, "cost": 0.25, "max_calls": 2}
    asking.runs.insert(0, proposal_run(3, wanted) | stopped)
    page = open_page("rewrites", seed=str(SEED_OF_PROOF), asked="3")
    assert not page.exception
    told = words(page) + " ".join(said.value for said in page.caption)
    assert "The budget ended this run. Raise it to go on." in told
    assert "Spent: 2 calls, $0.25." in told
    most = [each for each in page.number_input if each.label == "Most calls"]
    next(each for each in most if each.value == 2).set_value(9)
    button(page, "Resume").click().run()
    [body] = sent(asking, "POST", "/v1/runs/3:resume")
    assert body["max_calls"] == 9


def test_refused_question_is_explained(asking: FakeApi, open_page: Open) -> None:
    asking.refusal = "Teacher is asked by batches"
    page = open_page("rewrites", seed=str(SEED_OF_PROOF))
    button(page, "Ask for candidates").click().run()
    assert "asked by batches" in page.error[0].value


def test_run_page_counts_replies_by_reason_and_leads_to_its_rewrites(
    asking: FakeApi, open_page: Open
) -> None:
    wanted = {"candidates": 3, "kind": "free", "filter": {"status": "needs_rewrite"}}
    asking.runs.insert(0, proposal_run(3, wanted) | {"state": "finished"})
    page = open_page("runs", run="3")
    assert not page.exception
    assert "Proposals so far" in words(page)
    assert "Verdicts so far" not in words(page)
    table = next(each.value for each in page.dataframe if "outcome" in each.value)
    assert list(table["outcome"]) == ["proposed before", "not one JSON object", "made"]
    assert "See its rewrites" in links(page)


def test_list_is_filtered_by_origin_and_run(asking: FakeApi, open_page: Open) -> None:
    some_rewrites(asking)
    asking.rewrites[1] |= {"by_model": True, "author": "Teacher", "run_id": 3}
    page = open_page("rewrites", run="3")
    assert list(page.dataframe[0].value["author"]) == ["Teacher"]
    button(page, "Only of run 3").click().run()
    assert len(page.dataframe[0].value) == 2
    field(page, "From").select("people").run()
    assert list(page.dataframe[0].value["author"]) == ["linus"]
    asked = [query for _, path, query, _ in asking.requests if path == "/v1/rewrites"]
    assert asked[-1]["by_model"] == "false"
