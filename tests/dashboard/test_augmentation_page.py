"""New seeds from accepted ones: the form, the run's page, and what parents and children show."""

import pytest

from tests.dashboard import fake_work_rows as work
from tests.dashboard.fake_api import FakeApi
from tests.dashboard.fake_proposal_routes import proposal_run
from tests.dashboard.test_pages import Open, button, words
from tests.dashboard.test_queues_page import sent
from tests.dashboard.test_rewrites_page import labels, links


@pytest.fixture
def asking(fake_api: FakeApi) -> FakeApi:
    """An API with a teacher and two accepted seeds."""
    for number in (1, 2):
        fake_api.seeds[number]["status"] = "accepted"
    fake_api.endpoints.append(work.endpoint(4, "Teacher", "teacher"))
    return fake_api


def test_runs_lead_to_the_form_and_the_form_to_its_run(asking: FakeApi, open_page: Open) -> None:
    page = open_page("runs")
    button(page, "Make new seeds").click().run()
    assert page.title[0].value == "Make new seeds"
    page.selectbox(key="ask_kind").select("harder").run()
    button(page, "Ask the model").click().run()
    [body] = sent(asking, "POST", "/v1/augmentation-runs")
    assert body == {
        "filter": {}, "kind": "harder", "endpoint_id": 1, "candidates": 3, "parallel_jobs": 1,
    }  # fmt: skip
    assert page.title[0].value == "augmentation"
    assert not page.exception


def test_form_of_one_seed_says_so(asking: FakeApi, open_page: Open) -> None:
    page = open_page("runs", augment="1", seed_id="2")
    assert "1 seed matches: seed 2, status: accepted" in words(page)
    button(page, "Ask the model").click().run()
    [body] = sent(asking, "POST", "/v1/augmentation-runs")
    assert body["filter"] == {"seed_id": 2}


def test_viewers_do_not_make_seeds(fake_api: FakeApi, open_page: Open) -> None:
    assert "Make new seeds" not in labels(open_page("runs", role="viewer"))
    assert "for curators" in words(open_page("runs", role="viewer", augment="1"))


def test_run_leads_to_its_seeds(asking: FakeApi, open_page: Open) -> None:
    wanted = {"candidates": 3, "kind": "harder", "filter": {"status": "accepted"}}
    run = proposal_run(3, wanted, "augmentation") | {"state": "finished"}
    asking.runs.insert(0, run)
    page = open_page("runs", run="3")
    assert not page.exception
    assert "Proposals so far" in words(page)
    assert "See its seeds" in links(page)


def test_child_names_its_parent_and_the_parent_its_children(
    asking: FakeApi, open_page: Open
) -> None:
    asking.seeds[1]["children"] = [
        {"id": number, "kind": "variation", "status": "pending"} for number in range(10, 20)
    ]
    asking.seeds[10]["synthetic"] = {
        "parent_id": 1, "parent_revision_id": 1001, "kind": "variation", "endpoint": "*Teacher*",
        "template_hash": "t", "sample_id": 9, "proposed_answer": "72", "why": "<b>Other</b> sums.",
    }  # fmt: skip
    parent = open_page("seeds", seed="1")
    assert "Seed 10, pending" in links(parent)
    assert {"All 10 seeds", "Make new seeds from it"} <= set(links(parent))
    child = open_page("seeds", seed="10")
    assert "From seed 1" in links(child)
    told = words(child)
    assert "Synthetic" in told
    assert r"by \*Teacher\*" in told
    assert "nothing rests on: 72" in told
    assert "Make new seeds from it" not in links(child)
