"""Pure: how many seeds have each verdict."""

from collections.abc import Mapping
from typing import Any

import altair as alt

from dashboard.chart_style import chart_of, counts_axis, names_axis
from dashboard.palette import VERDICT_COLOURS


def verdict_rows(verdicts: Mapping[str, int]) -> list[dict[str, Any]]:
    """Seeds of each verdict, also of those that none has."""
    return [{"verdict": name, "seeds": verdicts.get(name, 0)} for name in VERDICT_COLOURS]


def verdict_counts(verdicts: Mapping[str, int]) -> alt.LayerChart:
    """How many seeds have each verdict."""
    base = chart_of(verdict_rows(verdicts)).encode(
        y=alt.Y("verdict:N", sort=list(VERDICT_COLOURS), title=None,
                axis=names_axis()),
        x=alt.X("seeds:Q", title="Seeds", axis=counts_axis()),
        tooltip=[alt.Tooltip("verdict:N", title="Verdict"),
                 alt.Tooltip("seeds:Q", title="Seeds", format=",")],
    )  # fmt: skip
    scale = alt.Scale(domain=list(VERDICT_COLOURS), range=list(VERDICT_COLOURS.values()))
    bars = base.mark_bar(cornerRadiusEnd=3).encode(
        color=alt.Color("verdict:N", scale=scale, legend=None)  # the axis names the bars
    )
    labels = base.mark_text(align="left", dx=5).encode(text=alt.Text("seeds:Q", format=","))
    layered: alt.LayerChart = (bars + labels).properties(height=200)
    return layered
