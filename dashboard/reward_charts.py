"""Pure: reward against length as a chart, and a response on it."""

from typing import Any

import altair as alt

from dashboard.chart_style import chart_of
from dashboard.palette import GREY, REFERENCE, VERDICT_COLOURS
from dashboard.rows import Reward, RewardCurve

RIGHT, WRONG = "right answer", "wrong answer"
COLOURS = {RIGHT: VERDICT_COLOURS["teachable"], WRONG: VERDICT_COLOURS["hard"]}
_LEVELS = {"truncated": "cut off", "malformed": "malformed"}


def curve_rows(curve: RewardCurve) -> list[dict[str, Any]]:
    """A row for each length and kind of answer."""
    return [
        {"tokens": point["tokens"], "kind": kind, "reward": point[field]}  # type: ignore[literal-required]
        for kind, field in ((RIGHT, "right"), (WRONG, "wrong"))
        for point in curve["points"]
    ]


def reward_curve(curve: RewardCurve, scored: Reward | None) -> alt.LayerChart:
    """Both curves, what is earned at any length, and where a scored response lies."""
    rows = curve_rows(curve)
    x = alt.X("tokens:Q", title="Length in tokens", axis=alt.Axis(format="~s", tickCount=7))
    y = alt.Y("reward:Q", title="Reward", axis=alt.Axis(format="+.2f"))
    lines = (
        chart_of(rows)
        .mark_line(strokeWidth=2.5)
        .encode(
            x=x,
            y=y,
            color=alt.Color(
                "kind:N",
                scale=alt.Scale(domain=list(COLOURS), range=list(COLOURS.values())),
                legend=alt.Legend(title=None, orient="top", symbolType="stroke"),
            ),
            tooltip=[
                alt.Tooltip("kind:N", title="Answer"),
                alt.Tooltip("tokens:Q", title="Tokens", format=","),
                alt.Tooltip("reward:Q", title="Reward", format="+.3f"),
            ],
        )
    )
    places = [] if scored is None else [_place(scored)]
    chart: Any = alt.layer(_levels(curve, rows[-1]["tokens"]), lines, *places)
    layered: alt.LayerChart = chart.properties(height=340)
    return layered


def _levels(curve: RewardCurve, end: int) -> alt.LayerChart:
    """What is earned whatever the length, as dashed lines with their names at the right end."""
    levels = chart_of(
        [
            {"reward": curve[name], "name": said, "tokens": end}  # type: ignore[literal-required]
            for name, said in _LEVELS.items()
        ]
    )
    rules = levels.mark_rule(color=GREY, strokeDash=[5, 4]).encode(y="reward:Q")
    names = levels.mark_text(align="right", baseline="bottom", dy=-3).encode(
        x="tokens:Q", y="reward:Q", text="name:N"
    )
    both: alt.LayerChart = rules + names
    return both


def _place(scored: Reward) -> alt.Chart:
    point: alt.Chart = (
        chart_of([{"tokens": scored["tokens"], "reward": scored["total"]}])
        .mark_point(size=180, filled=True, shape="diamond", color=REFERENCE, opacity=1)
        .encode(
            x="tokens:Q",
            y="reward:Q",
            tooltip=[
                alt.Tooltip("tokens:Q", title="This response, tokens", format=","),
                alt.Tooltip("reward:Q", title="Reward", format="+.3f"),
            ],
        )
    )
    return point
