"""What the replies of a run for proposals came to: made, or of no use and why."""

from typing import Final

import streamlit as st

from dashboard import session
from dashboard.rows import ProposalSummary, Run
from dashboard.tables import Columns, pick
from dashboard.wording import name, number, plural

OUTCOMES: Final = {
    "made": "made",
    "cut_off": "cut off at the token limit",
    "not_json": "not one JSON object",
    "fields": "other fields than asked for",
    "not_text": "a field is not text",
    "blank": "a field is blank",
    "placeholder": "the form's own words",
    "too_long": "too long",
    "unstorable": "holds what cannot be stored",
    "unchanged": "the prompt as it was",
    "duplicate": "proposed before",
    "taken": "another seed has this prompt",
}
COLUMNS: Columns = {
    "outcome": "Reply",
    "count": st.column_config.NumberColumn("Replies", format="localized"),
    "share": st.column_config.NumberColumn("Share", format="percent"),
}


def draw(run: Run) -> None:
    """The section of one run, with the way to what was made."""
    summary = session.api().proposal_summary(run["id"])
    st.subheader("Proposals so far", anchor=False)
    if not summary["replies"]:
        st.caption("No reply has come yet.")
        return
    with st.container(horizontal=True):
        st.metric("Made", number(summary["made"]), _of(summary), delta_color="off",
                  delta_arrow="off")  # fmt: skip
        st.metric("Seeds with one", number(summary["seeds"]))
        for standing, count in summary["standing"].items():
            st.metric(f"Of them {name(standing)}", number(count))
    shown = [{**row, "outcome": OUTCOMES[row["outcome"]]} for row in summary["outcomes"]]
    st.dataframe(pick(shown, COLUMNS), hide_index=True, column_config=COLUMNS)
    if run["kind"] == "rewrites":
        st.page_link(
            "app_pages/rewrites.py", label="See its rewrites", icon=":material/edit_note:",
            query_params={"run": str(run["id"])},
        )  # fmt: skip
    else:
        st.page_link(
            "app_pages/seeds.py", label="See its seeds", icon=":material/grass:",
            query_params={"import_id": str(run["settings"]["import_id"])},
        )  # fmt: skip


def in_a_sentence(summary: ProposalSummary) -> str:
    """How many candidates came, and what became of the other replies."""
    lost = [
        f"{plural(row['count'], 'reply', 'replies')}: {OUTCOMES[row['outcome']]}"
        for row in summary["outcomes"]
        if row["outcome"] != "made"
    ]
    return "; ".join([plural(summary["made"], "candidate"), *lost])


def _of(summary: ProposalSummary) -> str:
    replies = plural(summary["replies"], "reply", "replies")
    return f"{summary['made'] / summary['replies']:.0%} of {replies}"
