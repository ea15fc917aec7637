"""Trying a policy: what it would change, drawn anew whenever a setting moves; saving; applying."""

from typing import Any

import streamlit as st

from dashboard import policy_charts, policy_form, session
from dashboard.drawing import draw_plot
from dashboard.notices import empty, explained
from dashboard.policy_form import label
from dashboard.rows import Policy, PolicyPreset, PolicyPreview
from dashboard.wording import escaped, plural, share

JOB = "policy_applying"
STANDING = "the verdicts as they stand"


@st.fragment
def draw(policies: list[Policy], presets: list[PolicyPreset]) -> None:
    """The settings, what they would change, and the buttons; only this part is drawn anew."""
    left, right = st.columns([1, 1.25], gap="large")
    with left:
        settings = policy_form.draw(policy_form.default_of(policies), presets)
        _keep(policies, settings)
    with right, explained():
        base = _compare_with(policies)
        _changes(session.api().preview_policy(settings, base))


def _compare_with(policies: list[Policy]) -> int | None:
    names = {policy["id"]: label(policy) for policy in policies}
    return st.selectbox(
        "Compare with", list(names), index=None, placeholder=STANDING,
        format_func=lambda number: names[number], key="policy_base",
        help="Verdicts may stand under several policies; choose one to compare just two.",
    )  # fmt: skip


def _changes(preview: PolicyPreview) -> None:
    if not preview["seeds"]:
        empty(
            "Nothing is scored yet",
            "Once a run has scored seeds, this shows at once what a policy would change. "
            "You may save one now all the same: runs can be started under it.",
        )
        st.page_link("app_pages/runs.py", label="Start a run", icon=":material/play_circle:")
        return
    changed, seeds = preview["changed"], preview["seeds"]
    with st.container(horizontal=True):
        st.metric(
            "Seeds that change verdict", f"{changed:,}", f"{changed / seeds:.1%} of {seeds:,}",
            delta_color="off", delta_arrow="off",
        )  # fmt: skip
        for side, title in (("before", "Settled now"), ("after", "Settled then")):
            unsettled = preview[side]["shares"]["unsettled"]  # type: ignore[literal-required]
            st.metric(title, f"{1 - unsettled:.1%}", help="The share with one of the four verdicts")
        st.metric(
            "Mean score", share(preview["after"]["mean_score"]),
            f"now {share(preview['before']['mean_score'])}", delta_color="off", delta_arrow="off",
        )  # fmt: skip
    st.caption("Pale: now. Full: under these settings.")
    draw_plot(
        policy_charts.verdict_changes(preview), "Seeds by verdict, now and then",
        "verdict_changes", policy_charts.change_rows(preview),
    )  # fmt: skip
    st.caption("Rows: verdict now. Columns: verdict then. What changes is blue.")
    draw_plot(
        policy_charts.flow_matrix(preview), "Seeds by verdict now and then, as a matrix",
        "verdict_flow", policy_charts.flow_rows(preview),
    )  # fmt: skip


def _keep(policies: list[Policy], settings: dict[str, Any]) -> None:
    """Save the settings, and apply them once they are saved."""
    saved = next((policy for policy in policies if policy["settings"] == settings), None)
    if saved:
        st.caption(f"These are the settings of {escaped(label(saved))}.")
    if not session.may("curator"):
        st.caption("Curators can save a policy and apply it.")
        return
    with st.container(horizontal=True, vertical_alignment="bottom"):
        name = st.text_input(
            "Save under the name", "default", key="save_as", max_chars=100,
            help="The newest version named default is the policy of new runs.",
        )  # fmt: skip
        if st.button("Save as new version", icon=":material/save:", disabled=saved is not None):
            _save(name.strip(), settings)
    if st.button(
        f"Apply {label(saved)} to all seeds" if saved else "Apply to all seeds",
        type="primary", icon=":material/published_with_changes:", disabled=saved is None,
        help="Computes every verdict again from stored answers; no model is called. Applying an "
        "earlier version takes it back." if saved else "Save these settings first.",
    ):  # fmt: skip
        assert saved is not None
        _apply(saved)


def _save(name: str, settings: dict[str, Any]) -> None:
    with explained():
        policy = session.api().save_policy(name, settings)
        st.toast(f"Saved as {escaped(label(policy))}.", icon=":material/check_circle:")
        st.rerun()


def _apply(policy: Policy) -> None:
    with explained():
        job = session.api().apply_policy(policy["id"])
        st.session_state[JOB] = {"id": job["id"], "title": f"Applying {label(policy)}"}
        st.rerun()


def summary(policies: list[Policy]) -> str:
    """How many there are."""
    names = {policy["name"] for policy in policies}
    return f"{plural(len(policies), 'version')} of {plural(len(names), 'policy', 'policies')}"
