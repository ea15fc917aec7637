"""Versions of a mixture: their list, what one came to, and what differs between two."""

import streamlit as st

from dashboard import mixture_figures, session
from dashboard.keyset import cursors_of, draw_pages
from dashboard.mixture_words import WHYS
from dashboard.notices import empty, explained
from dashboard.rows.mixtures import Comparison, Mixture, MixtureVersion
from dashboard.tables import Columns, choose_row, pick
from dashboard.wording import ago, escaped, name, plural

COLUMNS: Columns = {
    "number": "Version",
    "state": "State",
    "withdrawn": st.column_config.NumberColumn(
        "Withdrawn", help="Seeds taken down since, or whose import was taken back"
    ),
    "hash": st.column_config.TextColumn("Hash", help="Of all its rows in their order"),
    "created_by": "By",
    "frozen": "Frozen",
}
COUNT_COLUMNS: Columns = {"change": "Change", "why": "Why", "seeds": "Seeds"}
SETTING_COLUMNS: Columns = {"setting": "Setting", "was": "Before", "is_now": "After"}
SEED_COLUMNS: Columns = {
    "seed_id": "Seed", "change": "Change", "why": "Why", "before": "Rows before",
    "after": "Rows after",
}  # fmt: skip


def draw(mixture: Mixture, wanted: int | None = None) -> None:
    """All versions, and the one that is chosen, or else the wanted one."""
    cursors = cursors_of("mixture_versions", {"of": mixture["id"]})
    page = session.api().mixture_versions(mixture["id"], after=cursors[-1])
    versions = page["items"]
    if not versions:
        empty("No version yet", "Freeze the mixture: from then on nothing changes that version.")
        return
    index = choose_row([_row(one) for one in versions], COLUMNS, key="mixture_version_table")
    draw_pages(cursors, page["next"], "Choose a row to see what it came to.")
    chosen = wanted if index is None else versions[index]["id"]
    if chosen is not None:
        with explained():
            _one(chosen, versions)


def _row(version: MixtureVersion) -> dict[str, object]:
    short = (version["rows_hash"] or "")[:12]
    state = "blocked" if version["blocked"] else version["state"]
    return {**version, "state": state, "hash": short, "frozen": ago(version["frozen_at"])}


def _one(version_id: int, versions: list[MixtureVersion]) -> None:
    version = session.api().mixture_version(version_id)
    st.subheader(f"Version {version['number']}", anchor=False)
    if version["state"] == "failed":
        st.error(f"It was not frozen: {escaped(str(version['error']))}", icon=":material/error:")
    if version["blocked"]:
        st.error(
            f"{plural(version['withdrawn'], 'seed')} of it must not be used any more: nothing new "
            "may be made of this version. Freeze another without them.",
            icon=":material/block:",
        )
    if version["figures"] is None:
        return
    st.caption(f"Hash {version['rows_hash']}, frozen {ago(version['frozen_at'])}.")
    if session.may("curator") and not version["blocked"]:
        with st.container(horizontal=True):
            st.page_link(
                "app_pages/exports.py", label="Export", icon=":material/download:",
                query_params={"version": str(version["id"])},
            )  # fmt: skip
            st.page_link(
                "app_pages/training.py", label="Export and train", icon=":material/model_training:",
                query_params={"new": "1", "version": str(version["id"])},
            )  # fmt: skip
    _compare(version, [one for one in versions if one["state"] == "frozen"])
    mixture_figures.draw(version["figures"], version["recipe"]["context_tokens"], "frozen")


def _compare(version: MixtureVersion, versions: list[MixtureVersion]) -> None:
    others = {one["id"]: one for one in versions if one["id"] != version["id"]}
    if not others:
        return
    chosen = st.selectbox(
        "Compare with", list(others), index=None, placeholder="another version",
        format_func=lambda number: f"version {others[number]['number']}",
        key=f"compare_{version['id']}",
    )  # fmt: skip
    if chosen is not None:
        older, newer = sorted((chosen, version["id"]))
        _differences(session.api().compare_versions(older, newer))


def _differences(found: Comparison) -> None:
    before, after = found["before"]["number"], found["after"]["number"]
    if found["same"]:
        st.success(f"Versions {before} and {after} are the same, row by row.")
        return
    st.markdown(f"From version {before} to version {after}:")
    if found["recipe"]:
        st.dataframe(
            pick(_settings(found), SETTING_COLUMNS), hide_index=True,
            column_config=SETTING_COLUMNS, placeholder="",
        )  # fmt: skip
    else:
        st.caption("Their recipes are the same.")
    if not found["counts"]:
        st.caption("No seed came, went or is taken otherwise.")
        return
    counts = [{**one, "why": WHYS[one["why"]]} for one in found["counts"]]
    st.dataframe(
        pick(counts, COUNT_COLUMNS), hide_index=True, column_config=COUNT_COLUMNS, placeholder=""
    )
    with st.expander(f"Seed by seed: {plural(len(found['differences']), 'seed')}"):
        seeds = [{**one, "why": WHYS[one["why"]]} for one in found["differences"]]
        st.dataframe(
            pick(seeds, SEED_COLUMNS), hide_index=True, column_config=SEED_COLUMNS, placeholder=""
        )


def _settings(found: Comparison) -> list[dict[str, object]]:
    """What differs in the recipes, a row for each setting."""
    return [
        {"setting": name(path.replace(".", " › ")), "was": _said(was), "is_now": _said(is_now)}
        for path, (was, is_now) in found["recipe"].items()
    ]


def _said(value: object) -> str:
    return "nothing" if value is None else str(value)
