"""The history: who decided what, newest first, and its undo, also days later."""

from datetime import UTC, date, datetime
from typing import Any

import streamlit as st

from dashboard import job_progress, session
from dashboard.event_words import (
    DONE,
    batch_change,
    batch_details,
    batch_title,
    changes,
    done,
)
from dashboard.filter_words import in_words
from dashboard.keyset import cursors_of, draw_pages
from dashboard.notices import empty, explained
from dashboard.rows import Decision, DecisionBatch, HistoryEntry, HistoryFilter, SeedFilter
from dashboard.taking_back import batch_button, draw_refused, event_button
from dashboard.wording import ago, escaped

PAGE_SIZE = 25
ONLY = {"single": "Single decisions", "bulk": "Bulk actions"}


def _choose() -> tuple[HistoryFilter, str]:
    """The filter, and the number of a seed whose events are wanted one by one."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        seed = st.text_input(
            "Seed", key="history_seed", placeholder="number", bind="query-params", width=120
        )
        who = st.selectbox(
            "Who", session.api().history_people(), index=None, key="history_user",
            placeholder="anybody", bind="query-params",
        )  # fmt: skip
        kind = st.selectbox(
            "What", list(DONE), index=None, key="history_kind", placeholder="any",
            format_func=done, bind="query-params",
        )  # fmt: skip
        since = st.date_input("Since", value=None, key="history_since")
        only = st.segmented_control(
            "Show", list(ONLY), format_func=ONLY.__getitem__, key="history_only"
        )
    values: dict[str, Any] = {
        "user": who, "kind": kind, "since": _midnight(since),
        "only": only,
    }  # fmt: skip
    chosen: HistoryFilter = {name: value for name, value in values.items() if value}  # type: ignore[assignment]
    return chosen, seed.strip()


def _midnight(day: date | None) -> str | None:
    if day is None:
        return None
    return datetime(day.year, day.month, day.day, tzinfo=UTC).isoformat()


def _page(
    chosen: HistoryFilter, seed: str, after: str | None
) -> tuple[list[HistoryEntry], str | None]:
    if not seed:
        page = session.api().history(chosen, after=after, limit=PAGE_SIZE)
        return page["items"], page["next"]
    query: dict[str, Any] = {name: value for name, value in chosen.items() if name != "only"}
    if chosen.get("only") == "single":
        query["singles_only"] = True
    events = session.api().decisions(seed_id=seed, after=after, limit=PAGE_SIZE, **query)
    return [{"decision": event, "batch": None} for event in events["items"]], events["next"]


def _event(event: Decision) -> None:
    with st.container(horizontal=True, vertical_alignment="center"):
        what = f"**{escaped(done(event['kind']).capitalize())}**"
        change = changes(event)
        undone = " · undone" if event["undone_by"] is not None else ""
        bulk = " · of a bulk action" if event["batch"] is not None else ""
        st.page_link(
            "app_pages/seeds.py", label=f"Seed {event['seed_id']}",
            query_params={"seed": str(event["seed_id"])}, width=110,
        )  # fmt: skip
        st.markdown(
            f"{what}{': ' if change else ''}{escaped(change)}{undone}{bulk}  \n"
            f":gray[{_by(event['user'], event['created_at'], event['reason'])}]",
            width="stretch",
        )
        event_button(event)


def _batch(batch: DecisionBatch) -> None:
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(":material/stacks: Bulk", width=110)
        change, details = batch_change(batch), batch_details(batch)
        chosen: SeedFilter | None = batch["filter"]  # type: ignore[assignment]
        which = f" · {escaped(in_words(chosen))}" if chosen is not None else ""
        st.markdown(
            f"**{escaped(batch_title(batch))}**{': ' if change else ''}{escaped(change)}"
            f"{' · ' if details else ''}{details}{which}  \n"
            f":gray[{_by(batch['user'], batch['created_at'], batch['reason'])}]",
            width="stretch",
        )
        batch_button(batch)
    if batch["job"] is not None and batch["job"]["state"] in ("queued", "running", "failed"):
        job_progress.follow(batch["job"]["id"], "Bulk action")


def _by(user: str, created_at: str, reason: str | None) -> str:
    why = f" · “{escaped(reason)}”" if reason else ""
    return f"{ago(created_at)} · {escaped(user)}{why}"


def _list() -> None:
    chosen, seed = _choose()
    if seed and not seed.isdecimal():
        st.error("A seed is named by its number.", icon=":material/error:")
        return
    cursors = cursors_of("history", (chosen, seed))
    entries, following = _page(chosen, seed, cursors[-1])
    if not entries:
        if chosen or seed:
            empty("Nothing here", "Remove a filter to see more of the history.")
        else:
            empty("Nothing has been decided yet", "Decide in triage: it can be taken back here.")
        return
    for entry in entries:
        with st.container(border=True):
            if entry["decision"] is not None:
                _event(entry["decision"])
            elif entry["batch"] is not None:
                _batch(entry["batch"])
    draw_pages(cursors, following, "Undo works on any of them, also days later.")


with explained(whole_page=True):
    st.title("History", anchor=False)
    draw_refused()
    _list()
