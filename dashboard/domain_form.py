"""The form by which a model is asked for the domains of seeds."""

from typing import Any, Final

import streamlit as st

from dashboard import run_forecast, session
from dashboard.notices import explained
from dashboard.rows import Endpoint
from dashboard.run_budget import budget_columns, choose_budget
from dashboard.wording import escaped

ROLES: Final = ("judge", "teacher", "reference")
WITHOUT, ALL = "seeds without a domain", "all seeds"
EXAMPLE: Final = "algebra: equations, expressions, inequalities\ngeometry: figures, angles, areas"
PREFIX: Final = "domain_run"


def draw() -> None:
    """Who is asked, about which seeds, with which list, and under which budget."""
    found = judges()
    if not found:
        st.info("Register a judge first, one that is asked without batches.",
                icon=":material/info:")  # fmt: skip
        st.page_link("app_pages/endpoints.py", label="Register a model", icon=":material/hub:")
        return
    plan = _question(found)
    try:
        plan["domains"] = domains_in(
            st.text_area(
                "Domains: one on each line, with a word on what belongs to it after a colon",
                key=f"{PREFIX}_list", height=160, placeholder=EXAMPLE,
                help="“other” is always offered: where it is chosen, nothing is suggested.",
            )
        )  # fmt: skip
    except ValueError as error:
        st.error(f"{escaped(str(error))}.", icon=":material/error:")
        return
    *limits, last = budget_columns(4)
    plan |= {name: value for name, value in choose_budget(limits).items() if value is not None}
    plan["apply"] = last.checkbox(
        "Apply when finished", key=f"{PREFIX}_apply",
        help="Seeds that have no domain then get the suggested one; one undo takes it back.",
    )  # fmt: skip
    if plan["domains"]:
        with explained():
            _start(plan)


def judges() -> list[Endpoint]:
    """The models that can be asked, judges first."""
    usable = [
        one
        for one in session.api().endpoints()
        if one["role"] in ROLES and one["archived_at"] is None and not one["uses_batches"]
    ]
    return sorted(usable, key=lambda one: (ROLES.index(one["role"]), one["name"]))


def domains_in(text: str) -> list[dict[str, str]]:
    """The list that somebody wrote: a name on each line, and after a colon what belongs to it.

    Raises:
        ValueError: a line has no name, or a name stands twice; it says which.
    """
    found: dict[str, dict[str, str]] = {}
    for number, line in enumerate(text.splitlines(), start=1):
        name, _, description = (part.strip() for part in line.partition(":"))
        if not name and not description:
            continue
        if not name:
            raise ValueError(f"Line {number} has no name before its colon")
        if name.casefold() in found:
            raise ValueError(f"Line {number} names {name} again")
        found[name.casefold()] = {"name": name, "description": description}
    return list(found.values())


def _question(found: list[Endpoint]) -> dict[str, Any]:
    names = {one["id"]: f"{one['name']} ({one['role']})" for one in found}
    values = session.api().values()
    left, middle, right = st.columns(3)
    asked = left.selectbox(
        "Model", list(names), format_func=names.__getitem__, key=f"{PREFIX}_model"
    )
    about = middle.selectbox("About", [WITHOUT, ALL, *values["domains"]], key=f"{PREFIX}_about")
    source = right.selectbox(
        "Only of the source", values["sources"], index=None, key=f"{PREFIX}_source",
        placeholder="any",
    )  # fmt: skip
    chosen: dict[str, Any] = {"source": source} if source else {}
    if about == WITHOUT:
        chosen["has_domain"] = False
    elif about != ALL:
        chosen["domain"] = about
    return {"endpoint_id": asked, "filter": chosen}


def _start(plan: dict[str, Any]) -> None:
    forecast = session.api().forecast_domain_run(plan)
    run_forecast.draw(forecast)
    if st.button(
        "Ask the model", type="primary", icon=":material/play_arrow:", key=f"{PREFIX}_start",
        disabled=not forecast["seeds"],
    ):  # fmt: skip
        session.api().start_domain_run(plan)
        st.rerun()
