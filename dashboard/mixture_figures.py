"""What a mixture comes to, on the page: numbers, warnings, plots and tables."""

import streamlit as st

from dashboard.drawing import draw_plot
from dashboard.mixture_charts import (
    cluster_bars,
    cluster_rows,
    length_bars,
    length_rows,
    source_bars,
    source_rows,
)
from dashboard.mixture_words import LEFT_OUT, cluster_words
from dashboard.rows.mixtures import MixtureFigures
from dashboard.tables import Columns, pick
from dashboard.wording import ago, escaped, number, plural

CLUSTER_COLUMNS: Columns = {
    "cluster": "Cluster",
    "asked_epochs": st.column_config.NumberColumn("Asked", format="%.2f", help="Epochs asked for"),
    "epochs": st.column_config.NumberColumn(
        "Epochs", format="%.2f", help="Rows for each example, after caps and budgets"
    ),
    "examples": st.column_config.NumberColumn("Examples", format="localized"),
    "rows": st.column_config.NumberColumn("Rows", format="localized"),
    "tokens": st.column_config.NumberColumn("Tokens", format="localized"),
    "percent": st.column_config.NumberColumn("Share", format="%.1f%%"),
    "held_out": st.column_config.NumberColumn("Held out", format="localized"),
}
AMOUNT_COLUMNS: Columns = {
    "name": "Licence",
    "rows": st.column_config.NumberColumn("Rows", format="localized"),
    "tokens": st.column_config.NumberColumn("Tokens", format="localized"),
    "percent": st.column_config.NumberColumn("Share", format="%.1f%%"),
    "held_out": st.column_config.NumberColumn("Held out", format="localized"),
}


def draw(figures: MixtureFigures, context: int, key: str) -> None:
    """All of it; `key` tells this one from another on the page."""
    _sums(figures)
    for warned in figures["warnings"]:
        st.warning(escaped(warned["message"]), icon=":material/warning:")
    if not figures["train"]["rows"]:
        _left_out(figures)
        return
    clusters = [
        {**one, "cluster": cluster_words(one), "percent": 100 * one["share"]}
        for one in figures["clusters"]
    ]
    st.dataframe(
        pick(clusters, CLUSTER_COLUMNS), hide_index=True, column_config=CLUSTER_COLUMNS,
        placeholder="",
    )  # fmt: skip
    draw_plot(
        cluster_bars(figures["clusters"]), "Tokens by cluster", f"clusters_{key}",
        cluster_rows(figures["clusters"]),
    )  # fmt: skip
    left, right = st.columns(2, gap="large")
    with left:
        draw_plot(
            length_bars(figures["lengths"], context), "Rows by their length in tokens",
            f"lengths_{key}", length_rows(figures["lengths"], context),
        )  # fmt: skip
    with right:
        draw_plot(
            source_bars(figures["sources"]), "Share of all tokens by source", f"sources_{key}",
            source_rows(figures["sources"]),
        )  # fmt: skip
    _licences(figures)
    _left_out(figures)


def _sums(figures: MixtureFigures) -> None:
    train, held_out = figures["train"], figures["validation"]
    with st.container(horizontal=True):
        st.metric("Tokens", number(train["tokens"]))
        st.metric(
            "Rows", number(train["rows"]), f"of {train['examples']:,} examples", delta_color="off",
            delta_arrow="off", help="A row is one copy of an example: a seed with its trace.",
        )  # fmt: skip
        st.metric("Seeds", number(train["seeds"]))
        st.metric(
            "Held out", number(held_out["seeds"]), f"{held_out['tokens']:,} tokens",
            delta_color="off", delta_arrow="off", help="Seeds of the validation split",
        )  # fmt: skip
    if figures["as_of"]:
        st.caption(f"Seeds and traces as of {ago(figures['as_of'])}.")


def _licences(figures: MixtureFigures) -> None:
    rows = [
        {**one, "name": one["name"] or "unknown", "percent": 100 * one["share"]}
        for one in figures["licences"]
    ]
    st.dataframe(
        pick(rows, AMOUNT_COLUMNS), hide_index=True, column_config=AMOUNT_COLUMNS, placeholder=""
    )


def _left_out(figures: MixtureFigures) -> None:
    if figures["left_out"]:
        told = "; ".join(
            f"{plural(one['seeds'], 'seed')}: {LEFT_OUT[one['reason']]}"
            for one in figures["left_out"]
        )
        st.caption(f"Accepted, but left out. {told}.")
