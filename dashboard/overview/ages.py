"""When counts were made, said under what shows them."""

from datetime import UTC, datetime, tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import streamlit as st

from dashboard.rows import Counted
from dashboard.wording import duration, moment


def age_in_words(counted: Counted, zone: tzinfo) -> str:
    """When it was counted, and how long until it is counted again."""
    time = moment(counted["as_of"]) or datetime.now(UTC)
    words = f"As of {time.astimezone(zone):%H:%M:%S %Z}"
    if counted["renewing"]:
        return f"{words}; it is being counted again"
    if counted["kept_seconds"]:
        return f"{words}; counted again after {duration(counted['kept_seconds'])}"
    return words


def draw_age(counted: Counted) -> None:
    """Say when it was counted, in the reader's time."""
    st.caption(age_in_words(counted, _zone()))


def _zone() -> tzinfo:
    try:
        return ZoneInfo(st.context.timezone or "UTC")
    except (ZoneInfoNotFoundError, ValueError):
        return UTC
