"""Agreement between curators: alphas, pairs with intervals, and curators against verdicts."""

from streamlit.testing.v1 import AppTest

from dashboard.agreement_charts import kappa_plot, pair_rows, verdict_map, verdict_rows
from dashboard.rows import AgainstVerdict
from tests.dashboard.fake_api import FakeApi
from tests.dashboard.fake_queue_routes import pair
from tests.dashboard.test_pages import Open, words

AGAINST: AgainstVerdict = {
    "curator": "ada",
    "cells": [
        {"kind": "accept", "verdict": "teachable", "count": 31},
        {"kind": "reject", "verdict": None, "count": 1200},
    ],
    "seeds": 31, "percent_agreement": 1.0, "kappa": None, "kappa_low": None, "kappa_high": None,
}  # fmt: skip


def _table(page: AppTest, column: str) -> dict[str, list[object]]:
    frame = next(f.value for f in page.dataframe if column in f.value)
    return {name: list(frame[name]) for name in frame}


def test_alphas_are_shown_with_intervals_and_what_they_are_worth(
    fake_api: FakeApi, open_page: Open
) -> None:
    page = open_page("agreement")
    table = _table(page, "question")
    assert table["question"] == ["Decision", "Reason", "Flag"]
    assert table["interval"] == ["0.50 to 0.83", "–", "0.50 to 0.83"]
    assert table["word"] == ["tentative", "–", "tentative"]
    assert "Over 42 seeds on which all opinions are in, disputed ones too." in words(page)


def test_pairs_of_the_chosen_question(fake_api: FakeApi, open_page: Open) -> None:
    page = open_page("agreement")
    pairs = _table(page, "second")
    assert pairs["first"] == ["ada", "ada", "grace"]
    assert pairs["interval"] == ["0.53 to 0.89", "-0.06 to 0.54", "–"]
    page.segmented_control(key="question").set_value("flagged").run()
    assert _table(page, "second")["second"] == ["grace"]


def test_curators_are_held_against_the_verdicts(fake_api: FakeApi, open_page: Open) -> None:
    page = open_page("agreement")
    assert _table(page, "curator")["interval"] == ["0.42 to 0.90"]
    assert "low is a reason to look, no fault" in words(page)


def test_queue_without_opinions_says_what_to_do(fake_api: FakeApi, open_page: Open) -> None:
    assert "Nothing to compare yet" in words(open_page("agreement", queue="2"))


def test_pairs_without_kappa_are_not_drawn() -> None:
    pairs = [pair("ada", "grace", 0.9, 0.7, 0.1), pair("ada", "linus", 1.0, None, 0)]
    assert [row["pair"] for row in pair_rows(pairs)] == ["ada and grace"]
    assert kappa_plot(pairs).to_dict()["height"] > 0


def test_verdicts_that_occur_have_a_cell_each_way() -> None:
    cells = [(row["kind"], row["verdict"], row["shown"]) for row in verdict_rows(AGAINST)]
    assert cells == [
        ("accept", "teachable", "31"), ("accept", "not scored", ""),
        ("reject", "teachable", ""), ("reject", "not scored", "1,200"),
    ]  # fmt: skip
    assert verdict_map(AGAINST).to_dict()["layer"]
