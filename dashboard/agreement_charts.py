"""Pure: agreement between curators -> charts."""

from collections.abc import Mapping, Sequence
from typing import Any

import altair as alt

from dashboard.judge_charts import CELL, heat
from dashboard.palette import REFERENCE
from dashboard.rows import AgainstVerdict, CuratorPair

VERDICTS = ("teachable", "hard", "easy", "suspect", "unsettled", "not scored")
KINDS = ("accept", "reject")
ROW = 34


def _inline(rows: Sequence[Mapping[str, Any]]) -> alt.Chart:
    return alt.Chart(alt.InlineData(values=[dict(row) for row in rows]))


def pair_rows(pairs: Sequence[CuratorPair]) -> list[dict[str, Any]]:
    """The pairs whose kappa is defined, with a name."""
    return [
        {**pair, "pair": f"{pair['first']} and {pair['second']}"}
        for pair in pairs
        if pair["kappa"] is not None
    ]


def kappa_plot(pairs: Sequence[CuratorPair]) -> alt.LayerChart:
    """Each pair's kappa as a dot in its interval; at the dashed line is what chance would give."""
    rows = pair_rows(pairs)
    lows = [row["kappa_low"] for row in rows if row["kappa_low"] is not None]
    lowest = min([0.0, *lows, *(row["kappa"] for row in rows)])
    scale = alt.Scale(domain=[max(-1.0, lowest - 0.05), 1.02], nice=False)
    plain = alt.Axis(labelLimit=220, ticks=False, domain=False, labelFlush=False)
    side = alt.Y("pair:N", title=None, sort=[row["pair"] for row in rows], axis=plain)
    tooltip = [
        alt.Tooltip("pair:N", title="Curators"),
        alt.Tooltip("kappa:Q", title="Kappa", format=".2f"),
        alt.Tooltip("kappa_low:Q", title="from", format=".2f"),
        alt.Tooltip("kappa_high:Q", title="to", format=".2f"),
        alt.Tooltip("percent_agreement:Q", title="Alike", format=".0%"),
        alt.Tooltip("seeds:Q", title="Seeds", format=","),
    ]
    base = _inline(rows).encode(y=side, tooltip=tooltip)
    title = "Cohen's kappa"
    known = base.transform_filter("datum.kappa_low !== null")
    bars = known.mark_rule(color=REFERENCE, strokeWidth=3, opacity=0.7)
    intervals = bars.encode(x=alt.X("kappa_low:Q", scale=scale, title=title), x2="kappa_high:Q")
    dots = base.mark_circle(color=REFERENCE, size=90, opacity=1).encode(
        x=alt.X("kappa:Q", scale=scale, title=title)
    )
    chance = _inline([{"chance": 0}]).mark_rule(color="#8A8F98", strokeDash=[4, 4]).encode(
        x=alt.X("chance:Q", scale=scale)
    )  # fmt: skip
    layered: alt.LayerChart = (chance + intervals + dots).properties(height=60 + ROW * len(rows))
    return layered


def verdict_rows(found: AgainstVerdict) -> list[dict[str, Any]]:
    """What was accepted and rejected of each verdict that occurs, with those that none was."""
    counts = {
        (cell["kind"], cell["verdict"] or "not scored"): cell["count"] for cell in found["cells"]
    }
    present = [name for name in VERDICTS if any(verdict == name for _, verdict in counts)]
    return [
        {
            "kind": kind,
            "verdict": verdict,
            "count": counts.get((kind, verdict), 0),
            "shown": f"{counts[kind, verdict]:,}" if (kind, verdict) in counts else "",
        }
        for kind in KINDS
        for verdict in present
    ]


def verdict_map(found: AgainstVerdict) -> alt.LayerChart:
    """A curator's decisions, downwards, against the measured verdicts, to the right."""
    rows = verdict_rows(found)
    most = max((row["count"] for row in rows), default=0)
    plain = alt.Axis(labelAngle=0, domain=False, ticks=False, labelFlush=False)
    chart: alt.LayerChart = heat(
        rows,
        "count",
        most or 1,
        x=alt.X("verdict:N", sort=list(VERDICTS), title="Measured verdict", axis=plain),
        y=alt.Y("kind:N", sort=list(KINDS), title=None, axis=plain),
        tooltip=[
            alt.Tooltip("kind:N", title="Decision"),
            alt.Tooltip("verdict:N", title="Verdict"),
            alt.Tooltip("count:Q", title="Seeds", format=","),
        ],
    )
    return chart.properties(height=90 + CELL * len(KINDS))
