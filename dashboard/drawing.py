"""Charts on the page, in the colours of the theme that the reader has chosen."""

import altair as alt
import streamlit as st

from dashboard.charts import in_ink
from dashboard.palette import INK


def draw_chart(chart: alt.Chart | alt.LayerChart, description: str) -> None:
    """Draw a chart; the description is what a screen reader says."""
    theme = "dark" if st.context.theme.type == "dark" else "light"
    st.altair_chart(in_ink(chart, INK[theme]), alt=description)
