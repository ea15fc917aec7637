"""Charts of a policy's changes and of calibration: what they count, and that they are valid."""

import altair as alt
import pytest

from dashboard import policy_charts
from dashboard.chart_style import styled
from dashboard.palette import INK
from tests.dashboard import fake_policy_rows as policies

COUNTS = {"teachable": 6, "hard": 3, "suspect": 1, "easy": 0, "unsettled": 10}
PREVIEW = policies.preview(COUNTS, moved=2)
NOTHING = policies.preview(dict.fromkeys(COUNTS, 0), moved=0)


def test_change_rows_have_both_sides_of_every_verdict_with_their_shares() -> None:
    rows = {
        (row["verdict"], row["side"]): (row["seeds"], row["share"])
        for row in policy_charts.change_rows(PREVIEW)
    }

    assert len(rows) == 10
    assert rows["teachable", "now"] == (6, 0.3)  # 6 of 20
    assert rows["teachable", "then"] == (4, 0.2)
    assert rows["easy", "then"] == (2, 0.1)


def test_flow_rows_colour_only_seeds_that_move() -> None:
    rows = {(row["before"], row["after"]): row for row in policy_charts.flow_rows(PREVIEW)}

    assert len(rows) == 25
    assert rows["teachable", "easy"]["seeds"] == 2
    assert rows["teachable", "easy"]["share"] == pytest.approx(1 / 3)  # of 6
    coloured = {cell for cell, row in rows.items() if row["shade"]}
    assert coloured == {("teachable", "easy")}
    assert rows["hard", "easy"]["label"] == ""
    assert rows["easy", "hard"]["share"] == 0  # of none


@pytest.mark.parametrize(
    "chart",
    [
        policy_charts.verdict_changes(PREVIEW),
        policy_charts.verdict_changes(NOTHING),
        policy_charts.flow_matrix(PREVIEW),
        policy_charts.reliability_diagram(policies.calibration()["bins"]),
    ],
)
def test_every_chart_is_valid_in_the_theme_s_ink(chart: alt.LayerChart) -> None:
    config = styled(chart, "dark").to_dict()["config"]  # to_dict validates

    assert config["text"]["fill"] == INK["dark"]
