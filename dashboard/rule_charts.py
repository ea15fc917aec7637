"""Pure: how often each rule of decontamination is right, as a chart."""

from collections.abc import Sequence
from typing import Any

import altair as alt

from dashboard.chart_style import chart_of
from dashboard.hit_words import METHODS
from dashboard.palette import REFERENCE
from dashboard.rows import RuleReport

ROW_HEIGHT, AXES_HEIGHT = 36, 80


def precision_rows(reports: Sequence[RuleReport]) -> list[dict[str, Any]]:
    """The rules of which curators have said anything, the least precise first.

    The policy is named where there are several.
    """
    several = len({report["policy"] for report in reports}) > 1
    rows = [
        {
            **report,
            "rule": f"{report['verdict']} by {METHODS[report['method']]}, {report['benchmark']}"
            + (f" ({report['policy']})" if several else ""),
            "settled": report["confirmed"] + report["dismissed"],
            "label": f"{report['confirmed']} of {report['confirmed'] + report['dismissed']}",
        }
        for report in reports
        if report["precision"] is not None
    ]
    return sorted(rows, key=lambda row: float(row["precision"]))


def precision_plot(reports: Sequence[RuleReport]) -> alt.LayerChart:
    """A dot for the share of hits that were confirmed, a line for its 95% interval."""
    rows = precision_rows(reports)
    unit = alt.Scale(domain=[0, 1], nice=False, padding=6)
    ticks = alt.Axis(values=[0, 0.2, 0.4, 0.6, 0.8, 1], format=".1f")
    base = chart_of(rows).encode(
        y=alt.Y("rule:N", sort=[row["rule"] for row in rows], title=None,
                axis=alt.Axis(labelLimit=360, labelFlush=False, grid=True, tickSize=0)),
        tooltip=[
            alt.Tooltip("rule:N", title="Rule"),
            alt.Tooltip("precision:Q", title="Precision", format=".2f"),
            alt.Tooltip("precision_low:Q", title="95% from", format=".2f"),
            alt.Tooltip("precision_high:Q", title="to", format=".2f"),
            alt.Tooltip("confirmed:Q", title="Confirmed", format=","),
            alt.Tooltip("dismissed:Q", title="Dismissed", format=","),
            alt.Tooltip("open:Q", title="Open", format=","),
        ],
    )  # fmt: skip
    spans = base.mark_rule(color=REFERENCE, strokeWidth=2, opacity=0.6).encode(
        x=alt.X("precision_low:Q", scale=unit, axis=ticks,
                title="Precision: confirmed of those settled"),
        x2="precision_high:Q",
    )  # fmt: skip
    x = alt.X("precision:Q", scale=unit)
    points = base.mark_point(filled=True, color=REFERENCE, opacity=1, size=90).encode(x=x)
    labels = base.mark_text(dy=-10).encode(x=x, text="label:N")
    layered: alt.LayerChart = (spans + points + labels).properties(
        height=AXES_HEIGHT + ROW_HEIGHT * len(rows)
    )
    return layered
