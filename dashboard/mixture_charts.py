"""Pure: what a mixture comes to, as charts."""

from collections.abc import Sequence
from typing import Any

import altair as alt

from dashboard.chart_style import chart_of, counts_axis, names_axis
from dashboard.mixture_words import cluster_words
from dashboard.palette import GREY, REFERENCE
from dashboard.rows.mixtures import Amount, ClusterFigures, LengthBin

# The best tier is the darkest, also in print.
TIER_COLOURS = {"high": REFERENCE, "medium": "#56B4E9", "low": GREY}
ROW_HEIGHT, AXES_HEIGHT, LEGEND_HEIGHT = 28, 60, 60
SHOWN = 20
WARNED_SHARE = 0.3


def cluster_rows(clusters: Sequence[ClusterFigures]) -> list[dict[str, Any]]:
    """Tokens and rows of each cluster, the largest first."""
    largest = sorted(clusters, key=lambda one: -one["tokens"])
    return [
        {
            "cluster": cluster_words(one), "tier": one["tier"], "rows": one["rows"],
            "tokens": one["tokens"], "epochs": one["epochs"],
            "label": f"{one['share']:.0%}, {one['rows']:,} rows",
        }
        for one in largest
    ]  # fmt: skip


def cluster_bars(clusters: Sequence[ClusterFigures]) -> alt.LayerChart:
    """Tokens by cluster, coloured by tier; the largest ones, where there are many."""
    rows = cluster_rows(clusters)[:SHOWN]
    most = max((row["tokens"] for row in rows), default=0)
    base = chart_of(rows).encode(
        y=alt.Y("cluster:N", sort=[row["cluster"] for row in rows], title=None,
                axis=names_axis(labelLimit=240)),
        # Room for the words at the end of the longest bar.
        x=alt.X("tokens:Q", title="Tokens", axis=counts_axis(),
                scale=alt.Scale(domain=[0, max(most, 1) * 1.5], nice=False)),
        tooltip=[alt.Tooltip("cluster:N", title="Cluster"),
                 alt.Tooltip("epochs:Q", title="Epochs", format=".3~f"),
                 alt.Tooltip("rows:Q", title="Rows", format=","),
                 alt.Tooltip("tokens:Q", title="Tokens", format=",")],
    )  # fmt: skip
    scale = alt.Scale(domain=list(TIER_COLOURS), range=list(TIER_COLOURS.values()))
    bars = base.mark_bar(cornerRadiusEnd=3).encode(
        color=alt.Color("tier:N", scale=scale, legend=alt.Legend(orient="bottom", title="Tier"))
    )
    labels = base.mark_text(align="left", dx=5).encode(text="label:N")
    layered: alt.LayerChart = (bars + labels).properties(
        height=AXES_HEIGHT + LEGEND_HEIGHT + ROW_HEIGHT * max(len(rows), 1)
    )
    return layered


def length_rows(lengths: Sequence[LengthBin], context: int) -> list[dict[str, Any]]:
    """Rows by their tokens, without empty bins at either end."""
    filled = [at for at, one in enumerate(lengths) if one["rows"]]
    shown = lengths[filled[0] : filled[-1] + 1] if filled else []
    return [
        {
            "from": one["least"], "tokens": f"{_short(one['least'])} to {_short(one['below'])}",
            "rows": one["rows"],
            "fit": "fits the context" if one["below"] <= context + 1 else "may be too long",
        }
        for one in shown
    ]  # fmt: skip


def length_bars(lengths: Sequence[LengthBin], context: int) -> alt.LayerChart:
    """A histogram of lengths, each bin twice as wide as the one before."""
    rows = length_rows(lengths, context)
    base = chart_of(rows).encode(
        x=alt.X("tokens:O", sort=[row["tokens"] for row in rows], title="Tokens of a row",
                axis=names_axis(labelAngle=-30)),
        y=alt.Y("rows:Q", title="Rows", axis=counts_axis()),
        tooltip=[alt.Tooltip("tokens:O", title="Tokens"),
                 alt.Tooltip("rows:Q", title="Rows", format=","),
                 alt.Tooltip("fit:N", title="Context")],
    )  # fmt: skip
    scale = alt.Scale(domain=["fits the context", "may be too long"], range=[REFERENCE, "#D55E00"])
    bars = base.mark_bar(cornerRadiusEnd=3).encode(
        # One below the other: side by side they are wider than half a page.
        color=alt.Color(
            "fit:N", scale=scale, legend=alt.Legend(orient="bottom", title=None, columns=1)
        )
    )
    labels = base.mark_text(dy=-7).encode(text=alt.Text("rows:Q", format=","))
    layered: alt.LayerChart = (bars + labels).properties(height=300)
    return layered


def source_rows(sources: Sequence[Amount]) -> list[dict[str, Any]]:
    """The share of each source, the largest first."""
    return [
        {"source": one["name"], "share": one["share"], "rows": one["rows"],
         "tokens": one["tokens"], "label": f"{one['share']:.1%}"}
        for one in sources[:SHOWN]
    ]  # fmt: skip


def source_bars(sources: Sequence[Amount]) -> alt.LayerChart:
    """Shares of all tokens by source, with a line where a share is warned of."""
    rows = source_rows(sources)
    most = max([*(row["share"] for row in rows), WARNED_SHARE])
    base = chart_of(rows).encode(
        y=alt.Y("source:N", sort=[row["source"] for row in rows], title=None,
                axis=names_axis(labelLimit=240)),
        x=alt.X("share:Q", title="Share of all tokens", axis=alt.Axis(format="%", tickCount=4),
                scale=alt.Scale(domain=[0, most * 1.2], nice=False)),
        tooltip=[alt.Tooltip("source:N", title="Source"),
                 alt.Tooltip("rows:Q", title="Rows", format=","),
                 alt.Tooltip("tokens:Q", title="Tokens", format=","),
                 alt.Tooltip("share:Q", title="Share", format=".1%")],
    )  # fmt: skip
    bars = base.mark_bar(cornerRadiusEnd=3, color=REFERENCE)
    labels = base.mark_text(align="left", dx=5).encode(text="label:N")
    line = chart_of([{"share": WARNED_SHARE}]).mark_rule(strokeDash=[4, 4], color="#D55E00")
    layered: alt.LayerChart = (bars + labels + line.encode(x="share:Q")).properties(
        height=AXES_HEIGHT + ROW_HEIGHT * max(len(rows), 1)
    )
    return layered


def _short(tokens: int) -> str:
    return f"{tokens // 1024}k" if tokens >= 1024 and tokens % 1024 == 0 else f"{tokens:,}"
