"""Pure: rows of the API -> charts. Colours and shapes come from the palette, one meaning each."""

from collections.abc import Mapping, Sequence
from typing import Any

import altair as alt

from dashboard.palette import REFERENCE, VERDICT_COLOURS, VERDICT_SHAPES
from dashboard.rows import EndpointSpend, FunnelStage, MapPoint

Chart = alt.Chart | alt.LayerChart


def in_ink(chart: Chart, ink: str) -> Chart:
    """The chart with all its text in one colour: the page's theme decides which."""
    inked: Chart = (
        chart.configure_axis(labelColor=ink, titleColor=ink)
        .configure_legend(labelColor=ink, titleColor=ink)
        .configure_text(fill=ink)
    )
    return inked


def _verdict_colour() -> alt.Color:
    scale = alt.Scale(domain=list(VERDICT_COLOURS), range=list(VERDICT_COLOURS.values()))
    return alt.Color("verdict:N", scale=scale, title=None)


def _chart(rows: Sequence[Mapping[str, Any]]) -> alt.Chart:
    return alt.Chart(alt.InlineData(values=[dict(row) for row in rows]))


def funnel_rows(stages: Sequence[FunnelStage]) -> list[dict[str, Any]]:
    """Each stage with its share of the first."""
    first = stages[0]["count"] if stages else 0
    return [
        {
            "stage": stage["stage"].capitalize(),
            "count": stage["count"],
            "share": stage["count"] / first if first else 0.0,
            "label": f"{stage['count']:,}",
        }
        for stage in stages
    ]


def funnel(stages: Sequence[FunnelStage]) -> alt.LayerChart:
    """How many seeds came how far, as horizontal bars."""
    rows = funnel_rows(stages)
    base = _chart(rows).encode(
        y=alt.Y("stage:N", sort=[row["stage"] for row in rows], title=None),
        x=alt.X("count:Q", axis=None),
        tooltip=[
            alt.Tooltip("stage:N", title="Stage"),
            alt.Tooltip("count:Q", title="Seeds", format=","),
            alt.Tooltip("share:Q", title="Of all ingested", format=".0%"),
        ],
    )
    bars = base.mark_bar(color=REFERENCE, cornerRadiusEnd=3)
    labels = base.mark_text(align="left", dx=5).encode(text="label:N")
    layered: alt.LayerChart = (bars + labels).properties(height=200)
    return layered


def on_the_map(points: Sequence[MapPoint]) -> list[MapPoint]:
    """The seeds that have both measures; without an answer key nothing agrees with it."""
    return [p for p in points if p["agreement"] is not None and p["reliability"] is not None]


def teachability_map(points: Sequence[MapPoint]) -> alt.Chart:
    """Weak agreement against key reliability, one mark per scored seed, coloured by verdict."""
    shape = alt.Shape(
        "verdict:N",
        scale=alt.Scale(domain=list(VERDICT_SHAPES), range=list(VERDICT_SHAPES.values())),
        title=None,
    )
    unit = alt.Scale(domain=[0, 1], nice=False, padding=8)
    ticks = alt.Axis(values=[0, 0.2, 0.4, 0.6, 0.8, 1], format=".1f")
    chart: alt.Chart = (
        _chart(on_the_map(points))
        .transform_calculate(
            # Agreement takes few values: a nudge keeps seeds from hiding behind each other.
            nudged="datum.agreement + 0.02 * (((datum.seed_id * 7919) % 101) / 101 - 0.5)",
            lifted="datum.reliability + 0.02 * (((datum.seed_id * 104729) % 97) / 97 - 0.5)",
        )
        .mark_point(filled=True, size=70, opacity=0.8)
        .encode(
            x=alt.X("nudged:Q", scale=unit, axis=ticks, title="Weak agreement with the key"),
            y=alt.Y("lifted:Q", scale=unit, axis=ticks, title="Key reliability"),
            color=_verdict_colour().legend(orient="bottom", symbolOpacity=1),
            shape=shape.legend(orient="bottom", symbolOpacity=1),
            tooltip=[
                alt.Tooltip("seed_id:N", title="Seed"),
                alt.Tooltip("verdict:N", title="Verdict"),
                alt.Tooltip("domain:N", title="Domain"),
                alt.Tooltip("agreement:Q", title="Agreement", format=".2f"),
                alt.Tooltip("reliability:Q", title="Key reliability", format=".2f"),
                alt.Tooltip("score:Q", title="Score", format=".2f"),
            ],
        )
        .properties(height=380)
    )
    return chart


def verdict_counts(verdicts: Mapping[str, int]) -> alt.LayerChart:
    """How many seeds have each verdict."""
    rows = [{"verdict": name, "count": verdicts.get(name, 0)} for name in VERDICT_COLOURS]
    base = _chart(rows).encode(
        y=alt.Y("verdict:N", sort=list(VERDICT_COLOURS), title=None),
        x=alt.X("count:Q", axis=None),
        tooltip=[alt.Tooltip("verdict:N", title="Verdict"), alt.Tooltip("count:Q", title="Seeds")],
    )
    bars = base.mark_bar(cornerRadiusEnd=3).encode(
        color=_verdict_colour().legend(None)  # the bars are named on their axis
    )
    labels = base.mark_text(align="left", dx=5).encode(text="count:Q")
    layered: alt.LayerChart = (bars + labels).properties(height=180)
    return layered


def spend_rows(spend: Sequence[EndpointSpend]) -> tuple[list[dict[str, Any]], str]:
    """Amounts by endpoint in money, or in tokens while nothing has cost money; and their title."""
    in_money = any(row["cost"] for row in spend)
    rows = [
        {
            "endpoint": row["endpoint"],
            "role": row["role"],
            "amount": row["cost"] if in_money else row["prompt_tokens"] + row["completion_tokens"],
        }
        for row in spend
    ]
    return rows, "Cost in dollars" if in_money else "Tokens"


def spend_by_endpoint(spend: Sequence[EndpointSpend]) -> alt.Chart:
    """What each endpoint has cost."""
    rows, title = spend_rows(spend)
    chart: alt.Chart = (
        _chart(rows)
        .mark_bar(color=REFERENCE, cornerRadiusEnd=3)
        .encode(
            y=alt.Y("endpoint:N", sort="-x", title=None, axis=alt.Axis(labelLimit=260)),
            x=alt.X("amount:Q", title=title),
            tooltip=[
                alt.Tooltip("endpoint:N", title="Endpoint"),
                alt.Tooltip("role:N", title="Role"),
                alt.Tooltip("amount:Q", title=title, format=","),
            ],
        )
        .properties(height=60 + 28 * len(rows))
    )
    return chart
