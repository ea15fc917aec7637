"""What a run suggests as domains: counts, confusion with given ones, applying, and its undo."""

from typing import Final
from uuid import uuid4

import streamlit as st

from dashboard import job_progress, session
from dashboard.domain_charts import NONE_FITS, confusion_map, confusion_rows
from dashboard.drawing import draw_plot
from dashboard.notices import explained
from dashboard.rows import DecisionBatch, Run
from dashboard.rows.domains import DomainSummary
from dashboard.tables import Columns, pick
from dashboard.taking_back import batch_button
from dashboard.wording import ago, escaped, number, plural

OUTCOMES: Final = {
    "named": "a domain of the list",
    "other": "none of the list fits",
    "cut_off": "cut off at the token limit",
    "not_json": "not one JSON object",
    "fields": "other fields than asked for",
    "not_text": "the domain is not text",
    "unknown_name": "a name that is not in the list",
}
OUTCOME_COLUMNS: Columns = {
    "outcome": "Reply",
    "count": st.column_config.NumberColumn("Replies", format="localized"),
    "share": st.column_config.NumberColumn("Share", format="percent"),
}
DOMAIN_COLUMNS: Columns = {
    "domain": "Suggested",
    "seeds": st.column_config.NumberColumn("Seeds", format="localized"),
    "new": st.column_config.NumberColumn(
        "Had none", format="localized", help="Seeds that had no domain when they were asked about"
    ),
}


def draw(run: Run) -> None:
    """The section of one run; nothing is changed before it is applied."""
    found = session.api().domain_summary(run["id"])
    st.subheader("Suggested domains", anchor=False)
    if not found["replies"]:
        st.caption("No reply has come yet.")
        return
    agreement = found["agreement"]
    with st.container(horizontal=True):
        st.metric("Replies", number(found["replies"]))
        st.metric("Seeds without a domain that get one", number(found["applicable"]))
        if agreement is not None:
            st.metric("Same as the given domain", f"{agreement:.0%}")
    shown = [{**one, "domain": one["domain"] or NONE_FITS} for one in found["domains"]]
    if shown:
        st.dataframe(
            pick(shown, DOMAIN_COLUMNS), hide_index=True, column_config=DOMAIN_COLUMNS,
            placeholder="",
        )  # fmt: skip
    if any(one["outcome"] not in ("named", "other") for one in found["outcomes"]):
        told = [{**one, "outcome": OUTCOMES[one["outcome"]]} for one in found["outcomes"]]
        st.dataframe(pick(told, OUTCOME_COLUMNS), hide_index=True, column_config=OUTCOME_COLUMNS)
    if found["confusion"]:
        draw_plot(
            confusion_map(found["confusion"]), "Given domains, and what is suggested for them",
            "domain_confusion", confusion_rows(found["confusion"]),
        )  # fmt: skip
    _applied(found)
    if session.may("curator"):
        _apply(run, found)


def _applied(found: DomainSummary) -> None:
    for batch in found["applied"]:
        with st.container(border=True, horizontal=True, vertical_alignment="center"):
            st.markdown(_what_was(batch), width="stretch")
            batch_button(batch)
        if batch["job"] is not None and batch["job"]["state"] in ("queued", "running", "failed"):
            job_progress.follow(batch["job"]["id"], "Applying")


def _what_was(batch: DecisionBatch) -> str:
    undone = f", {batch['undone_count']:,} of them undone" if batch["undone_count"] else ""
    who = f"{ago(batch['created_at'])} · {escaped(batch['user'])}"
    return f"**Applied to {plural(batch['count'], 'seed')}**{undone}  \n:gray[{who}]"


def _apply(run: Run, found: DomainSummary) -> None:
    replace = st.checkbox(
        "Replace given domains too", key=f"domains_replace_{run['id']}",
        help="Otherwise only seeds that have no domain get one. Where none of the list fits, a "
        "seed stays as it is.",
    )  # fmt: skip
    count = found["replaceable"] if replace else found["applicable"]
    advice = f"As suggested by {found['judge']}; one undo takes all of it back."
    if st.button(
        f"Apply to {plural(count, 'seed')}", type="primary", icon=":material/done_all:",
        disabled=not count, key=f"domains_apply_{run['id']}", help=escaped(advice),
    ):  # fmt: skip
        with explained():
            session.api().apply_domains(run["id"], {"token": str(uuid4()), "replace": replace})
            st.rerun()
