"""The seed filter as widgets: bound to the page's address, with chips of what is chosen."""

from collections.abc import Sequence
from typing import Any, cast

import streamlit as st

from dashboard.rows import STATUSES, VERDICTS, Facets, SeedFilter
from dashboard.wording import escaped, name, plural

FIELDS = ("status", "verdict", "domain", "source", "flagged", "has_hits", "q", "sort")
SORTS = ("newest", "score", "attention")


def _choice(label: str, key: str, options: Sequence[str], default: str | None = None) -> str | None:
    return st.selectbox(
        label, options, index=options.index(default) if default in options else None, key=key,
        placeholder="any", format_func=name, bind="query-params",
    )  # fmt: skip


def _clear(key: str) -> None:
    st.session_state[key] = False if key in ("flagged", "has_hits") else "" if key == "q" else None


def choose_seeds(
    facets: Facets,
    *,
    status: str | None = None,
    sorted_list: bool = False,
    with_status: bool = True,
) -> SeedFilter:
    """Draw the widgets; the chosen filter, with `sort` only where a list is sorted."""
    values: dict[str, Any] = {}
    with st.container(horizontal=True, vertical_alignment="bottom"):
        q = st.text_input("Search", key="q", placeholder="words in the prompt", bind="query-params")
        if with_status:
            values["status"] = _choice("Status", "status", STATUSES, status)
        values["verdict"] = _choice("Verdict", "verdict", VERDICTS)
        values["domain"] = _choice("Domain", "domain", sorted(facets["domain"]))
        values["source"] = _choice("Source", "source", sorted(facets["source"]))
        if sorted_list:
            values["sort"] = _choice("Order", "sort", SORTS, SORTS[0])
    with st.container(horizontal=True, vertical_alignment="center", gap="medium"):
        values["flagged"] = st.toggle("Flagged only", key="flagged", bind="query-params")
        values["has_hits"] = st.toggle("With open hits only", key="has_hits", bind="query-params")
        values["q"] = q.strip()
        chosen = {field: values[field] for field in FIELDS if values.get(field)}
        _chips({field: value for field, value in chosen.items() if value != status})
    return cast(SeedFilter, chosen)


def _chips(chosen: dict[str, Any]) -> None:
    for field, value in chosen.items():
        if field == "sort":
            continue
        label = name(field) if value is True else f"{name(field)}: {name(str(value))}"
        st.button(
            escaped(label),
            key=f"chip_{field}",
            icon=":material/close:",
            help="Remove this filter",
            type="tertiary",
            on_click=_clear,
            args=(field,),
        )


def without_sort(chosen: SeedFilter) -> SeedFilter:
    """The filter for everything but a list: nothing else has an order."""
    return cast(SeedFilter, {field: value for field, value in chosen.items() if field != "sort"})


def in_words(chosen: SeedFilter) -> str:
    """The filter as a part of a sentence: "all seeds", or the conditions."""
    parts = [
        name(field) if value is True else f"{name(field)} {name(str(value))}"
        for field, value in chosen.items()
        if field != "sort" and value not in (None, False, "")
    ]
    return ", ".join(parts) or "all seeds"


def matching(total: int) -> str:
    """How many match, in words."""
    return f"{plural(total, 'seed')} {'matches' if total == 1 else 'match'}"
