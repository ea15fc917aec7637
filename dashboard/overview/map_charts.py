"""Pure: the teachability map, as marks or as cells, with the regions that its places mean."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import altair as alt

from dashboard.chart_style import chart_of
from dashboard.palette import GREY, REFERENCE, VERDICT_COLOURS, VERDICT_SHAPES
from dashboard.rows import MapPoint, TeachabilityMap

BRUSH = "brush"
# Agreement takes few values: a nudge keeps seeds from hiding behind each other.
NUDGE = 0.01
CONTOURS = (0.25, 0.5, 0.75)
HEIGHT = 470
_UNIT = alt.Scale(domain=[0, 1], nice=False, padding=6)
_TICKS = alt.Axis(values=[0, 0.2, 0.4, 0.6, 0.8, 1], format=".1f")
X_TITLE = "Weak model's agreement with the key (share of its answers)"
Y_TITLE = "Reliability of the key (probability)"


def point_rows(points: Sequence[MapPoint]) -> list[dict[str, Any]]:
    """The seeds with the places where they are drawn, a little off their own."""
    return [
        {
            **point,
            "x": point["agreement"] + NUDGE * _off(point["seed_id"], 7919, 101),
            "y": point["reliability"] + NUDGE * _off(point["seed_id"], 104_729, 97),
        }
        for point in points
    ]


def _off(seed_id: int, factor: int, modulus: int) -> float:
    """The same for a seed each time, between -1 and 1."""
    return 2 * (seed_id * factor % modulus) / modulus - 1


def cell_rows(found: TeachabilityMap) -> list[dict[str, Any]]:
    """Cells with their corners, their seeds, and the verdict that most of these have."""
    rows = []
    for cell in found["cells"]:
        verdicts = cell["verdicts"]
        leading = max(VERDICT_COLOURS, key=lambda verdict: verdicts.get(verdict, 0))
        seeds = sum(verdicts.values())
        rows.append(
            {
                "x": cell["agreement"], "x2": cell["agreement"] + found["cell"],
                "y": cell["reliability"], "y2": cell["reliability"] + found["cell"],
                "seeds": seeds, "verdict": leading, "share": verdicts[leading] / seeds,
            }
            | {verdict: verdicts.get(verdict, 0) for verdict in VERDICT_COLOURS}
        )  # fmt: skip
    return rows


def contour_rows() -> list[dict[str, Any]]:
    """Where the score would be the same, from as low a reliability as it takes."""
    steps = [step / 100 for step in range(3, 98)]
    return [
        {"x": x, "y": contour / (4 * x * (1 - x)), "score": contour}
        for contour in CONTOURS
        for x in steps
        if contour <= 4 * x * (1 - x)
    ]


def _regions(low: float, high: float) -> Iterator[alt.Chart]:
    """The band's edges, what lies between them, and lines of equal score."""
    edges = chart_of([{"x": low}, {"x": high}])
    yield edges.mark_rule(color=GREY, strokeDash=[4, 4]).encode(x="x:Q")
    lines = chart_of(contour_rows()).encode(x="x:Q", y="y:Q", detail="score:N")
    yield lines.mark_line(color=GREY, strokeWidth=1, opacity=0.75)
    tops = [{"x": 0.5, "y": score, "label": f"score {score}"} for score in CONTOURS]
    yield (
        chart_of(tops)
        .mark_text(dy=11, fontSize=11, fontWeight=600)
        .encode(x="x:Q", y="y:Q", text="label:N")
    )
    names = [
        {"x": low / 2, "y": 1.0, "label": "hard"},
        {"x": (low + high) / 2, "y": 1.0, "label": "teachable"},
        {"x": (1 + high) / 2, "y": 1.0, "label": "easy"},
        {"x": 0.5, "y": 0.0, "label": "suspect keys"},
    ]
    places = chart_of(names).encode(x="x:Q", y="y:Q", text="label:N")
    yield places.mark_text(fontWeight=600, dy=alt.expr("datum.y > 0 ? -14 : -9"))


def _colour(legend: alt.Legend) -> alt.Color:
    scale = alt.Scale(domain=list(VERDICT_COLOURS), range=list(VERDICT_COLOURS.values()))
    return alt.Color("verdict:N", scale=scale, title=None, legend=legend)


def _axes() -> dict[str, Any]:
    return {
        "x": alt.X("x:Q", scale=_UNIT, axis=_TICKS, title=X_TITLE),
        "y": alt.Y("y:Q", scale=_UNIT, axis=_TICKS, title=Y_TITLE),
    }


def _whole(marks: alt.Chart, found: TeachabilityMap) -> alt.LayerChart:
    shade = alt.BrushConfig(fill=REFERENCE, fillOpacity=0.12, stroke=REFERENCE, strokeWidth=1.5)
    brush = alt.selection_interval(name=BRUSH, encodings=["x", "y"], mark=shade)
    layers = [marks.add_params(brush), *_regions(found["low"], found["high"])]
    layered: Any = alt.layer(*layers)
    whole: alt.LayerChart = layered.properties(height=HEIGHT)
    return whole


def marks_map(found: TeachabilityMap) -> alt.LayerChart:
    """One mark for each seed, with its verdict as colour and shape."""
    bottom = alt.Legend(orient="bottom", symbolOpacity=1)
    shape = alt.Shape(
        "verdict:N",
        scale=alt.Scale(domain=list(VERDICT_SHAPES), range=list(VERDICT_SHAPES.values())),
        title=None, legend=bottom,
    )  # fmt: skip
    marks = (
        chart_of(point_rows(found["points"]))
        .mark_point(filled=True, size=60, opacity=0.75)
        .encode(
            **_axes(), color=_colour(bottom), shape=shape,
            tooltip=[
                alt.Tooltip("seed_id:N", title="Seed"),
                alt.Tooltip("verdict:N", title="Verdict"),
                alt.Tooltip("domain:N", title="Domain"),
                alt.Tooltip("agreement:Q", title="Agreement", format=".2f"),
                alt.Tooltip("reliability:Q", title="Key reliability", format=".2f"),
                alt.Tooltip("score:Q", title="Score", format=".2f"),
            ],
        )
    )  # fmt: skip
    return _whole(marks, found)


def density_map(found: TeachabilityMap) -> alt.LayerChart:
    """All seeds by cell: the colour is that of most of them, stronger where there are more."""
    rows = cell_rows(found)
    most = max((row["seeds"] for row in rows), default=1)
    scale = alt.Scale(type="log", domain=[1, max(2, most)], range=[0.18, 1])
    strength = alt.FillOpacity("seeds:Q", scale=scale, legend=None)
    marks = (
        chart_of(rows)
        .mark_rect(stroke=None)
        .encode(
            **_axes(), x2="x2:Q", y2="y2:Q", fillOpacity=strength,
            color=_colour(alt.Legend(orient="bottom", symbolType="square", symbolOpacity=1)),
            tooltip=[
                alt.Tooltip("seeds:Q", title="Seeds", format=","),
                *(alt.Tooltip(f"{verdict}:Q", title=verdict, format=",")
                  for verdict in VERDICT_COLOURS),
                alt.Tooltip("x:Q", title="Agreement from", format=".2f"),
                alt.Tooltip("y:Q", title="Reliability from", format=".2f"),
            ],
        )
    )  # fmt: skip
    return _whole(marks, found)


def rectangle(selection: Mapping[str, Any], *, nudged: bool) -> dict[str, float] | None:
    """The brushed rectangle as a filter of seeds; None while nothing is brushed.

    Its sides are rounded outwards to hundredths. Where marks are drawn off their places, all whose
    mark may be inside are in.
    """
    sides = selection.get(BRUSH) or {}
    if not sides.get("x") or not sides.get("y"):
        return None
    slack = NUDGE if nudged else 0.0
    found: dict[str, float] = {}
    for field, side in (("agreement", sides["x"]), ("reliability", sides["y"])):
        low, high = min(side) - slack, max(side) + slack
        found[f"min_{field}"] = max(0.0, _hundredth(low, up=False))
        found[f"max_{field}"] = min(1.0, _hundredth(high, up=True))
    return found


def _hundredth(value: float, *, up: bool) -> float:
    # What floating point adds to a hundredth is no reason to take the next one.
    hundredths = round(value * 100, 6)
    whole = int(hundredths // 1)
    return (whole + (up and hundredths > whole)) / 100
