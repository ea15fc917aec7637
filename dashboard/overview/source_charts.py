"""Pure: how good sources are, as rows of a table and as a chart of their acceptance."""

from collections.abc import Sequence
from typing import Any

import altair as alt

from dashboard.chart_style import chart_of, names_axis
from dashboard.palette import GREY, REFERENCE
from dashboard.rows import Share, SourceQuality

# With fewer decided seeds the interval is so wide that a rate is a guess.
FEW = 30
SHOWN = 20
ROW_HEIGHT, AXES_HEIGHT = 26, 90


def _percent(share: Share) -> float | None:
    return None if share["share"] is None else 100 * share["share"]


def interval(share: Share) -> str:
    """The 95% interval in whole percents, and of how many."""
    if share["low"] is None or share["high"] is None:
        return "none yet"
    few = ", few" if share["of"] < FEW else ""
    return f"{share['low']:.0%} to {share['high']:.0%} of {share['of']:,}{few}"


def source_rows(sources: Sequence[SourceQuality]) -> list[dict[str, Any]]:
    """Rates in percent, each with how sure it is."""
    return [
        {
            "source": source["source"],
            "seeds": source["seeds"],
            "accepted": _percent(source["accepted"]),
            "accepted_interval": interval(source["accepted"]),
            "contaminated": _percent(source["contaminated"]),
            "contaminated_interval": interval(source["contaminated"]),
            "suspect": _percent(source["suspect"]),
            "suspect_interval": interval(source["suspect"]),
            "copies": _percent(source["copies"]),
            "cost": source["cost"],
            "cost_per_accepted": source["cost_per_accepted"],
        }
        for source in sources
    ]


def acceptance_rows(sources: Sequence[SourceQuality]) -> list[dict[str, Any]]:
    """Sources of which anything was decided, the best first."""
    rows: list[dict[str, Any]] = [
        {
            "source": source["source"],
            **source["accepted"],
            "few": "few decided" if source["accepted"]["of"] < FEW else "enough decided",
            "name": f"{source['source']} ({source['accepted']['of']:,})",
        }
        for source in sources
        if source["accepted"]["share"] is not None
    ]
    return sorted(rows, key=lambda row: -row["share"])[:SHOWN]


def acceptance(sources: Sequence[SourceQuality]) -> alt.LayerChart:
    """A dot for each source's accept rate, a line for its 95% interval; grey where few decide."""
    rows = acceptance_rows(sources)
    unit = alt.Scale(domain=[0, 1], nice=False, padding=6)
    names = ["enough decided", "few decided"]
    colour = alt.Color(
        "few:N", scale=alt.Scale(domain=names, range=[REFERENCE, GREY]),
        legend=alt.Legend(orient="bottom", title=None),
    )  # fmt: skip
    base = chart_of(rows).encode(
        y=alt.Y("name:N", sort=[row["name"] for row in rows], title=None,
                axis=names_axis(labelLimit=220)),
        color=colour,
        tooltip=[
            alt.Tooltip("source:N", title="Source"),
            alt.Tooltip("share:Q", title="Accepted", format=".0%"),
            alt.Tooltip("low:Q", title="95% from", format=".0%"),
            alt.Tooltip("high:Q", title="to", format=".0%"),
            alt.Tooltip("of:Q", title="Decided seeds", format=","),
        ],
    )  # fmt: skip
    spans = base.mark_rule(strokeWidth=2, opacity=0.7).encode(
        x=alt.X("low:Q", scale=unit, axis=alt.Axis(format=".0%", tickCount=5),
                title="Accepted of those decided (95% interval)"),
        x2="high:Q",
    )  # fmt: skip
    dots = base.mark_point(filled=True, opacity=1, size=70).encode(x=alt.X("share:Q", scale=unit))
    layered: alt.LayerChart = (spans + dots).properties(height=AXES_HEIGHT + ROW_HEIGHT * len(rows))
    return layered
