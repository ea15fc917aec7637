"""All charts have one style: in the page's theme, and as files for papers in the light one."""

import xml.etree.ElementTree
from typing import Any

import altair as alt
import pytest

from dashboard.chart_style import PAPER_WIDTH, chart_of, paper_spec, styled, svg_of
from dashboard.palette import INK
from tests.dashboard.test_overview_charts import charts

CHARTS = charts()


@pytest.mark.parametrize("chart", CHARTS)
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_every_chart_is_valid_with_its_text_in_the_theme_s_ink(chart: Any, theme: Any) -> None:
    config = styled(chart, theme).to_dict()["config"]  # to_dict validates
    assert config["axis"]["labelColor"] == config["text"]["fill"] == INK[theme]


@pytest.mark.parametrize("chart", CHARTS)
def test_every_chart_can_be_printed(chart: Any) -> None:
    drawn = xml.etree.ElementTree.fromstring(svg_of(chart))
    assert drawn.tag.endswith("svg")
    marks = [node for node in drawn.iter() if "role-mark" in node.get("class", "")]
    assert marks
    assert INK["dark"] not in svg_of(chart).decode()


def test_print_is_on_white_and_of_one_width() -> None:
    spec = paper_spec(CHARTS[0])
    assert (spec["background"], spec["width"]) == ("white", PAPER_WIDTH)
    assert b'fill="white"' in svg_of(CHARTS[0])


def test_numbers_on_axes_have_titles() -> None:
    def untitled(node: Any) -> bool:
        if isinstance(node, dict):
            own = node.get("type") in ("quantitative", "temporal") and "title" in node
            return (own and not node["title"]) or any(map(untitled, node.values()))
        return isinstance(node, list) and any(map(untitled, node))

    for chart in CHARTS:
        encoding = chart.to_dict()
        assert not untitled({key: encoding.get(key) for key in ("encoding", "layer")})


def test_chart_of_no_rows_is_valid() -> None:
    chart = chart_of([]).mark_bar().encode(x=alt.X("seeds:Q"))
    assert styled(chart, "light").to_dict()["mark"]
