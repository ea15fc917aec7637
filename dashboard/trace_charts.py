"""Pure: what a run's traces came to, as charts."""

from collections.abc import Sequence
from typing import Any

import altair as alt

from dashboard.chart_style import chart_of, counts_axis, names_axis
from dashboard.palette import FATE_COLOURS
from dashboard.rows import KeptPerSeed, TraceSummary
from dashboard.trace_words import reason_words

ROW_HEIGHT, AXES_HEIGHT = 28, 60
KEPT, _, REJECTED = FATE_COLOURS


def outcome_rows(summary: TraceSummary) -> list[dict[str, Any]]:
    """Kept traces first, then those rejected for each reason, the most frequent first."""

    def row(outcome: str, fate: str, count: int, share: float) -> dict[str, Any]:
        label = f"{count:,} ({share:.1%})"
        return {"outcome": outcome, "fate": fate, "traces": count, "share": share, "label": label}

    kept = row("kept", KEPT, summary["kept"], summary["kept_share"] or 0.0)
    return [
        kept,
        *(
            row(reason_words(found["reason"]), REJECTED, found["count"], found["share"])
            for found in summary["reasons"]
        ),
    ]


def outcome_bars(summary: TraceSummary) -> alt.LayerChart:
    """The share of traces that were kept, and of those rejected for each reason."""
    rows = outcome_rows(summary)
    most = max((row["share"] for row in rows), default=0.0)
    base = chart_of(rows).encode(
        y=alt.Y("outcome:N", sort=[row["outcome"] for row in rows], title=None,
                axis=names_axis(labelLimit=200)),
        # Room for the words at the end of the longest bar.
        x=alt.X("share:Q", title="Share of the run's traces",
                axis=alt.Axis(format="%", tickCount=4),
                scale=alt.Scale(domain=[0, max(most, 0.01) * 1.3], nice=False)),
        tooltip=[alt.Tooltip("outcome:N", title="Outcome"),
                 alt.Tooltip("traces:Q", title="Traces", format=","),
                 alt.Tooltip("share:Q", title="Share", format=".1%")],
    )  # fmt: skip
    scale = alt.Scale(domain=[KEPT, REJECTED], range=[FATE_COLOURS[KEPT], FATE_COLOURS[REJECTED]])
    bars = base.mark_bar(cornerRadiusEnd=3).encode(
        color=alt.Color("fate:N", scale=scale, legend=None)  # the axis names the bars
    )
    labels = base.mark_text(align="left", dx=5).encode(text="label:N")
    layered: alt.LayerChart = (bars + labels).properties(
        height=AXES_HEIGHT + ROW_HEIGHT * len(rows)
    )
    return layered


def kept_bars(kept: Sequence[KeptPerSeed]) -> alt.LayerChart:
    """How many seeds have how many traces that are kept."""
    base = chart_of(kept).encode(
        x=alt.X("kept:O", title="Kept traces of a seed", axis=names_axis(labelAngle=0)),
        y=alt.Y("seeds:Q", title="Seeds", axis=counts_axis()),
        tooltip=[alt.Tooltip("kept:O", title="Kept traces"),
                 alt.Tooltip("seeds:Q", title="Seeds", format=",")],
    )  # fmt: skip
    bars = base.mark_bar(cornerRadiusEnd=3, color=FATE_COLOURS[KEPT])
    labels = base.mark_text(dy=-7).encode(text=alt.Text("seeds:Q", format=","))
    layered: alt.LayerChart = (bars + labels).properties(height=200)
    return layered
