"""Charts on the page, in the theme that the reader has chosen, and as files to take home."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import streamlit as st

from dashboard.chart_style import Chart, Theme, styled, svg_of
from dashboard.downloads import download_button
from dashboard.uploads import as_csv


def chosen_theme() -> Theme:
    """The reader's theme."""
    return "dark" if st.context.theme.type == "dark" else "light"


def draw_chart(chart: Chart, description: str) -> None:
    """Draw a chart; the description is what a screen reader says."""
    st.altair_chart(styled(chart, chosen_theme()), alt=description)


def draw_plot(chart: Chart, description: str, name: str, rows: Sequence[Mapping[str, Any]]) -> None:
    """Draw a chart with its files below."""
    with st.container(gap="xsmall"):
        draw_chart(chart, description)
        draw_files(chart, description, name, rows)


def draw_files(
    chart: Chart | Callable[[], Chart],
    description: str,
    name: str,
    rows: Sequence[Mapping[str, Any]],
) -> None:
    """Offer a chart for papers, and what it shows as a table; both are made when asked for.

    A chart that is drawn by other means can be given as what makes it.
    """
    with st.container(horizontal=True, gap="small", key=f"files_{name}"):
        for label, ending, mime, make in (
            ("SVG", "svg", "image/svg+xml", lambda: svg_of(chart() if callable(chart) else chart)),
            ("Data (CSV)", "csv", "text/csv", lambda: as_csv(rows)),
        ):
            download_button(
                label,
                make,
                f"{name}.{ending}",
                mime,
                key=f"{ending}_{name}",
                type="tertiary",
                help=f"{description}, as {ending.upper()}",
            )
