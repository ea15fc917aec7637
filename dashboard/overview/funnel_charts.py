"""Pure: how far seeds have come, and why others have not."""

from collections.abc import Sequence
from typing import Any

import altair as alt

from dashboard.chart_style import chart_of, counts_axis, names_axis
from dashboard.palette import FATE_COLOURS
from dashboard.rows import FunnelStage

REACHED, WAITS, LOST = FATE_COLOURS
FATES = {"waiting": WAITS, "lost": LOST}


def funnel_rows(stages: Sequence[FunnelStage]) -> list[dict[str, Any]]:
    """Each stage's seeds, and each reason for which others stopped before it.

    `share` is of all that was received.
    """
    first = stages[0]["count"] if stages else 0

    def row(stage: str, fate: str, reason: str, count: int) -> dict[str, Any]:
        share = count / first if first else 0.0
        return {
            "stage": stage.capitalize(), "fate": fate, "reason": reason,
            "seeds": count, "share": share,
        }  # fmt: skip

    return [
        found
        for stage in stages
        for found in (
            row(stage["stage"], REACHED, "", stage["count"]),
            *(
                row(stage["stage"], FATES[loss["kind"]], loss["reason"], loss["count"])
                for loss in sorted(stage["losses"], key=lambda loss: loss["kind"], reverse=True)
            ),
        )
    ]


def funnel(stages: Sequence[FunnelStage]) -> alt.Chart:
    """How many seeds came how far, with what stopped the others at each step."""
    rows = funnel_rows(stages)
    counts = {stage["stage"].capitalize(): stage["count"] for stage in stages}
    named = {stage: f"{stage}  {count:,}" for stage, count in counts.items()}
    fates = list(FATE_COLOURS)
    placed = [
        row | {"order": fates.index(row["fate"]), "named": named[row["stage"]]} for row in rows
    ]
    chart: alt.Chart = (
        chart_of(placed)
        .mark_bar(stroke="white", strokeWidth=0.6)
        .encode(
            y=alt.Y("named:N", sort=list(named.values()), title=None,
                    axis=names_axis(labelLimit=260)),
            x=alt.X("seeds:Q", title="Seeds", axis=counts_axis()),
            color=alt.Color(
                "fate:N",
                scale=alt.Scale(domain=fates, range=list(FATE_COLOURS.values())),
                legend=alt.Legend(orient="bottom", title=None, symbolStrokeWidth=0),
            ),
            order=alt.Order("order:Q"),
            tooltip=[
                alt.Tooltip("stage:N", title="Step"),
                alt.Tooltip("fate:N", title="Seeds"),
                alt.Tooltip("reason:N", title="Why"),
                alt.Tooltip("seeds:Q", title="How many", format=","),
                alt.Tooltip("share:Q", title="Of all received", format=".1%"),
            ],
        )
        .properties(height=90 + 32 * len(named))
    )  # fmt: skip
    return chart
