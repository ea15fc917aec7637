"""Pure: what models' answers cost by day, by whom, and for each accepted seed."""

from collections import Counter
from collections.abc import Sequence
from itertools import accumulate
from typing import Any, Literal

import altair as alt

from dashboard.chart_style import chart_of, counts_axis
from dashboard.overview.days import at, day_axis, day_tip, days_between
from dashboard.palette import GREY, REFERENCE, ROLE_COLOURS, SERIES
from dashboard.rows import DayCount, SpendDay

By = Literal["role", "endpoint"]
REST = "all others"


def in_money(days: Sequence[SpendDay]) -> bool:
    """Whether anything has cost money; else tokens are shown."""
    return any(row["cost"] for row in days)


def unit_of(days: Sequence[SpendDay]) -> str:
    """What amounts are in, for titles of axes."""
    return "Cost (US dollars)" if in_money(days) else "Tokens"


def _amounts(money: bool) -> alt.Axis:
    # Nobody counts dollars in thousandths of kilos.
    return alt.Axis(tickCount=5, format=",~f") if money else counts_axis()


def spend_rows(days: Sequence[SpendDay], by: By) -> list[dict[str, Any]]:
    """Amounts by day and role or endpoint; the endpoints beyond six are taken together."""
    money = in_money(days)
    totals: Counter[str] = Counter()
    for row in days:
        totals[row[by]] += row["cost"] if money else row["tokens"]  # type: ignore[assignment]
    shown = {name for name, _ in totals.most_common(len(SERIES) - 1)}
    amounts: Counter[tuple[str, str]] = Counter()
    for row in days:
        name = row[by] if row[by] in shown else REST
        amounts[row["day"], name] += row["cost"] if money else row["tokens"]  # type: ignore[assignment]
    return [
        {"day": day, "at": at(day), by: name, "amount": amount}
        for (day, name), amount in sorted(amounts.items())
    ]


def spend_by_day(days: Sequence[SpendDay], by: By) -> alt.Chart:
    """What each day cost, stacked."""
    rows = spend_rows(days, by)
    names = sorted({row[by] for row in rows}, key=lambda name: (name == REST, name))
    colours = [ROLE_COLOURS.get(name, GREY) for name in names] if by == "role" else list(SERIES)
    chart: alt.Chart = (
        chart_of(rows)
        .mark_bar(binSpacing=0)
        .encode(
            x=day_axis(row["day"] for row in days),
            y=alt.Y("amount:Q", title=unit_of(days), axis=_amounts(in_money(days))),
            color=alt.Color(
                f"{by}:N",
                scale=alt.Scale(domain=names, range=colours[: len(names)]),
                legend=alt.Legend(orient="bottom", title=None, columns=4),
            ),
            tooltip=[
                day_tip(),
                alt.Tooltip(f"{by}:N", title=by.capitalize()),
                alt.Tooltip("amount:Q", title=unit_of(days), format=",.4~f"),
            ],
        )
        .properties(height=240)
    )
    return chart


def running_rows(days: Sequence[SpendDay], accepted: Sequence[DayCount]) -> list[dict[str, Any]]:
    """By day all that was spent until then, and for each seed accepted until then.

    `per_accepted` is null while none is accepted.
    """
    money = in_money(days)
    every = days_between([row["day"] for row in days] + [row["day"] for row in accepted])
    spent: Counter[str] = Counter()
    for row in days:
        spent[row["day"]] += row["cost"] if money else row["tokens"]  # type: ignore[assignment]
    kept = Counter({row["day"]: row["count"] for row in accepted})
    amounts = accumulate(spent[day] for day in every)
    counts = accumulate(kept[day] for day in every)
    return [
        {
            "day": day, "at": at(day), "amount": amount, "accepted": count,
            "per_accepted": amount / count if count else None,
        }
        for day, amount, count in zip(every, amounts, counts, strict=True)
    ]  # fmt: skip


def running(rows: Sequence[dict[str, Any]], field: str, title: str, *, money: bool) -> alt.Chart:
    """One amount over the days, as a line with a dot for each day."""
    known = [row for row in rows if row[field] is not None]
    chart: alt.Chart = (
        chart_of(known)
        .mark_line(color=REFERENCE, point=alt.OverlayMarkDef(color=REFERENCE, size=25))
        .encode(
            x=day_axis(row["day"] for row in known),
            y=alt.Y(
                f"{field}:Q", title=title, axis=_amounts(money),
                scale=alt.Scale(zero=True),
            ),
            tooltip=[
                day_tip(),
                alt.Tooltip(f"{field}:Q", title=title, format=",.4~f"),
                alt.Tooltip("accepted:Q", title="Seeds accepted until then", format=","),
            ],
        )
        .properties(height=240)
    )  # fmt: skip
    return chart
