"""Charts are pure: what their rows say, and that Vega-Lite accepts them."""

import altair as alt
import pytest

from dashboard import charts
from dashboard.palette import VERDICT_COLOURS, VERDICT_SHAPES
from dashboard.rows import VERDICTS

STAGES = [{"stage": "ingested", "count": 200}, {"stage": "scored", "count": 50}]
POINT = {"seed_id": 1, "agreement": 0.5, "reliability": 0.9, "score": 0.8, "domain": None}
SPEND = {"endpoint": "weak", "role": "weak", "calls": 3, "prompt_tokens": 10}


def rows_of(chart: alt.Chart) -> list[dict[str, object]]:
    """The chart's data, which Altair moves to the top of its document."""
    [rows] = chart.to_dict()["datasets"].values()
    return rows


def test_funnel_rows_give_each_stage_its_share_of_the_first() -> None:
    rows = charts.funnel_rows(STAGES)

    assert [row["share"] for row in rows] == [1.0, 0.25]  # 50 of 200
    assert [row["stage"] for row in rows] == ["Ingested", "Scored"]


def test_funnel_rows_of_an_empty_database_divide_by_nothing() -> None:
    assert charts.funnel_rows([{"stage": "ingested", "count": 0}])[0]["share"] == 0.0
    assert charts.funnel_rows([]) == []


def test_map_leaves_out_seeds_without_both_measures() -> None:
    points = [
        POINT | {"verdict": "teachable"},
        POINT | {"agreement": None, "verdict": "hard"},
        POINT | {"reliability": None, "verdict": "hard"},
    ]
    rows = rows_of(charts.teachability_map(points))

    assert [row["verdict"] for row in rows] == ["teachable"]


def test_map_gives_every_verdict_a_colour_and_a_shape_of_its_own() -> None:
    chart = charts.teachability_map([POINT | {"verdict": "easy"}]).to_dict()

    assert chart["encoding"]["color"]["scale"]["domain"] == list(VERDICT_COLOURS)
    assert set(VERDICT_COLOURS) == set(VERDICT_SHAPES) == set(VERDICTS)
    assert len(set(VERDICT_COLOURS.values())) == len(set(VERDICT_SHAPES.values())) == 5


def test_verdict_counts_show_a_verdict_that_no_seed_has() -> None:
    rows = rows_of(charts.verdict_counts({"hard": 3}))

    assert {row["verdict"]: row["count"] for row in rows} == {
        "suspect": 0,
        "hard": 3,
        "teachable": 0,
        "easy": 0,
        "unsettled": 0,
    }


@pytest.mark.parametrize(
    ("cost", "amount", "title"), [(0.0, 30, "Tokens"), (0.5, 0.5, "Cost in dollars")]
)
def test_spend_rows_are_in_money_once_anything_has_cost_money(
    cost: float, amount: float, title: str
) -> None:
    rows, found = charts.spend_rows([SPEND | {"completion_tokens": 20, "cost": cost}])

    assert found == title
    assert rows[0]["amount"] == pytest.approx(amount)  # 10 + 20 tokens, or half a dollar


@pytest.mark.parametrize(
    "chart",
    [
        charts.funnel(STAGES),
        charts.teachability_map([POINT | {"verdict": "easy"}]),
        charts.verdict_counts({}),
        charts.spend_by_endpoint([SPEND | {"completion_tokens": 20, "cost": 0.0}]),
    ],
)
def test_every_chart_is_valid_with_its_text_in_the_theme_s_ink(chart: alt.Chart) -> None:
    config = charts.in_ink(chart, "#123456").to_dict()["config"]  # to_dict validates

    assert config["axis"]["labelColor"] == config["text"]["fill"] == "#123456"
