"""Pure: what was paid for a seed, as bars."""

from collections.abc import Sequence
from typing import Any

import altair as alt

from dashboard.chart_style import chart_of, names_axis
from dashboard.palette import GREY, ROLE_COLOURS
from dashboard.rows.lineage import StagePaid
from dashboard.wording import money, name, plural

COLOURS = {**ROLE_COLOURS, "rewrite": "#D55E00"}
ROW_HEIGHT, AXIS_HEIGHT = 34, 56


def paid_rows(stages: Sequence[StagePaid]) -> list[dict[str, Any]]:
    """Each stage with its money, the largest first."""
    return [
        {
            "stage": name(one["stage"]), "cost": one["cost"], "calls": one["calls"],
            "label": f"{money(one['cost'])}, {plural(one['calls'], 'call')}",
            "colour": COLOURS.get(one["stage"], GREY),
        }
        for one in sorted(stages, key=lambda one: -one["cost"])
    ]  # fmt: skip


def paid_bars(stages: Sequence[StagePaid]) -> alt.LayerChart:
    """Money by stage, each with its sum at the end of its bar."""
    rows = paid_rows(stages)
    most = max((row["cost"] for row in rows), default=0.0)
    base = chart_of(rows).encode(
        y=alt.Y("stage:N", sort=[row["stage"] for row in rows], title=None, axis=names_axis()),
        # Room for the words at the end of the longest bar.
        x=alt.X("cost:Q", title="Paid", axis=alt.Axis(format="$~g", tickCount=4),
                scale=alt.Scale(domain=[0, (most or 1) * 1.5], nice=False)),
        tooltip=[alt.Tooltip("stage:N", title="Stage"),
                 alt.Tooltip("label:N", title="Paid")],
    )  # fmt: skip
    bars = base.mark_bar(cornerRadiusEnd=3).encode(color=alt.Color("colour:N", scale=None))
    labels = base.mark_text(align="left", dx=5).encode(text="label:N")
    layered: alt.LayerChart = (bars + labels).properties(
        height=AXIS_HEIGHT + ROW_HEIGHT * max(len(rows), 1)
    )
    return layered
