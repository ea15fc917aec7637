"""Why a training run failed: the cause in words, what to do, the row at fault, the last lines."""

import streamlit as st

from dashboard.rows.training import TrainingFailure
from dashboard.training_words import CAUSES
from dashboard.wording import escaped


def draw(failure: TrainingFailure) -> None:
    """The card of a run that has failed."""
    cause = CAUSES.get(failure["cause"], CAUSES["other"])
    with st.container(border=True, key="training_failure"):
        st.error(f"**{cause.title}.** {escaped(failure['message'])}", icon=":material/error:")
        st.markdown(f"**What to do.** {cause.advice}")
        draw_details(failure)


def draw_details(failure: TrainingFailure) -> None:
    """The seed at fault, and the last that was printed."""
    where = _where(failure)
    if failure["seed_id"] is not None or where:
        with st.container(horizontal=True, vertical_alignment="center"):
            if failure["seed_id"] is not None:
                st.page_link(
                    "app_pages/seeds.py", label=f"Seed {failure['seed_id']}", width="content",
                    icon=":material/grass:", query_params={"seed": str(failure["seed_id"])},
                )  # fmt: skip
            st.caption(where)
    if failure["last_lines"]:
        st.caption("The last lines of its log")
        st.code("\n".join(failure["last_lines"][-20:]), language=None, wrap_lines=True)


def _where(failure: TrainingFailure) -> str:
    said = []
    if failure["row"] is not None:
        said.append(f"Row {failure['row']:,} of the export, counted from 1.")
    if failure["exit_code"] is not None:
        said.append(f"Exit status {failure['exit_code']}.")
    return " ".join(said)
