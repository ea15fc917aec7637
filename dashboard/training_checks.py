"""What the checks before a start said: one by one, memory against the card, hours."""

import streamlit as st

from dashboard.rows.training import Check, Checks
from dashboard.wording import escaped, name

_SHOWN = {
    "error": (":material/error:", "red"),
    "warning": (":material/warning:", "orange"),
    "info": (":material/info:", "grey"),
}
# Next to the whole card there is nothing left for what is not reckoned.
NEARLY_FULL = 0.9


def draw(checks: Checks) -> None:
    """All of it, as a card."""
    with st.container(border=True, key="training_checks"):
        st.subheader("Checks", anchor=False)
        for check in checks["checks"]:
            st.markdown(check_words(check))
        _memory(checks)
        with st.container(horizontal=True):
            if checks["hours"] is not None:
                st.metric("Hours", f"{checks['hours']:,.1f}", help="Reckoned, rollouts left out.")
            if checks["device_hours"] is not None:
                st.metric("Device-hours", f"{checks['device_hours']:,.1f}")


def check_words(check: Check) -> str:
    """One check as a line."""
    icon, colour = (
        (":material/check_circle:", "green") if check["ok"] else _SHOWN[check["severity"]]
    )
    verdict = "ok" if check["ok"] else check["severity"]
    title = escaped(name(check["name"]).capitalize())
    return f":{colour}[{icon} {verdict}] **{title}**: {escaped(check['message'])}"


def _memory(checks: Checks) -> None:
    memory, card = checks["memory_gib"], checks["card_gib"]
    if memory is None:
        return
    if card is None:
        st.metric("Memory of a device", f"{memory:,.1f} GiB")
        return
    share = memory / card
    verdict = "does not fit" if share > 1 else "hardly fits" if share > NEARLY_FULL else "fits"
    st.progress(min(share, 1.0), f"Memory: {memory:,.1f} of {card:,.1f} GiB, {verdict}")
