"""Policies: the one of new runs, all versions, and what another would change."""

import streamlit as st

from dashboard import job_progress, policy_form, policy_trial, session
from dashboard.notices import explained
from dashboard.rows import Policy
from dashboard.tables import Columns, choose_row
from dashboard.wording import ago, escaped

COLUMNS: Columns = {
    "policy": "Policy",
    "low": st.column_config.NumberColumn("Teachable from", format="%.3g"),
    "high": st.column_config.NumberColumn("to", format="%.3g"),
    "threshold": st.column_config.NumberColumn("Threshold", format="%.2f"),
    "saved": "Saved",
}


def _versions(policies: list[Policy]) -> None:
    rows = [
        {
            "policy": policy_form.label(policy),
            "saved": ago(policy["created_at"]),
            **policy["settings"],
        }
        for policy in policies
    ]
    index = choose_row(rows, COLUMNS, key="policy_table")
    st.caption("Choose a row to start from it.")
    if index is None:
        st.session_state.pop("policy_row", None)
    elif st.session_state.get("policy_row") != policies[index]["id"]:
        chosen = policies[index]
        policy_form.start_from(chosen["settings"], policy_form.label(chosen))
        st.session_state["policy_row"] = chosen["id"]


def _current(policy: Policy) -> None:
    settings = policy["settings"]
    st.markdown(
        f"New runs use **{escaped(policy_form.label(policy))}**: teachable from "
        f"{settings['low']:.3g} to {settings['high']:.3g}, a verdict from a probability of "
        f"{settings['threshold']:.2f}. Saved {ago(policy['created_at'])}."
    )


with explained(whole_page=True):
    st.title("Policies", anchor=False)
    st.caption(
        "A policy says which verdict follows from the stored answers. Trying one calls no model, "
        "and changes nothing until it is applied."
    )
    policies, presets = session.api().policies(), session.api().policy_presets()
    _current(policy_form.default_of(policies))
    with st.expander(policy_trial.summary(policies), icon=":material/history:"):
        _versions(policies)
    if job := st.session_state.get(policy_trial.JOB):
        job_progress.follow(job["id"], job["title"])
    st.subheader("Try a policy", anchor=False)
    policy_trial.draw(policies, presets)
