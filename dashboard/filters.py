"""The seed filter as widgets: kept in the page's address, with chips of what is chosen."""

from collections.abc import Mapping, Sequence
from typing import Any, Final, cast

import streamlit as st

from dashboard import more_filters
from dashboard.filter_words import MORE, chips, written
from dashboard.rows import STATUSES, VERDICTS, SeedFilter, SeedValues
from dashboard.wording import escaped, name

FIRST: Final = ("q", "status", "verdict", "domain", "source", "sort")
SORTS: Final = ("attention", "margin", "interval", "judge_gap", "score", "newest")
ORDERS: Final = (
    "Attention: where a look is worth most. Margin: the closest votes first. Interval: the least "
    "settled agreement first. Judge gap: where judges and votes differ most."
)


def choose_seeds(
    found: SeedValues,
    *,
    status: str | None = None,
    sort: str | None = None,
    with_status: bool = True,
) -> SeedFilter:
    """Draw the widgets.

    found: the domains and sources that can be chosen.
    status: what is chosen when the address says nothing.
    sort: the order when the address says nothing; without one there is no order to choose.

    Returns:
        The chosen filter, with `sort` only where a list is sorted.
    """
    with st.container(horizontal=True, vertical_alignment="bottom"):
        first = _first_row(found, status if with_status else None, sort, with_status=with_status)
        more = more_filters.choose()
    chosen = {field: value for field, value in {**first, **more}.items() if value is not None}
    _draw_chips({field: value for field, value in chosen.items() if value != status})
    return cast(SeedFilter, chosen)


def show(chosen: Mapping[str, Any]) -> None:
    """Set all filters to these: for a callback, before the widgets are drawn."""
    for field in FIRST:
        st.session_state[field] = chosen.get(field, "" if field == "q" else None)
    for field in MORE:
        if field in chosen:
            st.query_params[field] = written(chosen[field])
        else:
            st.query_params.pop(field, None)
    more_filters.renew()


def _first_row(
    found: SeedValues, status: str | None, sort: str | None, *, with_status: bool
) -> dict[str, Any]:
    q = st.text_input("Search", key="q", placeholder="words in the text", bind="query-params")
    values: dict[str, Any] = {"q": q.strip() or None}
    if with_status:
        values["status"] = _choice("Status", "status", STATUSES, status)
    values["verdict"] = _choice("Verdict", "verdict", VERDICTS)
    values["domain"] = _choice("Domain", "domain", found["domains"])
    values["source"] = _choice("Source", "source", found["sources"])
    if sort is not None:
        values["sort"] = _choice("Order", "sort", SORTS, sort, help=ORDERS) or sort
    return values


def _choice(
    label: str,
    key: str,
    options: Sequence[str],
    default: str | None = None,
    *,
    help: str | None = None,
) -> str | None:
    return st.selectbox(
        label, options, index=options.index(default) if default in options else None, key=key,
        placeholder="any", format_func=name, bind="query-params", help=help,
    )  # fmt: skip


def _clear(fields: Sequence[str]) -> None:
    for field in fields:
        if field in FIRST:
            st.session_state[field] = "" if field == "q" else None
        else:
            st.query_params.pop(field, None)
    more_filters.renew()


def _draw_chips(chosen: Mapping[str, Any]) -> None:
    found = chips(chosen)
    if not found:
        return
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        for chip in found:
            st.button(
                escaped(chip.label), key=f"chip_{chip.fields[0]}", icon=":material/close:",
                help="Remove this filter", type="tertiary", on_click=_clear, args=(chip.fields,),
            )  # fmt: skip
        if len(found) > 1:
            every = [field for chip in found for field in chip.fields]
            st.button(
                "Clear all", icon=":material/filter_alt_off:", type="tertiary", on_click=_clear,
                args=(every,),
            )  # fmt: skip
