"""Pure: what waits by age, and what came and was decided by day."""

from collections.abc import Sequence
from typing import Any

import altair as alt

from dashboard.chart_style import chart_of, counts_axis, names_axis
from dashboard.overview.days import at, day_axis, day_tip
from dashboard.palette import DECISION_COLOURS, GREY, REFERENCE
from dashboard.rows import AgeBand, WorkDay

KINDS = ("accept", "needs_rewrite", "reject")
NAMES = dict(zip(KINDS, DECISION_COLOURS, strict=True))


def age_of(band: AgeBand) -> str:
    """The band in words."""
    first, end = band["from_days"], band["to_days"]
    if end is None:
        return f"{first} days or more"
    if first == 0 and end == 1:
        return "today"
    last = end - 1
    return f"{first} to {last} days" if last > first else f"{first} days"


def age_rows(bands: Sequence[AgeBand]) -> list[dict[str, Any]]:
    """Pending seeds by age."""
    return [{"age": age_of(band), "seeds": band["count"]} for band in bands]


def pending_by_age(bands: Sequence[AgeBand]) -> alt.LayerChart:
    """How long pending seeds have been there."""
    rows = age_rows(bands)
    base = chart_of(rows).encode(
        y=alt.Y("age:N", sort=[row["age"] for row in rows], title=None,
                axis=names_axis(labelLimit=160)),
        x=alt.X("seeds:Q", title="Pending seeds", axis=counts_axis()),
        tooltip=[alt.Tooltip("age:N", title="Came in"),
                 alt.Tooltip("seeds:Q", title="Pending seeds", format=",")],
    )  # fmt: skip
    bars = base.mark_bar(color=REFERENCE, cornerRadiusEnd=3)
    labels = base.mark_text(align="left", dx=5).encode(text=alt.Text("seeds:Q", format=","))
    layered: alt.LayerChart = (bars + labels).properties(height=240)
    return layered


def decision_rows(days: Sequence[WorkDay]) -> list[dict[str, Any]]:
    """Decisions by day and kind."""
    return [
        {"day": row["day"], "at": at(row["day"]), "decision": NAMES[kind], "seeds": count}
        for row in days
        for kind, count in zip(
            KINDS, (row["accept"], row["needs_rewrite"], row["reject"]), strict=True
        )
    ]


def arrival_rows(days: Sequence[WorkDay]) -> list[dict[str, Any]]:
    """Decided and new seeds by day, for both rates on one axis."""
    return [
        {"day": row["day"], "at": at(row["day"]), "rate": rate, "seeds": count}
        for row in days
        for rate, count in (
            ("came in", row["arrived"]),
            ("decided", row["accept"] + row["needs_rewrite"] + row["reject"]),
        )
    ]


def decisions_by_day(days: Sequence[WorkDay]) -> alt.Chart:
    """Decisions that stand, stacked by kind."""
    chart: alt.Chart = (
        chart_of(decision_rows(days))
        .mark_bar(binSpacing=0.5)
        .encode(
            x=day_axis(row["day"] for row in days),
            y=alt.Y("seeds:Q", title="Decisions a day", axis=counts_axis()),
            color=alt.Color(
                "decision:N",
                scale=alt.Scale(
                    domain=list(DECISION_COLOURS), range=list(DECISION_COLOURS.values())
                ),
                legend=alt.Legend(orient="bottom", title=None),
            ),
            tooltip=[
                day_tip(),
                alt.Tooltip("decision:N", title="Decision"),
                alt.Tooltip("seeds:Q", title="Seeds", format=","),
            ],
        )
        .properties(height=240)
    )
    return chart


def arrivals_and_decisions(days: Sequence[WorkDay]) -> alt.Chart:
    """Whether more comes in than is decided: two lines."""
    rates = ["decided", "came in"]
    chart: alt.Chart = (
        chart_of(arrival_rows(days))
        .mark_line(point=alt.OverlayMarkDef(size=25))
        .encode(
            x=day_axis(row["day"] for row in days),
            y=alt.Y("seeds:Q", title="Seeds a day", axis=counts_axis()),
            color=alt.Color(
                "rate:N",
                scale=alt.Scale(domain=rates, range=[REFERENCE, GREY]),
                legend=alt.Legend(orient="bottom", title=None),
            ),
            strokeDash=alt.StrokeDash(
                "rate:N", scale=alt.Scale(domain=rates, range=[[1, 0], [5, 3]]), legend=None
            ),
            tooltip=[
                day_tip(),
                alt.Tooltip("rate:N", title="Seeds that"),
                alt.Tooltip("seeds:Q", title="How many", format=","),
            ],
        )
        .properties(height=240)
    )
    return chart
