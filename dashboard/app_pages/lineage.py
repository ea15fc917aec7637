"""Lineage: of a seed (`?seed=ID`), or of a row (`?export=ID&row=N`, `?version=ID&row=N`)."""

import json
from functools import partial

import streamlit as st

from dashboard import lineage_charts, lineage_uses, session
from dashboard.downloads import download_button
from dashboard.drawing import draw_plot
from dashboard.lineage_steps import Step, steps_of
from dashboard.notices import empty, explained
from dashboard.rows.lineage import Lineage, LineageShare
from dashboard.wording import escaped, money, plural

FORMS = ("A seed", "A row of an export", "A row of a version", "A row as it stands")
NUMBERS = {"seed": "seed_id", "version": "version_id", "export": "export_id", "row": "position",
           "revision": "revision_id", "sample": "sample_id"}  # fmt: skip
PLACES = {FORMS[1]: ("export", "Export"), FORMS[2]: ("version", "Version (its number)")}


def _asked() -> dict[str, int]:
    """What the page's address asks for."""
    given = {key: st.query_params.get(key, "") for key in NUMBERS}
    return {NUMBERS[key]: int(value) for key, value in given.items() if value.isdecimal()}


def _show(**numbers: str) -> None:
    wrong = next((key for key, value in numbers.items() if not value.strip().isdecimal()), None)
    if wrong is not None:
        st.error(f"Give the {wrong} as a number.", icon=":material/error:")
        return
    st.query_params.from_dict({key: str(int(value)) for key, value in numbers.items()})
    st.rerun()


def _form() -> None:
    chosen = st.segmented_control(
        "Of what", FORMS, default=FORMS[0], key="lineage_of", label_visibility="collapsed"
    )
    with st.form("lineage_form", border=False):
        if chosen == FORMS[3]:
            _pasted()
            return
        with st.container(horizontal=True, vertical_alignment="bottom"):
            if chosen in PLACES:
                kind, label = PLACES[chosen]
                number = st.text_input(label, key=f"lineage_{kind}", width=200)
                row = st.text_input("Row, from 0", key="lineage_row", width=140)
                if st.form_submit_button("Show", type="primary"):
                    _show(**{kind: number, "row": row})
            else:
                number = st.text_input("Seed", key="lineage_seed", placeholder="number", width=200)
                if st.form_submit_button("Show", type="primary"):
                    _show(seed=number)


def _pasted() -> None:
    text = st.text_area(
        "Row", key="lineage_pasted", height=120,
        placeholder='{"messages": …, "seed_id": 7, "revision_id": 9, "sample_id": 12, …}',
    )  # fmt: skip
    if st.form_submit_button("Show", type="primary"):
        try:
            row = json.loads(text)
            found = {key: row[NUMBERS[key]] for key in ("seed", "revision")}
        except (ValueError, KeyError, TypeError):
            st.error("This is no row: it has no seed_id and revision_id.", icon=":material/error:")
            return
        if row.get("sample_id") is not None:
            found["sample"] = row["sample_id"]
        _show(**{key: str(value) for key, value in found.items()})


def _draw(lineage: Lineage, query: dict[str, int]) -> None:
    _head(lineage, query)
    left, right = st.columns([1.35, 1], gap="large")
    with left:
        st.subheader("Where it comes from", anchor=False)
        with st.container(gap=None):
            for index, step in enumerate(steps_of(lineage)):
                _step(index, step)
    with right:
        _money(lineage)
        with st.expander("The wording", icon=":material/help:"):
            st.text(lineage["wording"]["prompt"])
    lineage_uses.draw(lineage["uses"])


def _head(lineage: Lineage, query: dict[str, int]) -> None:
    named = f"seed {lineage['seed_id']}"
    if (version := lineage.get("version")) is not None:
        named = f"row {version['position']:,} of {version['mixture']}, version {version['number']}"
    elif (export := lineage.get("export")) is not None:
        named = f"row {export['position']:,} of export {export['export_id']}"
    elif lineage.get("response"):
        named = f"a row of seed {lineage['seed_id']}"
    with st.container(horizontal=True, vertical_alignment="center"):
        st.title(escaped(f"Lineage of {named}"), anchor=False, width="content")
        if st.button("Another one", icon=":material/arrow_back:", type="tertiary"):
            st.query_params.clear()
            st.rerun()
        if "position" in query:
            _neighbours(query["position"])
        key = "-".join(f"{name}-{value}" for name, value in query.items())
        download_button(
            "PROV-JSON", partial(session.api().provenance, query), f"lineage-{key}.json",
            "application/json", type="tertiary", help="The same as W3C PROV, for programs",
        )  # fmt: skip


def _neighbours(position: int) -> None:
    for label, icon, to in (
        ("Row before", "chevron_left", position - 1), ("Row after", "chevron_right", position + 1),
    ):  # fmt: skip
        if to >= 0 and st.button(label, icon=f":material/{icon}:", type="tertiary"):
            st.query_params["row"] = str(to)
            st.rerun()


def _step(index: int, step: Step) -> None:
    with st.container(key=f"lineage_step_{index}", gap="xxsmall"):
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            st.markdown(f":material/{step.icon}: **{escaped(step.title)}**", width="content")
            if step.mark is not None:
                colour, word = step.mark
                st.markdown(f":{colour}-badge[{escaped(word)}]", width="content")
            for link in step.links:
                st.page_link(
                    f"app_pages/{link.page}.py", label=link.label, query_params=link.query,
                    icon=":material/arrow_outward:",
                )  # fmt: skip
        if step.lines:
            st.caption("  \n".join(step.lines))


def _money(lineage: Lineage) -> None:
    paid = lineage["money"]
    st.subheader("What was paid", anchor=False)
    shared = lineage.get("share")
    with st.container(horizontal=True):
        st.metric("For this seed", money(paid["total"]))
        if shared is not None:
            st.metric("This row's share", money(shared["share"]), help=_in_words(shared))
    if paid["stages"]:
        rows = lineage_charts.paid_rows(paid["stages"])
        chart = lineage_charts.paid_bars(paid["stages"])
        draw_plot(chart, "What was paid for the seed, by stage", "paid", rows)
    else:
        empty("Nothing yet", "No model has been asked about this seed.")
    if shared is not None:
        st.caption(_in_words(shared))
    if paid["making"] is not None:
        st.caption(
            f"The reply that it was made by cost {money(paid['making'])}, which is counted with "
            "its parent."
        )


def _in_words(share: LineageShare) -> str:
    rest = share["total"] - share["responses_cost"]
    own = (
        f"its response cost {money(share['response_cost'])}, for "
        f"{plural(share['rows_of_response'], 'row')} that hold it"
    )
    return escaped(
        f"The row's share: {own}; all else about the seed, {money(rest)}, is shared by its "
        f"{plural(share['rows_of_seed'], 'row')} there."
    )


def _choose() -> None:
    st.title("Lineage", anchor=False)
    st.caption(
        "Where a row or a seed comes from: source and licence, each paid call, each decision; and "
        "every version and export that a seed has gone into."
    )
    _form()


asked, found = _asked(), None
with explained():
    found = session.api().lineage(asked) if asked else None
if found is None:
    _choose()
else:
    _draw(found, asked)
