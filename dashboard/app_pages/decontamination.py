"""The policy of decontamination: its settings, its versions, and which rule cries wolf."""

import streamlit as st

from dashboard import check_progress, hit_policy_form, hit_policy_saving, rule_report, session
from dashboard.hit_policy_form import label
from dashboard.notices import explained
from dashboard.rows import HitPolicy
from dashboard.tables import Columns, choose_row
from dashboard.wording import ago, escaped, plural

COLUMNS: Columns = {
    "policy": "Policy",
    "same_probability": st.column_config.NumberColumn("Contaminated from", format="%.2f"),
    "variant_probability": st.column_config.NumberColumn("Variant from", format="%.2f"),
    "related_similarity": st.column_config.NumberColumn("Related from", format="%.2f"),
    "ngram_words": "Words of an n-gram",
    "candidates": "Nearest items",
    "saved": "Saved",
}
CHOSEN_ROW = "hit_policy_row"


def _versions(policies: list[HitPolicy]) -> None:
    rows = [
        {**policy["settings"], "policy": label(policy), "saved": ago(policy["created_at"])}
        for policy in policies
    ]
    index = choose_row(rows, COLUMNS, key="hit_policy_table")
    st.caption("Choose a row to start from it.")
    if index is None:
        st.session_state.pop(CHOSEN_ROW, None)
    elif st.session_state.get(CHOSEN_ROW) != policies[index]["id"]:
        hit_policy_form.start_from(policies[index]["settings"])
        st.session_state[CHOSEN_ROW] = policies[index]["id"]


def _who_wins(policy: HitPolicy) -> None:
    st.markdown(
        f"**{escaped(label(policy))}** is in force: the newest version named default. "
        f"Saved {ago(policy['created_at'])}."
    )
    st.caption(
        "Who wins: a pair of seed and item has one verdict, of the stage that is surest: a whole "
        "copy, else what is contaminated before variant before related; a judge's word replaces "
        "theirs. What a curator said of a pair holds under every policy."
    )


with explained(whole_page=True):
    st.title("Decontamination policy", anchor=False)
    policies, state = session.api().hit_policies(), session.api().check_state()
    current = hit_policy_saving.in_force(policies)
    _who_wins(current)
    if state["benchmarks"]:
        check_progress.draw(state)
    with st.expander(plural(len(policies), "version"), icon=":material/history:"):
        _versions(policies)
    settings = hit_policy_form.draw(current, session.api().endpoints())
    hit_policy_saving.draw(policies, settings, state)
    rule_report.draw()
