"""The curves of a training run, two beside one another, renewed while it goes on."""

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

import streamlit as st

from dashboard.drawing import chosen_theme, draw_files
from dashboard.palette import REFERENCE
from dashboard.rows.training import TrainingRun
from dashboard.training_charts import HEIGHT, curves, specification, table_of
from dashboard.training_plots import Plot, others, plots_of, points_of
from dashboard.training_series import Logged, curve_rows
from dashboard.wording import name

DEFAULT_SMOOTHING = 0.6
Rows = Sequence[Mapping[str, Any]]


def draw(run: TrainingRun, logged: Logged) -> None:
    """All plots of the run."""
    if not logged.rows:
        st.caption("Nothing is logged yet: the curves begin with the first step.")
        return
    weight = st.slider(
        "Smoothing", 0.0, 0.98, DEFAULT_SMOOTHING, key="training_smoothing", width=320,
        help="Weight of what came before in the moving average. Pale: what was logged.",
    )  # fmt: skip
    plots = plots_of(run["kind"], logged)
    for first in range(0, len(plots), 2):
        beside = zip(st.columns(2, gap="medium"), plots[first : first + 2], strict=False)
        for column, plot in beside:
            with column:
                _plot(plot, logged, weight)
    _other(run, logged, weight)


def draw_curves(
    rows: Rows,
    colours: Mapping[str, str],
    description: str,
    name: str,
    value_format: str = "~g",
    height: int = HEIGHT,
) -> None:
    """Draw curves with their files below, at little cost: only the rows are new each time."""
    spec = specification(tuple(colours.items()), value_format, height, chosen_theme())
    with st.container(gap="xsmall"):
        st.vega_lite_chart(table_of(rows), spec, alt=description)
        draw_files(partial(curves, rows, colours, value_format), description, name, rows)


def _plot(plot: Plot, logged: Logged, weight: float) -> None:
    rows = curve_rows([(curve.label, points_of(curve, logged)) for curve in plot.curves], weight)
    st.markdown(f"**{plot.title}**")
    colours = {curve.label: curve.colour for curve in plot.curves}
    key = "".join(letter if letter.isalnum() else "_" for letter in plot.title.lower())
    draw_curves(rows, colours, f"{plot.title} by step", f"training_{key}", plot.format)


def _other(run: TrainingRun, logged: Logged, weight: float) -> None:
    """Whatever else training logs, one at a time."""
    found = others(run["kind"], logged)
    if not found:
        return
    folded = st.expander(
        "Other metrics", icon=":material/monitoring:", key="training_others", on_change="rerun"
    )
    if not folded.open:
        return
    with folded:
        chosen = st.selectbox("Metric", found, key="training_other", format_func=name)
        rows = curve_rows([(chosen, logged.series("train", chosen))], weight)
        draw_curves(rows, {chosen: REFERENCE}, f"{name(chosen)} by step", "training_other")
