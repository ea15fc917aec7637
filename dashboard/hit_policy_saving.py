"""What a policy of decontamination would change, and saving it as a new version."""

from collections.abc import Mapping, Sequence
from typing import Any

import streamlit as st

from dashboard import check_progress, session
from dashboard.hit_policy_form import TITLES, label
from dashboard.notices import explained
from dashboard.rows import CheckState, HitPolicy
from dashboard.wording import escaped, name, plural

IN_FORCE = "default"


def in_force(policies: Sequence[HitPolicy]) -> HitPolicy:
    """The newest version named default."""
    return next(policy for policy in policies if policy["name"] == IN_FORCE)


def changes(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[str]:
    """Each setting that differs, in words."""
    flat_before, flat_after = _flat(before), _flat(after)
    return [
        f"{TITLES.get(field, name(field))} {_shown(flat_before.get(field))} → {_shown(value)}"
        for field, value in flat_after.items()
        if flat_before.get(field) != value
    ]


def draw(policies: Sequence[HitPolicy], settings: dict[str, Any], state: CheckState) -> None:
    """Say what differs from the version in force, and save."""
    current = in_force(policies)
    differing = changes(current["settings"], settings)
    told = escaped("; ".join(differing)) if differing else "nothing yet"
    st.markdown(f"Changed from **{escaped(label(current))}**: {told}.")
    if not session.may("curator"):
        st.caption("Curators can save a policy.")
        return
    with st.container(horizontal=True, vertical_alignment="bottom"):
        title = st.text_input(
            "Save under the name", IN_FORCE, key="save_hit_policy_as", max_chars=100,
            help="The newest version named default is in force; others are kept and do nothing.",
        ).strip()  # fmt: skip
        if st.button(
            "Save as new version", type="primary", icon=":material/save:",
            disabled=not differing or not title,
        ):  # fmt: skip
            _save(title, settings)
    st.caption(
        f"Saving has all {plural(state['seeds'], 'seed')} checked anew against "
        f"{plural(state['items'], 'item')}. What curators said of a pair holds; open hits that are "
        "found no longer go."
        if title == IN_FORCE
        else "It is kept under its name and not in force: no seed is checked."
    )


def _shown(value: Any) -> str:
    return "left out" if value is None else str(value)


def _flat(settings: Mapping[str, Any]) -> dict[str, Any]:
    return {k: v for k, v in settings.items() if k != "actions"} | dict(settings["actions"])


def _save(title: str, settings: Mapping[str, Any]) -> None:
    with explained():
        saved = session.api().save_hit_policy(title, settings)
        if saved["job_id"] is not None:
            st.session_state[check_progress.JOB] = saved["job_id"]
        st.toast(f"Saved as {escaped(label(saved))}.", icon=":material/check_circle:")
        st.rerun()
