"""The checks of one rewrite: what each says, the figures behind it, and where it points."""

import streamlit as st

from dashboard.interval_bars import intervals_html
from dashboard.marked_text import Ranges, marked_html, marked_parts
from dashboard.rewrite_words import COLOURS, ICONS, check_name, unmeasured
from dashboard.rows import RewriteCheck, RewriteDetail
from dashboard.wording import escaped

BEFORE_AND_AFTER = {"before": "Original", "after": "Rewrite"}
LEGEND = (
    '<p class="mark-legend">Marked: <mark class="failed">why a check failed</mark> '
    '<mark class="unknown">what is doubtful</mark></p>'
)


def draw(rewrite: RewriteDetail) -> None:
    """All of them; those that nobody has measured in one line."""
    st.subheader("Checks", anchor=False)
    for check in rewrite["checks"]:
        if check["measured"]:
            _check(check)
    for hit in rewrite["hits"]:
        st.caption(f"Hit in {escaped(hit['benchmark'])}, item {escaped(hit['item_id'])}")
    if waiting := unmeasured(rewrite["checks"]):
        st.caption(f":material/hourglass_empty: Not measured yet: {waiting}.")


def draw_passages(rewrite: RewriteDetail) -> None:
    """The new prompt with what failed and unknown checks point at; nothing where none does."""
    layers = {
        outcome: _spans(rewrite["checks"], outcome) for outcome in ("unknown", "failed")
    }  # fmt: skip
    if not any(layers.values()):
        return
    with st.expander("What the checks point at", icon=":material/ink_highlighter:", expanded=True):
        st.html(LEGEND)
        st.html(marked_html(marked_parts(rewrite["prompt"], layers)))


def _spans(checks: list[RewriteCheck], outcome: str) -> Ranges:
    return [span for check in checks if check["outcome"] == outcome for span in check["spans"]]


def _check(check: RewriteCheck) -> None:
    colour, icon = COLOURS[check["outcome"]], ICONS[check["outcome"]]
    st.markdown(
        f":{colour}[{icon}] **{check_name(check['name'])}**: {check['outcome']}  \n"
        f":gray[{escaped(check['evidence'])}]"
    )
    figures = check["figures"]
    if figures.keys() >= BEFORE_AND_AFTER.keys():
        st.html(intervals_html([(name, figures[key]) for key, name in BEFORE_AND_AFTER.items()]))
