"""Ask a model for rewrites: of all seeds of a filter, or of the one that is in the studio."""

import streamlit as st

from dashboard import proposal_form, proposal_outcome, run_forecast, run_page, session
from dashboard.heads import detail_head
from dashboard.notices import empty, explained
from dashboard.rewrite_places import ASKED, show_asked
from dashboard.rewrite_words import KINDS
from dashboard.rows import Endpoint, Run, SeedDetail
from dashboard.run_budget import budget_columns, choose_budget
from dashboard.wording import escaped, money, plural


def draw() -> None:
    """The form over a filter, and its start button."""
    detail_head("Ask a model for rewrites", "All rewrites", "ask")
    if not session.may("curator"):
        empty("Asking is for curators", "Ask an admin for the role curator to start a run.")
        return
    api = session.api()
    proposal_form.draw(KINDS, "needs_rewrite", api.forecast_rewrite_run, api.start_rewrite_run)


def draw_for(seed: SeedDetail) -> None:
    """The same for one seed, and how far the model is that was asked about it."""
    asked = st.query_params.get(ASKED, "")
    if asked.isdecimal():
        with explained():
            run_page.draw_live(session.api().run(int(asked)), _progress)
    with st.expander("Ask a model", icon=":material/smart_toy:"):
        found = proposal_form.proposers()
        if found:
            _ask(seed["id"], found)


def _ask(seed_id: int, found: list[Endpoint]) -> None:
    """Who is asked what under which budget, what that would need, and the button."""
    key = f"ask_{seed_id}"
    question = proposal_form.choose_question(found, KINDS, key)
    limits = choose_budget(budget_columns(3), key)
    plan = {
        "filter": {"seed_id": seed_id}, **question,
        **{field: limit for field, limit in limits.items() if limit is not None},
    }  # fmt: skip
    with explained():
        run_forecast.draw(session.api().forecast_rewrite_run(plan), by_model=False)
        if st.button("Ask for candidates", type="primary", icon=":material/play_arrow:"):
            show_asked(seed_id, session.api().start_rewrite_run(plan)["id"])


def _progress(run: Run) -> None:
    with st.container(border=True):
        run_page.draw_progress(run)
        summary = session.api().proposal_summary(run["id"])
        st.caption(f"{run['state'].capitalize()}. {proposal_outcome.in_a_sentence(summary)}.")
        for failure in run["failures"]:
            st.warning(escaped(failure["reason"]), icon=":material/warning:")
        if run["note"]:
            st.info(escaped(run["note"]), icon=":material/info:")
        if run["state"] == "stopped" and session.may("curator"):
            st.caption(f"Spent: {plural(run['calls'], 'call')}, {money(run['cost'])}.")
            run_page.raise_budget(run)
        st.page_link(
            "app_pages/runs.py", label=f"Run {run['id']}", icon=":material/play_circle:",
            query_params={"run": str(run["id"])},
        )  # fmt: skip
