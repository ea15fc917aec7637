"""Contamination: hits by verdict, their list, and one side by side (`?seed=ID&hit=ID`)."""

import streamlit as st

from dashboard import check_progress, hit_list, hit_page, hit_settling, session
from dashboard.hit_filters import choose_hits, whatever_became_of_them
from dashboard.notices import explained
from dashboard.rows import HitFilter


def _filter() -> HitFilter:
    benchmarks = sorted({one["name"] for one in session.api().benchmarks()["items"]})
    return choose_hits(benchmarks, session.api().values()["sources"])


def _one(seed_id: int, hit_id: int) -> None:
    hit = st.container()
    # Drawn here too, so that it stays in the address and says which hit comes next.
    with st.expander("Which hits come next", icon=":material/filter_list:"):
        chosen = _filter()
    with hit:
        hit_page.draw(seed_id, hit_id, chosen)


def _all() -> None:
    st.title("Contamination", anchor=False)
    state = session.api().check_state()
    if not state["benchmarks"]:
        hit_list.draw_nothing_loaded()
        return
    check_progress.draw(state)
    hit_settling.draw_last()
    counts = st.container()
    chosen = _filter()
    with counts:
        hit_list.draw_counts(session.api().hit_counts(whatever_became_of_them(chosen)))
    hit_list.draw(chosen, state)


with explained(whole_page=True):
    asked = [st.query_params.get(name, "") for name in ("seed", "hit")]
    if all(number.isdecimal() for number in asked):
        _one(*map(int, asked))
    else:
        _all()
