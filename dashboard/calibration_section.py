"""How far a run's key can be trusted: the diagram, figures in plain words, and fitting again."""

import streamlit as st

from dashboard import job_progress, policy_charts, session
from dashboard.drawing import draw_plot
from dashboard.notices import explained
from dashboard.rows import Calibration
from dashboard.tables import Columns, pick
from dashboard.wording import escaped, plural, share

JOBS = "recalibrations"
FIGURES = {
    "calibration_error": (
        "Calibration error",
        "ECE: how far the stated probabilities are from the shares that came true, on average. "
        "0 is honest; 0.1 means off by ten points in a hundred.",
    ),
    "brier": (
        "Brier score",
        "Mean squared distance between what was stated and what came true. 0 is perfect; stating "
        "one half for everything gives 0.25.",
    ),
    "auc": (
        "AUC",
        "How often a right key was given a higher probability than a wrong one. 1 tells them "
        "apart always, 0.5 is a coin. Needs keys of both kinds.",
    ),
    "log_loss": (
        "Log loss",
        "Mean surprise at what came true, in nats. Lower is better; confident mistakes cost most.",
    ),
}
VOTES: Columns = {
    "votes": "Equal votes",
    "reliability": st.column_config.NumberColumn("Key is right", format="%.2f"),
    "by_prior": st.column_config.NumberColumn("By the prior", format="%.2f"),
}
COEFFICIENTS: Columns = {
    "words": "What speaks for the key (or against it, below 0)",
    "value": st.column_config.NumberColumn("Weight", format="%.2f"),
    "prior": st.column_config.NumberColumn("By the prior", format="%.2f"),
}
REPEATS: Columns = {
    "endpoint": "Weak model",
    "mean": st.column_config.NumberColumn("Repeats a wrong key", format="percent"),
    "basis": "Basis",
}


@st.fragment
def draw(run_id: int) -> None:
    """The section of one run."""
    st.subheader("How far the key can be trusted", anchor=False)
    with explained():
        found = session.api().calibration(run_id)
        _draw(found)
        if found["reference"] and session.may("curator"):
            _fit_again(run_id)


def _draw(found: Calibration) -> None:
    if found["warning"]:
        st.warning(escaped(found["warning"]), icon=":material/warning:")
    if not found["reference"]:
        return
    if found["gold_seeds"]:
        _measured(found)
    with st.expander("What the model weighs"):
        _model(found)


def _measured(found: Calibration) -> None:
    keys = plural(found["gold_seeds"], "seed")
    st.caption(
        f"{escaped(str(found['reference']))} came to a key on {keys} whose answer is known; "
        f"{found['wrong_keys']:,} of these keys were wrong. Each probability is by a model that "
        "had not seen the seed."
    )
    left, right = st.columns([1.2, 1], gap="large")
    with left:
        draw_plot(
            policy_charts.reliability_diagram(found["bins"]),
            "Reliability diagram: stated probability against the share of right keys",
            "reliability_diagram", found["bins"],
        )  # fmt: skip
        st.caption(
            "On the dashed line, what is stated comes true as often. Below it the key is trusted "
            "too much. Numbers are gold seeds, bars 95% intervals."
        )
    with right:
        with st.container(horizontal=True):
            for name, (title, about) in FIGURES.items():
                st.metric(title, share(found[name]), help=about)  # type: ignore[literal-required]
        _votes(found)


def _votes(found: Calibration) -> None:
    rows = [{**vote, "votes": f"{vote['equal']} of {vote['of']}"} for vote in found["votes"]]
    st.dataframe(pick(rows, VOTES), hide_index=True, column_config=VOTES)


def _model(found: Calibration) -> None:
    if not found["gold_seeds"]:
        _votes(found)
    st.dataframe(
        pick(found["coefficients"], COEFFICIENTS), hide_index=True, column_config=COEFFICIENTS
    )
    if found["domain_offsets"]:
        offsets = ", ".join(
            f"{escaped(domain)} {offset:+.2f}" for domain, offset in found["domain_offsets"].items()
        )
        st.markdown(f"By domain, in log-odds: {offsets}.")
    rows = [
        {**prior, "basis": "fitted on wrong keys" if prior["fitted"] else "the prior"}
        for prior in found["wrong_key_priors"]
    ]
    st.dataframe(pick(rows, REPEATS), hide_index=True, column_config=REPEATS)
    st.caption(f"Weight of weak models' agreement: {found['agreement_weight']:.2f} of 1.")


def _fit_again(run_id: int) -> None:
    jobs = st.session_state.setdefault(JOBS, {})
    if st.button(
        "Fit again", icon=":material/refresh:",
        help="Fits on all gold seeds stored by now, and computes this run's verdicts by it. No "
        "model is called.",
    ):  # fmt: skip
        jobs[run_id] = session.api().recalibrate(run_id)["id"]
    if run_id in jobs:
        job_progress.follow(jobs[run_id], "Computing verdicts")
