"""Pure: suggested domains held against given ones -> a chart."""

from collections.abc import Sequence
from typing import Any

import altair as alt

from dashboard.judge_charts import heat
from dashboard.rows.domains import DomainConfusion

CELL = 40
SHOWN = 15
NONE_FITS = "none of the list"


def confusion_rows(confusion: Sequence[DomainConfusion]) -> list[dict[str, Any]]:
    """Each pair with its share of the given domain's seeds."""
    totals: dict[str, int] = {}
    for one in confusion:
        totals[one["given"]] = totals.get(one["given"], 0) + one["seeds"]
    return [
        {
            "given": one["given"], "suggested": one["suggested"] or NONE_FITS,
            "seeds": one["seeds"], "share": one["seeds"] / totals[one["given"]],
            "shown": f"{one['seeds']:,}",
        }
        for one in confusion
    ]  # fmt: skip


def confusion_map(confusion: Sequence[DomainConfusion]) -> alt.LayerChart:
    """Rows are given domains, the largest ones; each row's darkest cell is what is suggested."""
    rows = confusion_rows(confusion)
    given = _largest(rows, "given")
    suggested = _largest(rows, "suggested")
    same_first = [name for name in given if name in suggested]
    order = same_first + [name for name in suggested if name not in same_first]
    shown = [row for row in rows if row["given"] in given and row["suggested"] in order]
    sides = {
        "x": alt.X("suggested:N", sort=order, title="Suggested",
                   axis=alt.Axis(labelAngle=-30, labelLimit=160, domain=False, ticks=False)),
        "y": alt.Y("given:N", sort=given, title="Given",
                   axis=alt.Axis(labelLimit=160, domain=False, ticks=False)),
        "tooltip": [alt.Tooltip("given:N", title="Given"),
                    alt.Tooltip("suggested:N", title="Suggested"),
                    alt.Tooltip("seeds:Q", title="Seeds", format=","),
                    alt.Tooltip("share:Q", title="Of the given", format=".0%")],
    }  # fmt: skip
    drawn: alt.LayerChart = heat(shown, "share", 1.0, **sides).properties(
        height=CELL * max(len(given), 1) + 90
    )
    return drawn


def _largest(rows: Sequence[dict[str, Any]], side: str) -> list[str]:
    totals: dict[str, int] = {}
    for row in rows:
        totals[row[side]] = totals.get(row[side], 0) + row["seeds"]
    return sorted(totals, key=lambda name: (-totals[name], name))[:SHOWN]
