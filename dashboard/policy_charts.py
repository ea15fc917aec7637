"""Pure: what a policy would change, and how far a key can be trusted, as charts."""

from collections.abc import Sequence
from typing import Any

import altair as alt

from dashboard.chart_style import chart_of
from dashboard.palette import GREY, REFERENCE, VERDICT_COLOURS
from dashboard.rows import DiagramBin, PolicyPreview

NOW, THEN = "now", "then"
_VERDICTS = list(VERDICT_COLOURS)


def change_rows(preview: PolicyPreview) -> list[dict[str, Any]]:
    """Seeds of each verdict now and then, with their share of all."""
    return [
        {
            "verdict": verdict,
            "side": side,
            "seeds": shares["verdicts"][verdict],
            "share": shares["shares"][verdict],
            "label": f"{shares['verdicts'][verdict]:,}",
        }
        for verdict in _VERDICTS
        for side, shares in ((NOW, preview["before"]), (THEN, preview["after"]))
    ]


def verdict_changes(preview: PolicyPreview) -> alt.LayerChart:
    """Seeds by verdict, a pale bar for now and a full one for then."""
    base = chart_of(change_rows(preview)).encode(
        y=alt.Y("verdict:N", sort=_VERDICTS, title=None),
        yOffset=alt.YOffset("side:N", sort=[NOW, THEN]),
        x=alt.X("seeds:Q", axis=None),
        tooltip=[
            alt.Tooltip("verdict:N", title="Verdict"),
            alt.Tooltip("side:N", title="When"),
            alt.Tooltip("seeds:Q", title="Seeds", format=","),
            alt.Tooltip("share:Q", title="Of all scored", format=".1%"),
        ],
    )
    bars = base.mark_bar(cornerRadiusEnd=3).encode(
        color=alt.Color(
            "verdict:N",
            scale=alt.Scale(domain=_VERDICTS, range=list(VERDICT_COLOURS.values())),
            legend=None,
        ),
        opacity=alt.Opacity(
            "side:N", scale=alt.Scale(domain=[NOW, THEN], range=[0.4, 1.0]), legend=None
        ),
    )
    labels = base.mark_text(align="left", dx=5).encode(text="label:N")
    layered: alt.LayerChart = (bars + labels).properties(height=260)
    return layered


def flow_rows(preview: PolicyPreview) -> list[dict[str, Any]]:
    """Seeds by verdict now and then; `shade` colours those that change by their share of the row.

    Never so full that the count on it cannot be read, nor so pale that a change is overlooked.
    """
    rows = []
    for before in _VERDICTS:
        row = preview["matrix"][before]
        total = sum(row.values())
        for after in _VERDICTS:
            seeds = row[after]
            rows.append(
                {
                    "before": before,
                    "after": after,
                    "seeds": seeds,
                    "share": seeds / total if total else 0.0,
                    "shade": 0.2 + 0.4 * seeds / total if seeds and before != after else 0.0,
                    "label": f"{seeds:,}" if seeds else "",
                }
            )
    return rows


def flow_matrix(preview: PolicyPreview) -> alt.LayerChart:
    """Where seeds would go: rows are verdicts now, columns those then; changes are coloured."""
    base = chart_of(flow_rows(preview)).encode(
        y=alt.Y("before:N", sort=_VERDICTS, title="now", axis=alt.Axis(labelFlush=False)),
        x=alt.X(
            "after:N",
            sort=_VERDICTS,
            title="then",
            axis=alt.Axis(orient="top", labelAngle=0, labelFlush=False),
        ),
        tooltip=[
            alt.Tooltip("before:N", title="Now"),
            alt.Tooltip("after:N", title="Then"),
            alt.Tooltip("seeds:Q", title="Seeds", format=","),
            alt.Tooltip("share:Q", title="Of those now", format=".1%"),
        ],
    )
    cells = base.mark_rect(color=REFERENCE, stroke=GREY, strokeOpacity=0.4).encode(
        fillOpacity=alt.FillOpacity("shade:Q", scale=None, legend=None)
    )
    labels = base.mark_text().encode(text="label:N")
    layered: alt.LayerChart = (cells + labels).properties(height=240)
    return layered


def reliability_diagram(bins: Sequence[DiagramBin]) -> alt.LayerChart:
    """Shares of right keys against the probability that was stated; honest ones lie on the line."""
    unit = alt.Scale(domain=[0, 1], nice=False, padding=6)
    ticks = alt.Axis(values=[0, 0.2, 0.4, 0.6, 0.8, 1], format=".1f")
    x = alt.X("stated:Q", scale=unit, axis=ticks, title="Stated: key is right with probability")
    diagonal = (
        chart_of([{"stated": 0, "observed": 0}, {"stated": 1, "observed": 1}])
        .mark_line(color=GREY, strokeDash=[5, 4], strokeWidth=1)
        .encode(x=x, y=alt.Y("observed:Q"))
    )
    base = chart_of(list(bins)).encode(
        x=x,
        tooltip=[
            alt.Tooltip("stated:Q", title="Stated, mean", format=".2f"),
            alt.Tooltip("observed:Q", title="Right", format=".2f"),
            alt.Tooltip("low:Q", title="95% from", format=".2f"),
            alt.Tooltip("high:Q", title="to", format=".2f"),
            alt.Tooltip("size:Q", title="Gold seeds", format=","),
        ],
    )
    y = alt.Y("observed:Q", scale=unit, axis=ticks, title="Observed: share of right keys")
    spans = base.mark_rule(color=REFERENCE, strokeWidth=2, opacity=0.6).encode(
        y=alt.Y("low:Q"), y2="high:Q"
    )
    points = base.mark_point(filled=True, color=REFERENCE, opacity=1).encode(
        y=y, size=alt.Size("size:Q", scale=alt.Scale(range=[40, 400], zero=True), legend=None)
    )
    labels = base.mark_text(align="left", dx=12).encode(y=y, text=alt.Text("size:Q", format=","))
    layered: alt.LayerChart = (diagonal + spans + points + labels).properties(height=340)
    return layered
