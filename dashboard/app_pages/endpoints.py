"""Endpoints: the registered models, a test call, and the form that adds one."""

import streamlit as st

from dashboard import endpoint_change, endpoint_form, session
from dashboard.notices import empty, explained
from dashboard.rows import Endpoint
from dashboard.tables import Columns, pick
from dashboard.wording import escaped, money, plural

COLUMNS: Columns = {
    "name": "Name",
    "role": "Role",
    "model": "Model",
    "base_url": "Address",
    "key_variable": "Key variable",
    "input_price": st.column_config.NumberColumn("$ per million in", format="%.2f"),
    "output_price": st.column_config.NumberColumn("$ per million out", format="%.2f"),
    "max_in_flight": "In flight",
    "requests_per_minute": "Requests/min",
    "tokens_per_minute": "Tokens/min",
    "uses_batches": "Batches",
    "today": st.column_config.TextColumn(
        "Today", help="Calls and dollars since 00:00 UTC, of what the day allows."
    ),
    "calls": st.column_config.NumberColumn("Calls", format="localized", help="In all."),
    "completion_tokens": st.column_config.NumberColumn("Tokens out", format="localized"),
    "reasoning_tokens": st.column_config.NumberColumn(
        "of them thinking", format="localized", help="As far as the server says or shows it."
    ),
    "cost": st.column_config.NumberColumn("Cost", format="dollar"),
}


def _row(endpoint: Endpoint) -> dict[str, object]:
    calls, cost = endpoint["max_calls_per_day"], endpoint["max_cost_per_day"]
    used = f"{endpoint['calls_today']:,}{f' of {calls:,}' if calls else ''} calls"
    paid = f"{money(endpoint['cost_today'])}{f' of {money(cost)}' if cost else ''}"
    return {**endpoint, "today": f"{used}, {paid}"}


def _test(endpoints: list[Endpoint]) -> None:
    st.subheader("Test a model", anchor=False)
    names = {e["id"]: e["name"] for e in endpoints}
    with st.container(horizontal=True, vertical_alignment="bottom"):
        chosen = st.selectbox("Model", list(names), format_func=lambda i: names[i])
        prompt = st.text_input("Prompt", placeholder="empty: a small sum is asked")
        pressed = st.button("Test", icon=":material/bolt:", type="primary")
        if st.button(
            "Archive", icon=":material/archive:", help="Take it out of use; what it said stays."
        ):
            with explained():
                session.api().archive_endpoint(chosen)
                st.rerun()
    if pressed:
        _show_test(chosen, prompt.strip() or None)


def _show_test(endpoint_id: int, prompt: str | None) -> None:
    with explained():
        with st.spinner("Calling the model…"):
            came = session.api().test_endpoint(endpoint_id, prompt)
        if not came["ok"]:
            st.error(f"The call failed: {escaped(str(came['error']))}", icon=":material/error:")
            return
        tokens_in = plural(came["prompt_tokens"] or 0, "token")
        tokens_out = plural(came["completion_tokens"] or 0, "token")
        thought = came["reasoning_tokens"]
        thinking = f" ({thought:,} of thinking)" if thought else ""
        st.success(
            f"It answered in {came['latency_ms']} ms: {tokens_in} in, {tokens_out} out{thinking}, "
            f"ended by {escaped(str(came['finish_reason']))}.",
            icon=":material/check_circle:",
        )
        if came["reasoning"]:
            with st.expander("Its reasoning"):
                st.code(came["reasoning"], language=None, wrap_lines=True)
        st.code(came["response"] or "", language=None, wrap_lines=True)


with explained(whole_page=True):
    st.title("Endpoints", anchor=False)
    endpoints = [e for e in session.api().endpoints() if e["archived_at"] is None]
    if endpoints:
        rows = pick([_row(endpoint) for endpoint in endpoints], COLUMNS)
        st.dataframe(rows, hide_index=True, column_config=COLUMNS, placeholder="")
    else:
        empty(
            "No models yet",
            "Register a weak model, and a reference where answers are missing. Any server that "
            "speaks OpenAI's protocol will do.",
        )
    if session.may("curator"):
        if endpoints:
            _test(endpoints)
            with st.expander("Change limits", icon=":material/tune:"):
                endpoint_change.draw(endpoints)
        with st.expander("Register a model", icon=":material/add:", expanded=not endpoints):
            endpoint_form.draw()
