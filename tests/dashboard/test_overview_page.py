"""The overview: each section with data, without, when it is refused, and what can be taken home."""

import pytest
from streamlit.testing.v1 import AppTest

from tests.dashboard import fake_rows
from tests.dashboard.fake_api import FakeApi
from tests.dashboard.test_pages import Open, words


def _metrics(page: AppTest) -> dict[str, str]:
    return {metric.label: metric.value for metric in page.metric}


def _frame(page: AppTest, column: str) -> AppTest:
    return next(frame.value for frame in page.dataframe if column in frame.value)


def test_run_that_goes_on_is_shown(fake_api: FakeApi, open_page: Open) -> None:
    page = open_page("overview")
    assert "Demo run 2: 36 of 60 seeds scored" in page.get("progress")[0].proto.text


def test_empty_database_fills_by_itself(empty_api: FakeApi, open_page: Open) -> None:
    page = open_page("overview")
    assert "No seeds yet" in words(page)

    empty_api.seeds[1] = fake_rows.seed_detail(1)
    assert "No seeds yet" not in words(page.run())


def test_every_section_is_there(fake_api: FakeApi, open_page: Open) -> None:
    fake_api.runs.clear()
    page = open_page("overview")
    assert [heading.value for heading in page.subheader] == [
        "Teachability map", "From received to exported", "Verdicts", "Queue",
        "Difficulty by domain", "Sources", "Spend",
    ]  # fmt: skip
    assert "triage decides" in words(page)
    assert list(_frame(page, "endpoint")["endpoint"]) == ["Reference", "SmolLM2 135M", "Judge"]
    assert _metrics(page)["Pending"] == "60"


def test_every_section_without_scores_says_what_to_do(fake_api: FakeApi, open_page: Open) -> None:
    for seed in fake_api.seeds.values():
        seed |= {"verdict": None, "agreement": None, "reliability": None}
    fake_api.endpoints.clear()
    fake_api.overview["queue"] = {"days": [], "leases": [], "failed": 0, "failed_jobs": []}
    page = open_page("overview")
    assert not page.exception
    said = words(page)
    for hint in (
        "The map fills while a run goes on", "Start a run: its judges count steps",
        "No model has been called yet", "Import seeds, or triage some", "Nobody has a seed",
        "No work has failed", "once seeds are accepted or rejected",
    ):  # fmt: skip
        assert hint in said


def test_section_that_is_refused_says_so_and_the_others_stay(
    fake_api: FakeApi, open_page: Open
) -> None:
    fake_api.fail("/v1/overview/queue", 500, detail="the disk is full")
    page = open_page("overview")
    assert [error.value for error in page.error] == ["the disk is full"]
    assert "Sources" in [heading.value for heading in page.subheader]


def test_losses_are_listed_by_reason(fake_api: FakeApi, open_page: Open) -> None:
    table = _frame(open_page("overview"), "reason")
    rows = {row["reason"]: (row["stage"], row["seeds"]) for row in table.to_dict("records")}
    assert rows["same prompt as another seed"] == ("Ingested", 3)
    assert rows["ready to be decided"][0] == "Triaged"


def test_sources_say_how_sure_their_rates_are(fake_api: FakeApi, open_page: Open) -> None:
    for number in (1, 2, 4):
        fake_api.seeds[number]["status"] = "accepted"
    rows = _frame(open_page("overview"), "accepted_interval").set_index("source")
    assert rows.loc["reasoning-gym", "accepted"] == 100
    assert rows.loc["reasoning-gym", "accepted_interval"] == "90% to 100% of 3, few"
    assert rows.loc["reasoning-gym", "cost_per_accepted"] == 0.5
    assert rows.loc["gsm8k-train", "accepted_interval"] == "none yet"


@pytest.mark.parametrize(
    ("pace", "days", "said"),
    [
        ({"days_to_empty": 3.04, "reason": None}, "3.0", "At the present pace: 40.0 decided"),
        ({"days_to_empty": None, "reason": "nobody decides"}, "–", "cannot be said: nobody"),
    ],
)
def test_queue_says_how_long_it_lasts_or_why_that_cannot_be_said(
    fake_api: FakeApi, open_page: Open, pace: dict[str, object], days: str, said: str
) -> None:
    given = {"days": 7.0, "decided": 40.0, "arrived": 10.0} | pace
    fake_api.overview["queue"] = {"pace": given}
    page = open_page("overview")
    assert _metrics(page)["Days to empty"] == days
    assert said in words(page)


def test_queue_names_who_holds_seeds_and_what_failed(fake_api: FakeApi, open_page: Open) -> None:
    said = words(open_page("overview"))
    assert "**On screens now**: ada 20" in said
    assert "export write" in said
    assert "disk full" in said


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({}, "As of 10:00:00 UTC"),
        ({"kept_seconds": 90.0}, "As of 10:00:00 UTC; counted again after 2 minutes"),
        ({"kept_seconds": 30.0, "renewing": True}, "10:00:00 UTC; it is being counted again"),
    ],
)
def test_counts_say_when_they_were_made(
    fake_api: FakeApi, open_page: Open, change: dict[str, object], said: str
) -> None:
    fake_api.overview["map"] = change
    assert said in words(open_page("overview"))


def test_many_seeds_are_drawn_by_cell_and_few_as_marks(fake_api: FakeApi, open_page: Open) -> None:
    page = open_page("overview")
    [view] = [group for group in page.get("button_group") if group.key == "map_view"]
    assert view.value == ["Seeds"] or view.value == "Seeds"
    fake_api.overview["map"] = {"scored": 5000}
    page = open_page("overview")
    [view] = [group for group in page.get("button_group") if group.key == "map_view"]
    assert view.value == ["Density"] or view.value == "Density"
