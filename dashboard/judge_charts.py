"""Pure: agreement of raters -> charts."""

from collections.abc import Mapping, Sequence
from typing import Any

import altair as alt

from dashboard.chart_style import chart_of
from dashboard.palette import GREY, REFERENCE
from dashboard.rows import Confusion, Pair
from dashboard.rubric_words import DIMENSIONS

PALE = "#DCE9F3"
DARK_INK = "#1F2933"
LIGHT_INK = "#FFFFFF"
CELL = 46
LEVELS = (1, 2, 3, 4, 5)


def kappa_rows(pairs: Sequence[Pair], names: Mapping[str, str]) -> list[dict[str, Any]]:
    """Each pair both ways round, with what its cell says; a dash where kappa is undefined."""
    return [
        {
            "rater": names[one],
            "other": names[two],
            "kappa": pair["kappa"] or 0.0,
            "shown": "–" if pair["kappa"] is None else f"{pair['kappa']:.2f}",
            "alike": pair["percent_agreement"],
            "seeds": pair["seeds"],
        }
        for pair in pairs
        for one, two in ((pair["first"], pair["second"]), (pair["second"], pair["first"]))
    ]


def heat(rows: Sequence[Mapping[str, Any]], shade: str, top: float, **encoding: Any) -> Any:
    """Cells shaded from none to `top`, with a number that can be read on each."""
    base = chart_of(rows).encode(**encoding)
    colour = alt.Color(
        f"{shade}:Q",
        scale=alt.Scale(domain=[0, top], range=[PALE, REFERENCE], clamp=True),
        legend=None,
    )
    cells = base.mark_rect(cornerRadius=3, stroke=None).encode(color=colour)
    on_dark = alt.datum[shade] > 0.55 * top
    ink = alt.when(on_dark).then(alt.value(LIGHT_INK)).otherwise(alt.value(DARK_INK))
    labels = base.mark_text(fontSize=13).encode(text="shown:N", fill=ink)
    return cells + labels


def kappa_map(pairs: Sequence[Pair], names: Mapping[str, str]) -> alt.LayerChart:
    """Quadratic-weighted kappa of each pair of raters."""
    present = {key for pair in pairs for key in (pair["first"], pair["second"])}
    order = [name for key, name in names.items() if key in present]
    sides = {
        "x": alt.X("other:N", sort=order, title=None,
                   axis=alt.Axis(labelAngle=-30, labelLimit=180, domain=False, ticks=False)),
        "y": alt.Y("rater:N", sort=order, title=None,
                   axis=alt.Axis(labelLimit=180, domain=False, ticks=False)),
        "tooltip": [
            alt.Tooltip("rater:N", title="Rater"),
            alt.Tooltip("other:N", title="and"),
            alt.Tooltip("shown:N", title="Kappa"),
            alt.Tooltip("alike:Q", title="Rated alike", format=".0%"),
            alt.Tooltip("seeds:Q", title="Seeds", format=","),
        ],
    }  # fmt: skip
    drawn: alt.LayerChart = heat(kappa_rows(pairs, names), "kappa", 1, **sides)
    return drawn.properties(height=70 + CELL * len(order))


def confusion_rows(confusion: Confusion) -> list[dict[str, Any]]:
    """How many seeds got each two ratings; with levels, also those that none got."""
    counts = {(cell["first"], cell["second"]): cell["count"] for cell in confusion["cells"]}
    if confusion["dimension"] != "steps":
        counts = {(a, b): 0 for a in LEVELS for b in LEVELS} | counts
    return [
        {"first": first, "second": second, "count": count, "shown": f"{count:,}" if count else ""}
        for (first, second), count in counts.items()
    ]


def _tooltip(left: str, right: str) -> list[alt.Tooltip]:
    return [
        alt.Tooltip("first:Q", title=left),
        alt.Tooltip("second:Q", title=right),
        alt.Tooltip("count:Q", title="Seeds", format=","),
    ]


def confusion_plot(confusion: Confusion, names: Mapping[str, str]) -> alt.LayerChart:
    """The first rater's ratings upwards, the second's to the right: levels as cells."""
    left, right = names[confusion["first"]], names[confusion["second"]]
    rows = confusion_rows(confusion)
    if confusion["dimension"] == "steps":
        return _steps_plot(rows, left, right)
    noun = DIMENSIONS[confusion["dimension"]].lower()
    most = max((row["count"] for row in rows), default=0)
    plain = alt.Axis(labelAngle=0, domain=False, ticks=False)
    drawn: alt.LayerChart = heat(
        rows,
        "count",
        most or 1,
        x=alt.X("second:O", title=f"{right}: {noun}", axis=plain),
        y=alt.Y("first:O", sort="descending", title=f"{left}: {noun}", axis=plain),
        tooltip=_tooltip(left, right),
    )
    return drawn.properties(height=90 + CELL * len(LEVELS))


def _steps_plot(rows: list[dict[str, Any]], left: str, right: str) -> alt.LayerChart:
    """Counts as dots, larger where more seeds are; on the line both counted alike."""
    top = max((max(row["first"], row["second"]) for row in rows), default=1) + 1
    axis = alt.Scale(domain=[0, top], nice=False)
    dots = (
        chart_of(rows)
        .mark_circle(color=REFERENCE, opacity=0.75)
        .encode(
            x=alt.X("second:Q", scale=axis, title=f"{right}: steps"),
            y=alt.Y("first:Q", scale=axis, title=f"{left}: steps"),
            size=alt.Size("count:Q", scale=alt.Scale(range=[40, 500]), legend=None),
            tooltip=_tooltip(left, right),
        )
    )
    ends = [{"first": 0, "second": 0}, {"first": top, "second": top}]
    line = chart_of(ends).mark_line(color=GREY, strokeDash=[4, 4]).encode(
        x="second:Q", y="first:Q"
    )  # fmt: skip
    layered: alt.LayerChart = (line + dots).properties(height=320)
    return layered
