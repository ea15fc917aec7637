"""Pure: rows -> charts of one style, on the page and on paper, and what can be taken home of them.

Charts get their rows as Arrow, so that new rows move the marks of a chart that is there instead of
drawing another one.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Literal

import altair as alt
import pyarrow

from dashboard.palette import INK, LINES

Chart = alt.Chart | alt.LayerChart
Theme = Literal["light", "dark"]
# A font that every machine has, so that text is as wide in a paper as it was measured here.
PAPER_FONT = "Helvetica, Arial, sans-serif"
# Two charts of this width fill a page; in one column of a paper the text is of some 7 points.
PAPER_WIDTH = 420
TEXT_SIZE = 12


def chart_of(rows: Sequence[Mapping[str, Any]]) -> alt.Chart:
    """A chart of these rows, without a mark yet."""
    return alt.Chart(pyarrow.Table.from_pylist([dict(row) for row in rows]))


def counts_axis(**options: Any) -> alt.Axis:
    """An axis of counts: 0, 50k, 100k."""
    return alt.Axis(tickCount=4, labelExpr="format(datum.value, '~s')", **options)


def names_axis(**options: Any) -> alt.Axis:
    """An axis that names rows or columns, and needs no line."""
    return alt.Axis(domain=False, ticks=False, grid=False, labelPadding=6, **options)


def styled(chart: Chart, theme: Theme) -> Chart:
    """The chart with the text, lines and sizes that all charts have."""
    ink, lines = INK[theme], LINES[theme]
    text: dict[str, Any] = {
        "labelColor": ink, "titleColor": ink, "labelFontSize": TEXT_SIZE,
        "titleFontSize": TEXT_SIZE, "titleFontWeight": 600,
    }  # fmt: skip
    found: Chart = (
        chart.properties(padding={"left": 4, "right": 6, "top": 4, "bottom": 2})
        .configure_axis(
            **text, gridColor=lines, domainColor=ink, tickColor=ink, titlePadding=8,
            labelOverlap="greedy",
        )
        .configure_legend(**text)
        .configure_text(fill=ink, fontSize=TEXT_SIZE)
        .configure_view(stroke=None)
    )  # fmt: skip
    return found


def paper_spec(chart: Chart) -> dict[str, Any]:
    """The chart as it is printed: light, on white, of one width, whatever the page looks like."""
    sized = styled(chart, "light").properties(width=PAPER_WIDTH, background="white")
    spec: dict[str, Any] = sized.to_dict()
    spec["config"]["font"] = PAPER_FONT
    return spec


def svg_of(chart: Chart) -> bytes:
    """The chart as a file for a paper."""
    import vl_convert  # a whole JavaScript engine: only for who wants a file

    return vl_convert.vegalite_to_svg(paper_spec(chart)).encode()
