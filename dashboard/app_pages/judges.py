"""Judges: how far they agree with each other and with curators, and what could not be read."""

from collections.abc import Mapping, Sequence
from typing import Any

import streamlit as st

from dashboard import session
from dashboard.drawing import draw_plot
from dashboard.judge_charts import confusion_plot, confusion_rows, kappa_map, kappa_rows
from dashboard.notices import empty, explained
from dashboard.rows import Agreement, DimensionAgreement, Pair
from dashboard.rubric_words import DIMENSIONS, RELIABLE, TENTATIVE, reliability
from dashboard.tables import Columns, choose_row, pick
from dashboard.wording import number, plural

ALPHAS: Columns = {
    "dimension": "Dimension",
    "judges": st.column_config.NumberColumn("Judges' alpha", format="%.2f"),
    "judges_word": "Judges are",
    "judges_seeds": st.column_config.NumberColumn("Seeds with two judges", format="localized"),
    "curators": st.column_config.NumberColumn("Curators' alpha", format="%.2f"),
    "curators_word": "Curators are",
    "curators_seeds": st.column_config.NumberColumn("Seeds with two curators", format="localized"),
}
PAIRS: Columns = {
    "one": "Rater",
    "other": "Other rater",
    "seeds": st.column_config.NumberColumn("Seeds", format="localized"),
    "kappa": st.column_config.NumberColumn(
        "Kappa", format="%.2f", help="Quadratic-weighted: 1 is perfect, 0 what chance would give."
    ),
    "percent_agreement": st.column_config.NumberColumn("Rated alike", format="percent"),
    "mean_difference": st.column_config.NumberColumn(
        "Mean difference", format="%+.2f", help="Above 0 the first rates higher."
    ),
    "spearman": st.column_config.NumberColumn(
        "Same order", format="%.2f", help="Spearman's rank correlation of the step counts."
    ),
}
RATERS: Columns = {
    "name": "Rater",
    "kind": "Kind",
    "scored": st.column_config.NumberColumn("Rated", format="localized"),
    "commonest_share": st.column_config.NumberColumn(
        "Same ratings",
        format="percent",
        help="Share of seeds that got exactly the same ratings. Near 100% the rater tells nothing "
        "apart: small models repeat the rubric's example.",
    ),
    "unscored": st.column_config.NumberColumn(
        "Unscored", format="localized", help="Replies that do not fit the rubric's form."
    ),
    "unscored_share": st.column_config.NumberColumn("Share unscored", format="percent"),
    "why": st.column_config.TextColumn("Commonest reasons", width="large"),
}
FAR_APART: Columns = {
    "seed_id": st.column_config.NumberColumn("Seed", width="small"),
    "first": "First",
    "second": "Second",
    "prompt": st.column_config.TextColumn("Prompt", width="large"),
}


def _names(agreement: Agreement) -> dict[str, str]:
    """What to call each rater; curators are marked."""
    return {
        rater["key"]: rater["name"] + (" (curator)" if rater["kind"] == "curator" else "")
        for rater in agreement["raters"]
    }


def _choose_rubric() -> str:
    versions = [rubric["version"] for rubric in session.api().rubrics()]
    chosen: str = st.selectbox(
        "Rubric", versions, width=160, key="rubric", bind="query-params",
        help="Ratings by different versions of the rubric are not compared.",
    )  # fmt: skip
    return chosen


def _nothing(version: str) -> None:
    empty(
        f"Nothing rated by rubric {version} yet",
        "Start a run with two judges, and rate some seeds yourself on their pages: "
        "then you see here how far they agree.",
    )
    with st.container(horizontal=True, horizontal_alignment="center"):
        st.page_link("app_pages/runs.py", label="Start a run", icon=":material/play_circle:")
        st.page_link("app_pages/seeds.py", label="Rate seeds", icon=":material/grass:")


def _scope(agreement: Agreement) -> None:
    text = f"Over {plural(agreement['seeds'], 'seed')}."
    if agreement["more"]:
        text = (
            f"Over the newest {plural(agreement['seeds'], 'seed')}: at most "
            f"{number(agreement['most_seeds'])} judged and as many rated by curators."
        )
    st.caption(text)


def _table(rows: Sequence[Mapping[str, Any]], columns: Columns) -> None:
    st.dataframe(pick(rows, columns), hide_index=True, column_config=columns, placeholder="–")


def _alphas(agreement: Agreement) -> None:
    st.subheader("Reliability", anchor=False)
    rows = [
        {
            "dimension": DIMENSIONS[found["name"]],
            **{
                name: value
                for side in ("judges", "curators")
                for name, value in _side(side, found).items()
            },
        }
        for found in agreement["dimensions"]
    ]
    _table(rows, ALPHAS)
    st.caption(
        f"Krippendorff's ordinal alpha: from {RELIABLE:g} on reliable, from {TENTATIVE:g} "
        "tentative. A dash: no seed was rated by two, or all ratings are the same."
    )
    if not any(found["pairs"] for found in agreement["dimensions"]):
        st.info(
            "Agreement needs two raters on the same seeds: start a run with a second judge, or "
            "rate some of these seeds on their pages.",
            icon=":material/info:",
        )


def _side(side: str, found: DimensionAgreement) -> dict[str, Any]:
    group = found["judges"] if side == "judges" else found["curators"]
    return {
        side: group["alpha"],
        f"{side}_word": reliability(group["alpha"]),
        f"{side}_seeds": group["seeds"],
    }


def _pairs(agreement: Agreement, names: Mapping[str, str]) -> None:
    by_name = {found["name"]: found for found in agreement["dimensions"] if found["pairs"]}
    if not by_name:
        return
    st.subheader("Who agrees with whom", anchor=False)
    dimension = st.segmented_control(
        "Dimension", list(by_name), default=next(iter(by_name)), required=True,
        format_func=DIMENSIONS.__getitem__, label_visibility="collapsed", key="dimension",
    )  # fmt: skip
    pairs = by_name[dimension]["pairs"]
    left, right = st.columns([1, 1.5], gap="large")
    with left:
        draw_plot(
            kappa_map(pairs, names), f"Kappa of each pair of raters on {dimension}",
            f"kappa_{dimension}", kappa_rows(pairs, names),
        )  # fmt: skip
        st.caption("Quadratic-weighted kappa: the darker, the closer.")
    with right:
        columns = {n: c for n, c in PAIRS.items() if n != "spearman" or dimension == "steps"}
        rows = [
            {**pair, "one": names[pair["first"]], "other": names[pair["second"]]} for pair in pairs
        ]
        _table(rows, columns)
    _compare(agreement["rubric_version"], dimension, pairs, names)


def _compare(version: str, dimension: str, pairs: Sequence[Pair], names: Mapping[str, str]) -> None:
    st.subheader("Two raters, seed by seed", anchor=False)
    labels = [f"{names[pair['first']]} and {names[pair['second']]}" for pair in pairs]
    index = st.selectbox(
        "Raters", range(len(pairs)), format_func=lambda i: labels[i], width=420,
        label_visibility="collapsed", key=f"pair_{dimension}",
    )  # fmt: skip
    first, second = pairs[index]["first"], pairs[index]["second"]
    found = session.api().confusion(version, dimension, first, second)
    left, right = st.columns([1, 1.5], gap="large")
    with left:
        draw_plot(
            confusion_plot(found, names), f"{labels[index]}: {dimension}",
            f"ratings_{dimension}", confusion_rows(found),
        )  # fmt: skip
        st.caption(f"{plural(found['seeds'], 'seed')}; on the diagonal both gave the same.")
    with right:
        if not found["far_apart"]:
            st.caption("They rate every seed alike.")
            return
        columns: Columns = {
            **FAR_APART,
            "first": st.column_config.NumberColumn(names[first], width="small"),
            "second": st.column_config.NumberColumn(names[second], width="small"),
        }
        chosen = choose_row(found["far_apart"], columns, key="far_apart")
        if chosen is not None:
            seed_id = found["far_apart"][chosen]["seed_id"]
            st.switch_page("app_pages/seeds.py", query_params={"seed": str(seed_id)})
        st.caption("Where they differ most. Choose a row to see the seed.")


def _raters(agreement: Agreement) -> None:
    st.subheader("Who rated how much", anchor=False)
    rows = [
        {
            **rater,
            "why": "; ".join(f"{r['reason']} ({number(r['count'])})" for r in rater["reasons"]),
        }
        for rater in agreement["raters"]
        if rater["kind"] != "curators"
    ]
    _table(rows, RATERS)
    st.caption("An unscored reply counts as no rating, never as a zero.")


with explained(whole_page=True):
    st.title("Judges", anchor=False)
    head = st.container(horizontal=True, vertical_alignment="bottom")
    with head:
        rubric_version = _choose_rubric()
    found = session.api().agreement(rubric_version)
    if not found["raters"]:
        _nothing(rubric_version)
    else:
        with head:
            _scope(found)
        _alphas(found)
        _pairs(found, _names(found))
        _raters(found)
