"""Up to four training runs in one plot, which moves while one of them goes on."""

from collections.abc import Sequence

import streamlit as st

from dashboard import session
from dashboard.notices import explained
from dashboard.training_charts import colours_of
from dashboard.training_curves import DEFAULT_SMOOTHING, draw_curves
from dashboard.training_logged import logged_of
from dashboard.training_plots import COMPARED, points_of
from dashboard.training_series import curve_rows
from dashboard.training_words import OVER

EVERY_SECONDS = 5
HEIGHT = 340


def draw(run_ids: Sequence[int]) -> None:
    """The plot of these runs, with the choice of what is compared."""
    st.subheader("Compared", anchor=False)
    runs = [session.api().training_run(number) for number in run_ids]
    moves = any(run["state"] not in OVER for run in runs)
    names = {run["id"]: f"{run['id']}: {run['name']}" for run in runs}
    st.fragment(_plot, run_every=EVERY_SECONDS if moves else None)(names)


def _plot(names: dict[int, str]) -> None:
    with explained():
        logged = {number: logged_of(number) for number in names}
        known = [
            name
            for name, curve in COMPARED.items()
            if any(points_of(curve, of) for of in logged.values())
        ]
        if not known:
            st.caption("None of them has logged a step yet.")
            return
        with st.container(horizontal=True, vertical_alignment="center"):
            what = st.segmented_control(
                "Compare", known, default=known[0], required=True, key="training_compare_by",
                label_visibility="collapsed",
            )  # fmt: skip
            weight = st.slider(
                "Smoothing", 0.0, 0.98, DEFAULT_SMOOTHING, key="training_compare_smoothing",
                width=320,
            )  # fmt: skip
        curve = COMPARED[what or known[0]]
        rows = curve_rows([(names[n], points_of(curve, logged[n])) for n in names], weight)
        colours = colours_of(list(names.values()))
        said = f"{what} of the chosen runs by step"
        draw_curves(rows, colours, said, "training_compared", height=HEIGHT)
