"""Pure: curves over steps as charts, all of one height and with their plots in line."""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any, Final

import altair as alt
import pyarrow

from dashboard.chart_style import Theme, styled
from dashboard.palette import SERIES

HEIGHT: Final = 230
# Labels of every y axis have so many pixels, so that plots below one another begin in line.
_LABELS: Final = 46
_SCHEMA: Final = pyarrow.schema(
    [
        ("step", pyarrow.int64()), ("name", pyarrow.string()), ("value", pyarrow.float64()),
        ("smooth", pyarrow.float64()), ("last", pyarrow.float64()),
    ]
)  # fmt: skip


def curves(
    rows: Sequence[Mapping[str, Any]],
    colours: Mapping[str, str],
    value_format: str = "~g",
    height: int = HEIGHT,
) -> alt.LayerChart:
    """Curves over steps: smoothed, and behind that pale what was logged; a dot is the last step.

    Args:
        rows: step, name of the curve, value, smoothed value, and that once more in the last.
        colours: of each curve, by name, also of those that have no row yet.
        value_format: of values, as d3 has it.
        height: in pixels.
    """
    scale = alt.Scale(domain=list(colours), range=list(colours.values()))
    legend = alt.Legend(
        title=None,
        orient="top",
        symbolType="stroke",
        symbolStrokeWidth=3,
        symbolOpacity=1,
        labelLimit=260,
        offset=4,
    )
    base = alt.Chart(table_of(rows)).encode(
        x=alt.X("step:Q", title="Step", axis=alt.Axis(format="~s", tickCount=6, tickMinStep=1),
                scale=alt.Scale(nice=False, zero=False)),
        color=alt.Color("name:N", scale=scale, legend=legend),
        tooltip=[
            alt.Tooltip("name:N", title="Curve"),
            alt.Tooltip("step:Q", title="Step", format=","),
            alt.Tooltip("value:Q", title="Logged", format=".4~g"),
            alt.Tooltip("smooth:Q", title="Smoothed", format=".4~g"),
        ],
    )  # fmt: skip
    raw = base.mark_line(strokeWidth=1.5, opacity=0.35).encode(y=_y("value", value_format))
    smooth = base.mark_line(strokeWidth=2.2).encode(y=_y("smooth", value_format))
    last = base.mark_circle(size=45, opacity=1).encode(y=_y("last", value_format))
    layered: alt.LayerChart = (raw + smooth + last).properties(height=height)
    return layered


def table_of(rows: Sequence[Mapping[str, Any]]) -> pyarrow.Table:
    """The rows as a chart takes them; empty ones have their columns too."""
    return pyarrow.Table.from_pylist([dict(row) for row in rows], schema=_SCHEMA)


@lru_cache(maxsize=256)
def specification(
    colours: tuple[tuple[str, str], ...], value_format: str, height: int, theme: Theme
) -> dict[str, Any]:
    """What `curves` comes to without its rows: made once, as plots are drawn again and again."""
    made: dict[str, Any] = styled(curves([], dict(colours), value_format, height), theme).to_dict()
    return {name: part for name, part in made.items() if name not in ("data", "datasets")}


def colours_of(names: Sequence[str]) -> dict[str, str]:
    """Colours of curves that have none of their own."""
    return {name: SERIES[at % len(SERIES)] for at, name in enumerate(names)}


def _y(field: str, value_format: str) -> alt.Y:
    axis = alt.Axis(format=value_format, tickCount=5, minExtent=_LABELS, maxExtent=_LABELS)
    return alt.Y(f"{field}:Q", title=None, axis=axis, scale=alt.Scale(zero=False))
