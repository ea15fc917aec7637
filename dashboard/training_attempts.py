"""Attempts of a training run: the button that goes on with it, and how those before ended."""

import streamlit as st

from dashboard import session, training_failure
from dashboard.notices import explained
from dashboard.rows.training import TrainingAttempt, TrainingRun
from dashboard.training_words import CAUSES, STATES, begun_words, resume_words
from dashboard.wording import ago, escaped, plural


def draw(run: TrainingRun) -> None:
    """The button where the run can be gone on with, and the attempts before the last."""
    if run["state"] in ("failed", "cancelled") and session.may("curator"):
        if run["resume_step"] is not None:
            _go_on(run, run["resume_step"])
        else:
            _refused(run)
    if run["attempts"]:
        _before(run)


def _go_on(run: TrainingRun, step: int) -> None:
    with st.container(horizontal=True, vertical_alignment="center"):
        label = resume_words(step)
        if st.button(label, type="primary", icon=":material/resume:", key="training_go_on"):
            with explained():
                session.api().resume_training(run["id"])
                st.rerun()
        st.caption(
            "The same run, in the same folder. What it did after that step is done again."
            if step
            else "The same run. It has saved no checkpoint yet, so all of it is done again."
        )


def _refused(run: TrainingRun) -> None:
    """Why it cannot be gone on with, and what can be said of a host that is silent."""
    if run["target"]["where"] == "kubernetes":
        st.caption(
            "Its pods are not seen from here: apply the manifest again, or start another run."
        )
        return
    host = escaped((run["handle"] or {}).get("host", "its host"))
    with st.container(horizontal=True, vertical_alignment="center"):
        with st.popover("Go on elsewhere", icon=":material/resume:"):
            st.markdown(
                f"Only where {host} is down for good: two trainings in one folder spoil its "
                "checkpoints."
            )
            if st.button("Its host is gone", type="primary", icon=":material/resume:"):
                with explained():
                    session.api().resume_training(run["id"], host_is_gone=True)
                    st.rerun()
        st.caption(
            f"Its processes may live on on {host}, where no worker has been heard of lately: start "
            "one there to go on with it."
        )


def _before(run: TrainingRun) -> None:
    asked = f"asked for by {run['resumed_by']} {ago(run['resumed_at'])}"
    st.caption(escaped(f"Attempt {run['attempt']}, {begun_words(run['resumed_from'])}, {asked}"))
    count = len(run["attempts"])
    title = f"{plural(count, 'attempt')} before"
    with st.expander(title, icon=":material/history:", key="training_attempts"):
        for attempt in reversed(run["attempts"]):
            _attempt(attempt)


def _attempt(attempt: TrainingAttempt) -> None:
    failure = attempt["failure"]
    with st.container(border=True, key=f"training_attempt_{attempt['number']}"):
        said = f"{STATES[attempt['state']]} at step {attempt['step']:,}"
        said += f" by {attempt['cancelled_by']}" if attempt["cancelled_by"] else ""
        said += f", {ago(attempt['finished_at'])}"
        st.markdown(f"**Attempt {attempt['number']}** {escaped(said)}")
        if attempt["resumed_by"]:
            begun = f"Begun {begun_words(attempt['resumed_from'])}, "
            st.caption(escaped(f"{begun}asked for by {attempt['resumed_by']}"))
        if failure is not None:
            title = CAUSES.get(failure["cause"], CAUSES["other"]).title
            st.markdown(f"{title}. {escaped(failure['message'])}")
            training_failure.draw_details(failure)
        if attempt["log"]:
            st.caption(escaped(f"Its log on the server: {attempt['log']}"))
