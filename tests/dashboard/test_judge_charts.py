"""Charts of agreement are pure: what their rows say, and that Vega-Lite accepts them."""

import pytest

from dashboard import judge_charts as charts
from dashboard.rubric_words import anchors_help, reliability
from tests.dashboard.fake_judge_routes import pair

NAMES = {"judge:1": "Ann", "judge:2": "Bob", "curators": "All curators"}
CONFUSION = {
    "rubric_version": "2",
    "dimension": "difficulty",
    "first": "judge:1",
    "second": "judge:2",
    "seeds": 3,
    "cells": [{"first": 2, "second": 2, "count": 2}, {"first": 3, "second": 1, "count": 1}],
    "far_apart": [],
}


def test_kappa_stands_on_both_sides_and_an_undefined_one_is_a_dash() -> None:
    pairs = [pair("judges", "judge:1", "judge:2", 0.5),
             pair("judge_curators", "judge:1", "curators", None)]  # fmt: skip
    shown = {(r["rater"], r["other"]): r["shown"] for r in charts.kappa_rows(pairs, NAMES)}

    assert shown == {
        ("Ann", "Bob"): "0.50",
        ("Bob", "Ann"): "0.50",
        ("Ann", "All curators"): "–",
        ("All curators", "Ann"): "–",
    }
    assert charts.kappa_map(pairs, NAMES).to_dict()["layer"]


def test_levels_that_never_met_are_empty_cells_and_counts_are_dots() -> None:
    rows = {(r["first"], r["second"]): r["shown"] for r in charts.confusion_rows(CONFUSION)}
    assert len(rows) == 25
    assert (rows[2, 2], rows[3, 1], rows[5, 5]) == ("2", "1", "")

    steps = CONFUSION | {"dimension": "steps"}
    assert len(charts.confusion_rows(steps)) == 2
    for confusion in (CONFUSION, steps, CONFUSION | {"cells": []}, steps | {"cells": []}):
        assert charts.confusion_plot(confusion, NAMES).to_dict()["layer"]


@pytest.mark.parametrize(
    ("alpha", "word"),
    [(0.8, "reliable"), (0.79, "tentative"), (0.667, "tentative"), (0.66, "not reliable"),
     (-0.2, "not reliable"), (None, "–")],
)  # fmt: skip
def test_reliability_follows_krippendorffs_bounds(alpha: float | None, word: str) -> None:
    assert reliability(alpha) == word


def test_anchors_are_help_without_markup_of_their_own() -> None:
    anchor = {"level": 1, "meaning": "one operation", "example": '"7 * 8"'}
    dimension = {"name": "difficulty", "question": "how complex", "most": 5, "anchors": [anchor]}

    assert anchors_help(dimension) == 'How complex\n\n- **1**: one operation ("7 \\* 8")'
