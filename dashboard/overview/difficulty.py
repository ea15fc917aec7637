"""How hard the domains are."""

import streamlit as st

from dashboard import session
from dashboard.drawing import draw_plot
from dashboard.notices import empty
from dashboard.overview import difficulty_charts as charts
from dashboard.overview.ages import draw_age


def draw() -> None:
    """Draw steps and agreement by domain."""
    found = session.api().overview_difficulty()
    st.subheader("Difficulty by domain", anchor=False)
    if not found["domains"]:
        empty("No scored seeds", "Start a run: its judges count steps, its weak model answers.")
        return
    st.caption("Scored seeds by domain. Stronger where more of the domain's seeds are; the frame "
               "holds its median.")  # fmt: skip
    left, right = st.columns(2, gap="large")
    with left:
        steps = charts.step_rows(found["domains"])
        if steps:
            title = "Reasoning steps (counted by judges)"
            draw_plot(charts.strips(steps, "steps", title), "Steps by domain", "steps", steps)
        else:
            empty("No judged seeds", "Start a run with a judge: it counts reasoning steps.")
    with right:
        rows = charts.agreement_rows(found["domains"])
        title = "Weak model's agreement with the key (tenths, from)"
        draw_plot(charts.strips(rows, "agreement", title), "Agreement by domain", "agreement", rows)
    draw_age(found)
